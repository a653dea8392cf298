"""The locked window: the passphrase or the recovery key, and plain words when neither fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from healthmate_desktop.errors import TooManyAttempts, VaultBusy
from healthmate_desktop.ui.shell import Shell
from healthmate_desktop.ui.unlock.after import NewPassphraseScreen
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from ui.session_fakes import SIX_WORDS
from ui.window_fakes import PASSPHRASE, RECOVERY_KEY

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.unlock.forgot import ForgotPanel
    from healthmate_desktop.ui.unlock.recover import RecoveryPanel
    from ui.window_desk import Desk

pytestmark = pytest.mark.ui


@pytest.fixture
def door(desk: Desk) -> UnlockScreen:
    door = desk.window.screen_shown
    assert isinstance(door, UnlockScreen)
    return door


@pytest.fixture
def recovery(door: UnlockScreen) -> RecoveryPanel:
    door.to_key.click()
    assert door.recovery is not None
    return door.recovery


def test_one_can_type_at_once_and_enter_opens(desk: Desk, door: UnlockScreen) -> None:
    field = door.panel.field.edit
    assert desk.window.focusWidget() is field
    QTest.keyClicks(field, PASSPHRASE)
    QTest.keyClick(field, Qt.Key.Key_Return)
    desk.settle()
    assert isinstance(desk.window.screen_shown, Shell)


def test_only_the_label_of_the_vault_is_shown(desk: Desk) -> None:
    assert "Home" in desk.words()
    assert "Rosa" not in desk.words()


def test_a_wrong_passphrase_keeps_it_locked_and_can_be_typed_over(
    desk: Desk, door: UnlockScreen
) -> None:
    desk.unlock("wrong")
    assert desk.window.screen_shown is door
    assert "That passphrase did not open these records" in desk.words()
    assert door.panel.field.edit.selectedText()
    assert door.panel.button.isEnabled()
    desk.unlock()
    assert isinstance(desk.window.screen_shown, Shell)


def test_while_it_opens_nothing_can_be_pressed_twice(desk: Desk, door: UnlockScreen) -> None:
    QTest.keyClicks(door.panel.field.edit, PASSPHRASE)
    door.panel.button.click()
    door.panel.button.click()
    assert door.panel.button.text() == "Opening"
    desk.settle()
    assert desk.vault.tried == [PASSPHRASE]


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (VaultBusy(), "open in another HealthMate window"),
        (ValueError("Rosa"), "Your records are safe. (ValueError)"),
    ],
)
def test_what_goes_wrong_is_said_at_the_field(desk: Desk, failure: Exception, words: str) -> None:
    desk.vault.failure = failure
    desk.unlock()
    assert words in desk.words()
    assert "Rosa" not in desk.words()


def test_the_recovery_key_opens_however_it_is_typed(desk: Desk, recovery: RecoveryPanel) -> None:
    assert desk.window.focusWidget() is recovery.edit
    QTest.keyClicks(recovery.edit, " " + RECOVERY_KEY.lower())
    QTest.keyClick(recovery.edit, Qt.Key.Key_Return)
    desk.settle()
    screen = desk.window.screen_shown
    assert isinstance(screen, NewPassphraseScreen)
    fields = screen.passphrase.fields
    for field, words in ((fields.first, "short"), (fields.second, "short")):
        QTest.keyClicks(field.edit, words)
    fields.submit()
    desk.settle()
    assert "This passphrase is too short" in desk.words()
    for field in (fields.first, fields.second):
        field.edit.clear()
        QTest.keyClicks(field.edit, PASSPHRASE)
    QTest.keyClick(fields.second.edit, Qt.Key.Key_Return)
    desk.settle()
    assert desk.vault.keys.passphrases == [PASSPHRASE]
    assert isinstance(desk.window.screen_shown, Shell)


def test_what_is_no_recovery_key_is_said(desk: Desk, recovery: RecoveryPanel) -> None:
    recovery.button.click()
    assert "Type the recovery key of these records first." in desk.words()
    QTest.keyClicks(recovery.edit, "AGE")
    assert "Type the recovery key" not in desk.words()
    recovery.button.click()
    desk.settle()
    assert "That is not a whole recovery key" in desk.words()
    assert recovery.button.isEnabled()


def test_there_is_a_way_back_to_the_passphrase(desk: Desk, recovery: RecoveryPanel) -> None:
    QTest.keyClicks(recovery.edit, "AGE")
    recovery.back.click()
    assert recovery.edit.text() == ""
    desk.unlock()
    assert isinstance(desk.window.screen_shown, Shell)


def test_no_secret_stays_in_a_field_that_was_left(desk: Desk, door: UnlockScreen) -> None:
    QTest.keyClicks(door.panel.field.edit, PASSPHRASE)
    door.to_key.click()
    assert all(edit.text() == "" for edit in desk.window.findChildren(QLineEdit))


# --- too many wrong ones ---


def wait_and_count(desk: Desk, door: UnlockScreen, *waits: int) -> None:
    """What the vault says of the wait from now on, each time it is asked."""
    desk.vault.waits = list(waits)
    door.look_again()
    desk.settle()


def test_a_pause_is_counted_down_and_ends_by_itself(
    desk: Desk, door: UnlockScreen, qtbot: QtBot
) -> None:
    wait_and_count(desk, door, 3, 0)
    door.countdown.setInterval(1)
    said: list[str] = []
    for _ in range(3):
        assert not door.panel.button.isEnabled()
        with qtbot.waitSignal(door.countdown.timeout):
            said.append(door.panel.button.text())
    assert said == ["Wait 3 seconds", "Wait 2 seconds", "Wait 1 second"]
    desk.settle()
    assert door.panel.button.text() == "Unlock"
    assert not door.countdown.isActive()
    desk.unlock()
    assert isinstance(desk.window.screen_shown, Shell)


def test_during_a_pause_one_can_type_but_not_open(desk: Desk, door: UnlockScreen) -> None:
    wait_and_count(desk, door, 900)
    assert door.panel.button.text() == "Wait 15 minutes"
    QTest.keyClicks(door.panel.field.edit, PASSPHRASE)
    QTest.keyClick(door.panel.field.edit, Qt.Key.Key_Return)
    desk.settle()
    assert desk.vault.tried == []
    assert door.panel.field.text() == PASSPHRASE


def test_the_pause_holds_for_the_recovery_key_too(
    desk: Desk, door: UnlockScreen, recovery: RecoveryPanel
) -> None:
    wait_and_count(desk, door, 30)
    assert recovery.button.text() == "Wait 30 seconds"
    QTest.keyClicks(recovery.edit, RECOVERY_KEY)
    QTest.keyClick(recovery.edit, Qt.Key.Key_Return)
    desk.settle()
    assert desk.vault.tried == []


def test_a_pause_that_was_not_known_yet_is_shown_with_its_reason(
    desk: Desk, door: UnlockScreen
) -> None:
    desk.vault.failure = TooManyAttempts(60)
    desk.unlock()
    assert "Too many wrong passphrases" in desk.words()
    assert door.panel.button.text() == "Wait 60 seconds"


def test_a_wrong_passphrase_shows_the_pause_after_it(desk: Desk, door: UnlockScreen) -> None:
    desk.vault.waits = [5]
    desk.unlock("wrong")
    assert "That passphrase did not open these records" in desk.words()
    assert door.panel.button.text() == "Wait 5 seconds"


# --- a lost passphrase ---


@pytest.fixture
def forgot(door: UnlockScreen) -> ForgotPanel:
    door.to_forgot.click()
    assert door.forgot is not None
    return door.forgot


def test_a_lost_passphrase_has_its_ways_and_no_false_hope(desk: Desk, forgot: ForgotPanel) -> None:
    assert "nobody can look it up or reset it" in desk.words()
    assert "With none of these the records stay closed" in desk.words()
    assert "An owner of this vault" not in desk.words()
    assert desk.window.focusWidget() is forgot.key


def test_in_a_clinic_an_owner_can_help(desk: Desk, door: UnlockScreen) -> None:
    desk.vault.names = ["owner", "Dr Cole"]
    door.look_again()
    desk.settle()
    door.to_forgot.click()
    assert "remove your sign-in and add it again with a new passphrase" in desk.words()


@pytest.mark.parametrize("way", ["key", "restore", "back"])
def test_each_way_leads_somewhere(
    desk: Desk, door: UnlockScreen, forgot: ForgotPanel, way: str
) -> None:
    desk.click(getattr(forgot, way))
    there = {"key": door.recovery, "restore": door.restore, "back": door.panel}[way]
    assert there is not None
    assert there.isVisible()
    assert there.isAncestorOf(desk.window.focusWidget())


# --- the new passphrase after the recovery key ---


@pytest.fixture
def anew(desk: Desk, recovery: RecoveryPanel) -> NewPassphraseScreen:
    QTest.keyClicks(recovery.edit, RECOVERY_KEY)
    QTest.keyClick(recovery.edit, Qt.Key.Key_Return)
    desk.settle()
    screen = desk.window.screen_shown
    assert isinstance(screen, NewPassphraseScreen)
    return screen


def test_nothing_is_shown_before_there_is_a_passphrase_again(
    desk: Desk, anew: NewPassphraseScreen
) -> None:
    assert "Choose a new passphrase" in desk.words()
    assert "Rosa" not in desk.words()
    assert desk.window.focusWidget() is anew.passphrase.fields.first.edit


@pytest.mark.parametrize("way", ["button", "keys", "idle"])
def test_it_can_be_locked_there(desk: Desk, anew: NewPassphraseScreen, way: str) -> None:
    if way == "button":
        desk.click(anew.lock)
    elif way == "keys":
        desk.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    else:
        desk.let_pass(15 * 60)
    assert desk.locked
    desk.settle()
    assert (desk.vault.closed, desk.vault.keys.passphrases) == (1, [])


def test_a_suggestion_is_shown_to_be_written_down_and_typed_back(
    desk: Desk, anew: NewPassphraseScreen
) -> None:
    fields = anew.passphrase.fields
    desk.click(fields.suggestion)
    desk.settle()
    assert fields.first.text() == SIX_WORDS
    assert fields.first.edit.echoMode() == QLineEdit.EchoMode.Normal
    assert "Six words drawn by chance. Write them down" in desk.words()
    QTest.keyClicks(desk.window.focusWidget(), SIX_WORDS)
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    desk.settle()
    assert desk.vault.keys.passphrases == [SIX_WORDS]


def test_how_strong_it_is_is_said_while_one_types(
    desk: Desk, anew: NewPassphraseScreen, qtbot: QtBot
) -> None:
    field = anew.passphrase.fields.first.edit
    QTest.keyClicks(field, "lemon")
    qtbot.waitUntil(lambda: "Weak, 5 letters" in desk.words())
    QTest.keyClicks(field, " tree in the garden")
    qtbot.waitUntil(lambda: "Strong, 24 letters" in desk.words())
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: "Strong" not in desk.words())


def test_the_look_can_be_changed_there(desk: Desk, anew: NewPassphraseScreen) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert anew.look.sizes.current() == "1.125"
