"""Each role sees its own places, and where several can sign in it is said who did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from healthmate_desktop.ui.people import AddPersonScreen
from healthmate_desktop.ui.safety.screen import SafetyScreen
from healthmate_desktop.ui.today.screen import TodayScreen
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from healthmate_desktop.ui.widgets.navigation import NavItem
from ui.session_fakes import session
from ui.window_fakes import PASSPHRASE, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.domain.sessions import Role
    from ui.window_desk import Desk

pytestmark = [pytest.mark.ui, pytest.mark.security]

CONTROL = Qt.KeyboardModifier.ControlModifier


def as_role(make_desk: Callable[[FakeVault], Desk], role: Role) -> Desk:
    desk = make_desk(FakeVault(who=session(role)))
    desk.unlock()
    return desk


def places(desk: Desk) -> list[str]:
    return [item.accessibleName() for item in desk.shell.rail.findChildren(NavItem)]


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("owner", ["Today", "Ask", "Documents", "Library", "Settings", "Safety"]),
        ("clinician", ["Today", "Ask", "Documents", "Library", "Settings", "Safety"]),
        ("assistant", ["Today", "Documents", "Library", "Settings", "Safety"]),
        ("auditor", ["Settings", "Safety"]),
    ],
)
def test_each_role_has_its_places(
    make_desk: Callable[[FakeVault], Desk], role: Role, shown: list[str]
) -> None:
    assert places(as_role(make_desk, role)) == shown


def test_an_auditor_meets_no_person(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = as_role(make_desk, "auditor")
    assert isinstance(desk.shell.stack.currentWidget(), SafetyScreen)
    desk.press(Qt.Key.Key_P, CONTROL)
    desk.press(Qt.Key.Key_O, CONTROL)
    desk.press(Qt.Key.Key_1, CONTROL)
    desk.press(Qt.Key.Key_4, CONTROL)
    assert isinstance(desk.shell.stack.currentWidget(), SafetyScreen)
    assert desk.shell.people.finder is None
    assert "Rosa" not in desk.words()
    assert not desk.shell.rail.person.isVisible()
    assert desk.vault.patients.searched == []
    assert desk.vault.warmed == 0
    desk.press(Qt.Key.Key_Comma, CONTROL)
    assert desk.shell.place == "settings"


def test_an_assistant_is_offered_no_questions(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = as_role(make_desk, "assistant")
    today = desk.shell.stack.currentWidget()
    assert isinstance(today, TodayScreen)
    assert not today.question.isVisible()
    desk.press(Qt.Key.Key_N, CONTROL)
    assert desk.shell.stack.currentWidget() is today
    desk.shell.choose_files()
    assert desk.shell.findChildren(QFileDialog)


def test_safety_is_one_key_away_and_kept_while_the_vault_is_open(open_desk: Desk) -> None:
    """A backup goes on there while another place is shown."""
    open_desk.press(Qt.Key.Key_6, CONTROL)
    safety = open_desk.shell.stack.currentWidget()
    assert isinstance(safety, SafetyScreen)
    open_desk.press(Qt.Key.Key_1, CONTROL)
    open_desk.press(Qt.Key.Key_6, CONTROL)
    assert open_desk.shell.stack.currentWidget() is safety
    safety.lock_pressed.emit()
    assert open_desk.locked


# --- several who can sign in ---


@pytest.fixture
def clinic(make_desk: Callable[[FakeVault], Desk], qtbot: QtBot) -> Desk:
    desk = make_desk(
        FakeVault(names=["owner", "Dr Cole"], who=session("clinician", name="Dr Cole"))
    )
    qtbot.waitUntil(desk.door.panel.name_field.isVisible)
    return desk


def sign_in(desk: Desk, name: str, passphrase: str = PASSPHRASE) -> None:
    QTest.keyClicks(desk.door.panel.name_field.edit, name)
    QTest.keyClick(desk.door.panel.name_field.edit, Qt.Key.Key_Return)
    QTest.keyClicks(desk.door.panel.field.edit, passphrase)
    QTest.keyClick(desk.door.panel.field.edit, Qt.Key.Key_Return)
    desk.settle()


def test_the_name_is_asked_for_and_no_name_is_shown(clinic: Desk) -> None:
    assert clinic.window.focusWidget() is clinic.door.panel.name_field.edit
    assert "Cole" not in clinic.words()


def test_where_one_can_sign_in_no_name_is_asked_for(desk: Desk, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: desk.door.names == ["owner"])
    assert not desk.door.panel.name_field.isVisible()
    desk.unlock()
    assert "Signed in as" not in desk.words()


def test_a_name_is_needed(clinic: Desk) -> None:
    QTest.keyClicks(clinic.door.panel.field.edit, PASSPHRASE)
    QTest.keyClick(clinic.door.panel.field.edit, Qt.Key.Key_Return)
    assert "Type the name you sign in with first." in clinic.words()
    QTest.keyClicks(clinic.door.panel.name_field.edit, "D")
    assert "Type the name you sign in with first." not in clinic.words()


def test_an_unknown_name_is_told_like_a_wrong_passphrase(clinic: Desk) -> None:
    sign_in(clinic, "Dr Nobody")
    unknown = clinic.words()
    clinic.door.panel.name_field.edit.clear()
    clinic.door.panel.field.edit.clear()
    sign_in(clinic, "Dr Cole", "wrong")
    assert clinic.words() == unknown
    assert "That passphrase did not open these records" in unknown


def test_it_is_said_who_signed_in_and_another_can_take_over(clinic: Desk) -> None:
    sign_in(clinic, "Dr Cole")
    assert "Signed in as Dr Cole, clinician" in clinic.words()
    clinic.click(clinic.shell.rail.switch)
    assert isinstance(clinic.window.screen_shown, UnlockScreen)
    assert "Cole" not in clinic.words()
    assert clinic.window.because == "switch"
    clinic.settle()
    assert clinic.vault.closed == 1


def test_what_was_typed_before_the_name_is_asked_for_stays(
    make_desk: Callable[[FakeVault], Desk], qtbot: QtBot
) -> None:
    desk = make_desk(FakeVault(names=["owner", "Dr Cole"]))
    QTest.keyClicks(desk.door.panel.field.edit, "viol")
    qtbot.waitUntil(desk.door.panel.name_field.isVisible)
    assert desk.door.panel.field.text() == "viol"
    assert desk.window.focusWidget() is desk.door.panel.field.edit


def test_nobody_to_show_says_who_adds_people(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = make_desk(FakeVault(people=(), who=session("assistant", "assigned")))
    desk.unlock()
    assert "Nobody is in your care yet" in desk.words()
    assert "An owner of this vault gives people into your care." in desk.words()
    desk.shell.people.add_wanted.emit()
    assert isinstance(desk.shell.stack.currentWidget(), AddPersonScreen)
