"""Whose records are open: monogram, age, and adding someone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from healthmate_desktop.domain.ids import PatientId
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.errors import DiskFull
from healthmate_desktop.ui.people import AddPersonScreen, age, shown_person
from ui.window_desk import words_in
from ui.window_fakes import ROSA, FakePatients

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from healthmate_desktop.domain.patients import Sex
    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = pytest.mark.ui

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (None, ""),
        (date(1958, 11, 22), "68 years"),
        (date(1958, 11, 23), "67 years"),
        (date(2024, 11, 22), "2 years"),
        (date(2025, 10, 1), "13 months"),
        (date(2026, 10, 22), "1 month"),
        (date(2026, 11, 22), "0 months"),
    ],
)
def test_age_is_said_as_people_say_it(born: date | None, said: str) -> None:
    assert age(born, TODAY) == said


@pytest.mark.parametrize(
    ("name", "initials"), [("Rosa Harlow", "RH"), ("Rosa", "R"), ("ana de la cruz", "AC")]
)
def test_a_monogram_is_made_of_the_first_and_the_last_name(name: str, initials: str) -> None:
    assert shown_person(Patient(PatientId("p"), name), TODAY).initials == initials


class SlowPatients(FakePatients):
    def add(self, name: str, birth_date: date | None = None, sex: Sex = "") -> Patient:  # noqa: ARG002
        raise DiskFull


@pytest.fixture
def patients() -> FakePatients:
    return FakePatients([ROSA])


@pytest.fixture
def screen(
    patients: FakePatients, tasks: TaskRunner, show: Callable[..., QWidget]
) -> AddPersonScreen:
    screen = AddPersonScreen(patients, tasks, TODAY, first=False)
    show(screen)
    return screen


def fill(screen: AddPersonScreen, name: str, born: str = "") -> None:
    QTest.keyClicks(screen.name, name)
    QTest.keyClicks(screen.birth_date, born)
    QTest.keyClick(screen.birth_date, Qt.Key.Key_Return)


def test_a_person_is_added_with_what_was_said(
    screen: AddPersonScreen, patients: FakePatients, tasks: TaskRunner, settle: Callable[..., None]
) -> None:
    added = QSignalSpy(screen.added)
    fill(screen, "Mia Harlow", "2016-05-23")
    settle(tasks)
    assert added.count() == 1
    mia = patients.people[-1]
    assert (mia.name, mia.birth_date, mia.sex) == ("Mia Harlow", date(2016, 5, 23), "")


def test_pressing_twice_adds_one_person(
    screen: AddPersonScreen, patients: FakePatients, tasks: TaskRunner, settle: Callable[..., None]
) -> None:
    fill(screen, "Mia Harlow")
    screen.button.click()
    QTest.keyClick(screen.name, Qt.Key.Key_Return)
    settle(tasks)
    assert len(patients.people) == 2


@pytest.mark.parametrize(
    ("name", "born", "words"),
    [
        ("Mia", "23.5.2016", "Write the birth date as year, month, day"),
        ("Mia", "2026-11-23", "That day is still to come"),
        (" ", "", "A person needs a name."),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(
    screen: AddPersonScreen,
    patients: FakePatients,
    tasks: TaskRunner,
    settle: Callable[..., None],
    name: str,
    born: str,
    words: str,
) -> None:
    fill(screen, name, born)
    settle(tasks)
    assert words in words_in(screen)
    assert patients.people == [ROSA]
    QTest.keyClicks(screen.name, "a")
    assert words not in words_in(screen)


def test_an_error_while_saving_is_said_and_it_can_be_tried_again(
    tasks: TaskRunner, settle: Callable[..., None], show: Callable[..., QWidget]
) -> None:
    screen = AddPersonScreen(SlowPatients([]), tasks, TODAY, first=True)
    show(screen)
    fill(screen, "Mia")
    settle(tasks)
    assert "The disk is full" in words_in(screen)
    assert screen.button.isEnabled()


def test_only_the_first_person_is_offered_sample_data_and_only_others_a_way_back(
    screen: AddPersonScreen, patients: FakePatients, tasks: TaskRunner
) -> None:
    assert screen.other.text() == "Back"
    left = QSignalSpy(screen.left)
    QTest.keyClick(screen.name, Qt.Key.Key_Escape)
    screen.other.click()
    assert left.count() == 2
    first = AddPersonScreen(patients, tasks, TODAY, first=True)
    wanted = QSignalSpy(first.samples_wanted)
    first.other.click()
    assert first.other.text() == "Try with sample data"
    assert wanted.count() == 1
    first.deleteLater()
