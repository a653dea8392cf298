"""People: what they must have and what they must not be."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from healthmate_desktop.domain.ids import PatientId
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.errors import InvalidInput

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", ["Ann", "Ёлка", "王", "O'Neil-Smith", "x" * 200])
def test_any_name_will_do(name: str) -> None:
    assert Patient(PatientId("1"), name).name == name


@pytest.mark.parametrize("name", ["", "   ", "\t\n", "x" * 201])
def test_person_without_a_name_or_with_an_endless_one_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="200 letters"):
        Patient(PatientId("1"), name)


@pytest.mark.parametrize("sex", ["", "female", "male", "other", "unknown"])
def test_sex_is_one_of_the_standards_words_or_left_out(sex: Any) -> None:
    assert Patient(PatientId("1"), "Ann", sex=sex).sex == sex


@pytest.mark.parametrize("sex", ["f", "Female", "none", "fem ale"])
def test_other_words_for_sex_are_refused(sex: Any) -> None:
    with pytest.raises(InvalidInput, match="Sex is one of"):
        Patient(PatientId("1"), "Ann", sex=sex)


def test_birth_date_is_kept_and_may_be_left_out() -> None:
    born = dt.date(1958, 2, 14)
    assert Patient(PatientId("1"), "Ann", born).birth_date == born
    assert Patient(PatientId("1"), "Ann").birth_date is None


def test_refusal_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(InvalidInput) as refused:
        Patient(PatientId("1"), "CANARY-7f3a" * 40)
    assert "CANARY" not in repr(refused.value)
