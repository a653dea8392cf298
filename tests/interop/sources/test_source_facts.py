"""Licences, dates and what pages say about themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article, first_day, partial_date
from healthmate_desktop.interop.sources.dates import american, compact, free, joined
from healthmate_desktop.interop.sources.licences import licence_of
from healthmate_desktop.interop.sources.page_facts import told_by_html, told_by_markdown

pytestmark = pytest.mark.unit

PLAIN = Article("", SourceId(""), "Title", ("Text.",))


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("see https://creativecommons.org/licenses/by-nc-nd/3.0/igo", "CC-BY-NC-ND-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "Public domain"),
        ("Licensed under CC BY-SA 4.0.", "CC-BY-SA-4.0"),
        ("CC0", "CC0-1.0"),
        ("the Creative Commons Attribution License, which permits use", "CC-BY"),
        ("Creative Commons Attribution Non-Commercial License", "CC-BY-NC"),
        ("This is a work in the public domain.", "Public domain"),
        ("All rights reserved.", ""),
        ("", ""),
    ],
)
def test_licence_is_told_by_its_address_or_words(said: str, licence: str) -> None:
    assert licence_of(said) == licence


def test_address_of_a_licence_counts_before_words() -> None:
    words = "Creative Commons Attribution License"
    assert licence_of(words, "https://creativecommons.org/licenses/by/2.0") == "CC-BY-2.0"


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("2024-02-29", "2024-02-29"),
        ("2024-02-29T10:00:00Z", "2024-02-29"),
        ("2024-02-30", "2024-02"),
        ("2024", "2024"),
        ("2024/3", "2024-03"),
        ("29 February 2024", "2024-02-29"),
        ("February 29, 2024", "2024-02-29"),
        ("Updated 3rd Mar 2023", "2023-03-03"),
        ("May 2021", "2021-05"),
        ("no date", ""),
        ("20240229", ""),
    ],
)
def test_date_is_kept_as_precise_as_it_is(said: str, date: str) -> None:
    assert free(said) == date


def test_dates_of_other_forms() -> None:
    assert american("02/29/2024 03:30:00") == "2024-02-29"
    assert american("soon") == ""
    assert compact("20240229120000") == "2024-02-29"
    assert compact("202402") == "2024-02"
    assert compact("x") == ""
    assert joined("2012", "Nov", "3") == "2012-11-03"
    assert joined("2012", "Spring") == "2012"
    assert joined("0000") == ""


def test_first_day_of_a_date_is_a_day() -> None:
    assert str(first_day("2024")) == "2024-01-01"
    assert str(first_day("2024-02")) == "2024-02-01"
    assert first_day("") is None
    assert partial_date("2023-02-29") == ""


@given(st.text(alphabet="0123456789-/ MayJune", max_size=20))
def test_any_words_give_a_date_or_none(said: str) -> None:
    for date in (free(said), compact(said), american(said)):
        assert date == partial_date(date)


def test_web_page_says_where_it_comes_from() -> None:
    html = """<html lang="en-GB"><head><title>x</title>
        <meta property="og:site_name" content="The Authority">
        <meta name="DCTERMS.modified" content="2023-05-04">
        <link rel="license" href="https://creativecommons.org/licenses/by/4.0/">
        <link rel="canonical" href="https://example.org/fever"></head><body>Text</body></html>"""
    page = told_by_html(PLAIN, html)
    assert (page.publisher, page.licence) == ("The Authority", "CC-BY-4.0")
    assert (page.published, page.language) == ("2023-05-04", "en")
    assert page.url == "https://example.org/fever"


def test_page_that_says_nothing_stays_as_it_is() -> None:
    assert told_by_html(PLAIN, "<p>Text") == PLAIN
    assert told_by_markdown(PLAIN, "# Title\n\ndate: 2024") == PLAIN


def test_front_matter_says_where_a_text_comes_from() -> None:
    text = "---\ntitle: Fever\npublisher: 'The Authority'\nlicence: CC BY 4.0\ndate: 2022-07\nlang: es\n---\nText"
    page = told_by_markdown(PLAIN, text)
    assert (page.publisher, page.licence, page.published) == (
        "The Authority",
        "CC-BY-4.0",
        "2022-07",
    )
    assert page.language == "es"
    assert told_by_markdown(PLAIN, "---\nlicense: MIT\n---\n").licence == "MIT"


@pytest.mark.security
def test_page_of_endless_tags_is_looked_at_quickly() -> None:
    assert told_by_html(PLAIN, "<meta name=a content=b>" * 100_000) == PLAIN
