"""Numbers are read as their country prints them, and what is unsure is marked so."""

from __future__ import annotations

from decimal import Decimal

import pytest

from healthmate_desktop.domain.measures.numbers import (
    comparator_of,
    decimal_mark,
    parse_number,
    take_misread,
    take_number,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "mark", "value", "comparator"),
    [
        ("5.40", "", "5.40", ""),
        ("5,4", "", "5.4", ""),
        (".5", "", "0.5", ""),
        ("0,41", "", "0.41", ""),
        ("1.234,5", "", "1234.5", ""),
        ("1,234.5", "", "1234.5", ""),
        ("1,234,567", "", "1234567", ""),
        ("1.234.567", "", "1234567", ""),
        ("250 000", "", "250000", ""),
        ("1'234", "", "1234", ""),
        ("1 234,5", ",", "1234.5", ""),
        ("1.025", "", "1.025", ""),
        ("1.025", ".", "1.025", ""),
        ("1.025", ",", "1025", ""),
        ("1,234", ".", "1234", ""),
        ("1,234", ",", "1.234", ""),
        ("<0.41", "", "0.41", "<"),
        ("> 60", "", "60", ">"),
        ("≤5", "", "5", "<="),
        ("=> 5", "", "5", ">="),
        ("less than 5", "", "5", "<"),
        ("menor de 5,5", "", "5.5", "<"),
        ("supérieur à 60", "", "60", ">"),
        ("kleiner als 3", "", "3", "<"),
        ("-2.5", "", "-2.5", ""),
        ("+2", "", "2", ""),
        ("1.2 x 10^3", "", "1200", ""),
        ("1.2e3", "", "1200", ""),
        ("10^5", "", "100000", ""),
        (">10^5", "", "100000", ">"),
        ("13.", "", "13", ""),
    ],
)
def test_printed_numbers(text: str, mark: str, value: str, comparator: str) -> None:
    number = parse_number(text, mark)  # type: ignore[arg-type]  # marks of the table above
    assert number is not None
    assert str(number.value) == value
    assert number.comparator == comparator
    assert not number.doubtful


@pytest.mark.parametrize("text", ["", "abc", "12 mg", "3.5-5.1", "1.2.2024", "9" * 30])
def test_other_text_is_no_number(text: str) -> None:
    assert parse_number(text) is None


def test_one_comma_before_three_digits_is_ambiguous_until_the_document_tells() -> None:
    alone = parse_number("1,234")
    assert alone is not None
    assert alone.ambiguous
    told = parse_number("1,234", ".")
    assert told is not None
    assert not told.ambiguous


def test_number_is_taken_from_the_start_and_the_unit_is_left() -> None:
    assert take_number("220 10^3/ul") is not None
    taken = take_number("6,7 10*9/L")
    assert taken is not None
    assert (taken[0].value, taken[1]) == (Decimal("6.7"), " 10*9/L")
    assert take_number("mg/dL") is None


@pytest.mark.parametrize(("text", "value"), [("l4.2", "14.2"), ("O.41", "0.41"), ("1O", "10")])
def test_letters_read_for_digits_are_marked_doubtful(text: str, value: str) -> None:
    taken = take_misread(text)
    assert taken is not None
    assert taken[0].value == Decimal(value)
    assert taken[0].doubtful


@pytest.mark.parametrize("text", ["oil", "BILI", "l4x", "", "1..2"])
def test_words_are_no_misread_numbers(text: str) -> None:
    assert take_misread(text) is None


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["5,4 mmol/l", "13,25"], ","),
        (["5.4", "on 03.04.2024"], "."),
        (["5,4 and 5.4"], ""),
        (["12", "1,234"], ""),
        (["1.234,5"], ","),
        ([], ""),
    ],
)
def test_document_tells_its_decimal_mark(texts: list[str], mark: str) -> None:
    assert decimal_mark(texts) == mark


def test_comparators_are_fhir_codes() -> None:
    assert comparator_of("≥") == ">="
    assert comparator_of("about") == ""
