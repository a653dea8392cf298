"""Dates of several countries with their precision; day and month are not guessed silently."""

from __future__ import annotations

import pytest

from healthmate_desktop.domain.measures.dates import (
    date_order,
    find_dates,
    parse_date,
    parse_time,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "date", "time"),
    [
        ("2024-03-01", "2024-03-01", ""),
        ("2024/3/1", "2024-03-01", ""),
        ("20120806", "2012-08-06", ""),
        ("3.4.2024", "2024-04-03", ""),
        ("25/12/23", "2023-12-25", ""),
        ("12/25/2023", "2023-12-25", ""),
        ("6-Aug-2012 4:06 PM", "2012-08-06", "16:06"),
        ("18-July-2013 12:21 AM", "2013-07-18", "00:21"),
        ("Aug 1, 2013", "2013-08-01", ""),
        ("Jan3,2011", "2011-01-03", ""),
        ("Nov 1999", "1999-11", ""),
        ("03/2024", "2024-03", ""),
        ("1997", "1997", ""),
        ("1er mars 2024", "2024-03-01", ""),
        ("3 de marzo de 2024", "2024-03-03", ""),
        ("3. März 2024", "2024-03-03", ""),
        ("Mayo 2020", "2020-05", ""),
        ("Sep-16-2014", "2014-09-16", ""),
        ("Sept 16, 2014 8:45am", "2014-09-16", "08:45"),
        ("01.02.2024 08:30 Uhr", "2024-02-01", "08:30"),
        ("12 mars 2024 à 08h30", "2024-03-12", "08:30"),
        ("2024-03-01T08:30:15", "2024-03-01", "08:30:15"),
        ("1st of May 2020", "2020-05-01", ""),
        ("5 Feb 98", "1998-02-05", ""),
    ],
)
def test_dates(text: str, date: str, time: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert (found.date, found.time, found.other) == (date, time, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31/02/2024",
        "3.5-5.1",
        "1/2 tablet",
        "13/13/2024",
        "Glucose",
        "29 Feb 2023",
        "1800-01-01x",
    ],
)
def test_other_text_is_no_date(text: str) -> None:
    assert parse_date(text) is None


def test_year_that_nobody_lived_in_is_no_date() -> None:
    assert parse_date("1801-02-03") is None


def test_day_and_month_that_may_be_either_keep_both() -> None:
    alone = parse_date("03/04/2024")
    assert alone is not None
    assert (alone.date, alone.other) == ("2024-03-04", "2024-04-03")
    british = parse_date("03/04/2024", "DMY")
    assert british is not None
    assert (british.date, british.other) == ("2024-04-03", "")
    same = parse_date("03/03/2024")
    assert same is not None
    assert not same.other


def test_order_is_told_by_dates_that_leave_no_choice() -> None:
    assert date_order(["03/04/2024 and 25/04/2024"]) == "DMY"
    assert date_order(["03/04/2024", "04/25/2024"]) == "MDY"
    assert date_order(["03/04/2024 25.04.2024"]) == ""
    assert date_order(["25/04/2024 04/25/2024"]) == ""


def test_dates_are_found_in_sentences() -> None:
    found = list(find_dates("Seen on March 3, 2024 and again 2024-04-05; born 12/99."))
    assert [each.date for each in found] == ["2024-03-03", "2024-04-05"]
    assert found[0].start == 8


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("13:54", "13:54"),
        ("3:21 PM", "15:21"),
        ("08h30", "08:30"),
        ("8.30 Uhr", "08:30"),
        ("25:00", ""),
        ("1.32 H", ""),
        ("5.4", ""),
    ],
)
def test_times_of_day(text: str, time: str) -> None:
    assert parse_time(text) == time
