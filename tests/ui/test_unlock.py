"""The locked window: the passphrase or the recovery key, and plain words when neither fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from healthmate_desktop.errors import VaultBusy
from healthmate_desktop.ui.shell import Shell
from healthmate_desktop.ui.unlock.after import NewPassphraseScreen
from healthmate_desktop.ui.unlock.unlock import UnlockScreen
from ui.window_fakes import PASSPHRASE, RECOVERY_KEY

if TYPE_CHECKING:
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
