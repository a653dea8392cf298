"""A person is found among thousands with the keyboard alone, and the menu stays short."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from healthmate_desktop.domain.ids import PatientId
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.errors import DiskFull
from healthmate_desktop.ui.find_person import FindPerson
from healthmate_desktop.ui.people import AddPersonScreen
from healthmate_desktop.ui.recent_people import MOST
from ui.session_fakes import session
from ui.window_fakes import ROSA, TOMAS, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from ui.window_desk import Desk

pytestmark = pytest.mark.ui

CONTROL = Qt.KeyboardModifier.ControlModifier
CROWD = tuple(
    Patient(PatientId(f"p{n}"), f"Person Number{n:04d}", date(1950, 1, 1 + n % 28))
    for n in range(3000)
)


@pytest.fixture
def vault() -> FakeVault:
    return FakeVault(people=(ROSA, TOMAS, *CROWD))


@pytest.fixture
def finder(open_desk: Desk) -> FindPerson:
    open_desk.press(Qt.Key.Key_P, CONTROL)
    open_desk.settle()
    finder = open_desk.shell.people.finder
    assert isinstance(finder, FindPerson)
    return finder


def search(desk: Desk, qtbot: QtBot, finder: FindPerson, words: str) -> None:
    QTest.keyClicks(finder.people.field.edit, words)
    qtbot.waitUntil(lambda: desk.vault.patients.searched[-1] == words)
    desk.settle()


def test_control_p_says_how_many_there_are_and_one_can_type(
    open_desk: Desk, finder: FindPerson
) -> None:
    assert "3,002 people" in open_desk.words()
    assert open_desk.window.focusWidget() is finder.people.field.edit
    assert "The first 50. Type more of the name to find others." in open_desk.words()


def test_a_name_and_enter_open_the_records(
    open_desk: Desk, finder: FindPerson, qtbot: QtBot
) -> None:
    search(open_desk, qtbot, finder, "number2718")
    open_desk.press(Qt.Key.Key_Return)
    open_desk.settle()
    assert open_desk.shell.people.finder is None
    assert "Person Number2718" in open_desk.words()
    assert "Rosa" not in open_desk.words()


def test_enter_at_once_means_the_name_just_typed(open_desk: Desk, finder: FindPerson) -> None:
    """Not the one that was marked before."""
    QTest.keyClicks(finder.people.field.edit, "number1234")
    open_desk.press(Qt.Key.Key_Return)
    open_desk.settle()
    assert "Person Number1234" in open_desk.words()


def test_a_birth_date_finds_too(open_desk: Desk, finder: FindPerson, qtbot: QtBot) -> None:
    search(open_desk, qtbot, finder, "1956-07")
    open_desk.press(Qt.Key.Key_Return)
    open_desk.settle()
    assert "Tomas Harlow" in open_desk.words()


def test_arrows_choose_while_one_types(open_desk: Desk, finder: FindPerson, qtbot: QtBot) -> None:
    search(open_desk, qtbot, finder, "harlow")
    assert finder.people.list.current() == ROSA.id
    for _ in range(3):  # it stops at the last
        open_desk.press(Qt.Key.Key_Down)
    assert finder.people.list.current() == TOMAS.id
    open_desk.press(Qt.Key.Key_PageUp)
    assert finder.people.list.current() == ROSA.id
    open_desk.press(Qt.Key.Key_Down)
    open_desk.press(Qt.Key.Key_Return)
    open_desk.settle()
    assert "Tomas Harlow" in open_desk.words()


def test_nobody_found_says_what_to_do(open_desk: Desk, finder: FindPerson, qtbot: QtBot) -> None:
    search(open_desk, qtbot, finder, "zzz")
    assert "Nobody is called \u201czzz\u201d or was born then. Try fewer letters." in (
        open_desk.words()
    )
    open_desk.press(Qt.Key.Key_Return)
    assert open_desk.shell.people.finder is finder


def test_a_search_that_fails_says_why(open_desk: Desk, finder: FindPerson) -> None:
    def fail(_text: str, _limit: int = 50) -> list[Patient]:
        raise DiskFull

    finder.people._find = fail
    finder.people.look()
    open_desk.settle()
    assert "The disk is full" in open_desk.words()


@pytest.mark.parametrize("way", ["escape", "beside"])
def test_it_is_left_without_a_choice(open_desk: Desk, finder: FindPerson, way: str) -> None:
    if way == "escape":
        open_desk.press(Qt.Key.Key_Escape)
    else:
        QTest.mouseClick(finder, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert open_desk.shell.people.finder is None
    today = open_desk.shell.stack.currentWidget()
    assert today is not None
    assert today.isAncestorOf(open_desk.window.focusWidget())


def test_tab_stays_inside(open_desk: Desk, finder: FindPerson) -> None:
    seen = []
    for _ in range(4):
        seen.append(open_desk.window.focusWidget())
        open_desk.press(Qt.Key.Key_Tab)
    assert all(finder.isAncestorOf(widget) for widget in seen)
    assert seen[0] is seen[2]  # the field and the one button
    open_desk.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert finder.isAncestorOf(open_desk.window.focusWidget())


def test_pressed_again_it_stays_and_covers_a_window_that_grows(
    open_desk: Desk, finder: FindPerson
) -> None:
    open_desk.press(Qt.Key.Key_P, CONTROL)
    assert open_desk.shell.people.finder is finder
    open_desk.window.resize(1500, 900)
    QApplication.processEvents()
    assert finder.size() == open_desk.shell.size()


def test_someone_new_is_added_from_there(open_desk: Desk, finder: FindPerson) -> None:
    open_desk.click(finder.add)
    assert open_desk.shell.people.finder is None
    assert isinstance(open_desk.shell.stack.currentWidget(), AddPersonScreen)


def menu_texts(desk: Desk) -> list[str]:
    desk.shell.rail.person.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions() if action.text()]
    menu.close()
    desk.come_to_front()
    return texts


def test_the_menu_holds_the_last_nine_newest_first(
    open_desk: Desk, finder: FindPerson, qtbot: QtBot
) -> None:
    search(open_desk, qtbot, finder, "number0777")
    open_desk.press(Qt.Key.Key_Return)
    open_desk.settle()
    texts = menu_texts(open_desk)
    assert len(texts) == MOST + 2
    assert texts[:2] == ["Person Number0777", "Rosa Harlow"]
    assert texts[MOST:] == ["Find a person", "Add a person"]


def test_after_the_next_unlock_one_is_where_one_was(
    open_desk: Desk, finder: FindPerson, qtbot: QtBot
) -> None:
    search(open_desk, qtbot, finder, "number0777")
    open_desk.press(Qt.Key.Key_Return)
    open_desk.settle()
    open_desk.window.lock()
    open_desk.settle()
    open_desk.unlock()
    assert "Person Number0777" in open_desk.words()


def test_someone_who_is_gone_is_not_offered(open_desk: Desk) -> None:
    open_desk.vault.drafts.kept["people.recent", None] = "nobody tomas"
    open_desk.window.lock()
    open_desk.settle()
    open_desk.unlock()
    assert menu_texts(open_desk)[:2] == ["Tomas Harlow", "Rosa Harlow"]


def test_in_ones_care_is_said_where_it_is_so(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = make_desk(FakeVault(people=(ROSA,), who=session("clinician", "assigned", "Dr Cole")))
    desk.unlock()
    desk.press(Qt.Key.Key_P, CONTROL)
    desk.settle()
    assert "1 person in your care" in desk.words()
