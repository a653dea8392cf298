"""Marks beside results, and results in words."""

from __future__ import annotations

import pytest

from healthmate_desktop.domain.measures.flags import contradicts, interpretation, take_flag
from healthmate_desktop.domain.measures.qualities import blood_group, counted_range, quality

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        ("H", "H"),
        ("(L)", "L"),
        ("HH", "HH"),
        ("*", "A"),
        ("↑", "H"),
        ("↓", "L"),
        ("High", "H"),
        ("abnormal", "A"),
        ("Alto", "H"),
        ("élevé", "H"),
        ("niedrig", "L"),
        ("Normal", "N"),
        ("critical", "AA"),
        ("Within Normal Limits", "N"),
        ("#", ""),
        ("mg/dL", ""),
        ("", ""),
    ],
)
def test_marks(mark: str, code: str) -> None:
    assert interpretation(mark) == code


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("H mg/dL", "H", "mg/dL"),
        ("mg/dL H", "H", "mg/dL"),
        ("(H) mg/dL", "H", "mg/dL"),
        ("% *", "A", "%"),
        ("*mg", "A", "mg"),
        ("↑ mg/dL", "H", "mg/dL"),
        ("mg/dL", "", "mg/dL"),
        ("(fasting) mg", "", "(fasting) mg"),
        ("L", "L", ""),
        ("", "", ""),
    ],
)
def test_marks_are_taken_from_units(text: str, code: str, rest: str) -> None:
    assert take_flag(text) == (code, rest)


@pytest.mark.parametrize(
    ("code", "below", "above", "odd"),
    [
        ("H", False, True, False),
        ("H", False, False, True),
        ("L", True, False, False),
        ("LL", False, True, True),
        ("N", False, False, False),
        ("N", True, False, True),
        ("A", False, False, True),
        ("A", False, True, False),
        ("", True, False, False),
    ],
)
def test_marks_that_contradict_the_range(code: str, below: bool, above: bool, odd: bool) -> None:
    assert contradicts(code, below=below, above=above) is odd


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Negative", "260385009"),
        ("NEG", "260385009"),
        ("négatif", "260385009"),
        ("positivo", "10828004"),
        ("Not detected", "260415000"),
        ("nicht nachweisbar", "260415000"),
        ("Non-Reactive", "131194007"),
        ("Trace", "260405006"),
        ("1+", "260347006"),
        ("++", "260348001"),
        ("clear", ""),
        ("1:160", ""),
        ("Yellow", ""),
        ("moderate", ""),
    ],
)
def test_results_in_words(text: str, code: str) -> None:
    found = quality(text)
    assert found is not None
    assert found.code == code
    assert found.text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Pending",
        "RANDOM",
        "12",
        "see the comment below this very long line of words",
        "Alma Quist",
    ],
)
def test_other_words_are_no_results(text: str) -> None:
    assert quality(text) is None


def test_blood_groups_and_counts() -> None:
    assert blood_group("A Rh positive") is not None
    assert blood_group("0 neg") is not None
    assert blood_group("Penicillin") is None
    assert counted_range("0-5 /HPF") is not None
    assert counted_range("3.5-5.1") is None
