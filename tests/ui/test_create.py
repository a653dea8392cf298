"""First start: a passphrase, the recovery key typed back, and the records are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from healthmate_desktop.errors import DiskFull, VaultBusy
from healthmate_desktop.ui.shell import Shell
from healthmate_desktop.ui.unlock.create import CreateScreen
from healthmate_desktop.ui.unlock.recovery_key import RecoveryKeyStep, groups
from ui.window_fakes import PASSPHRASE, RECOVERY_KEY, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ui.window_desk import Desk

pytestmark = pytest.mark.ui


@pytest.fixture
def desk(make_desk: Callable[[FakeVault], Desk]) -> Desk:
    return make_desk(FakeVault(exists=False, people=()))


@pytest.fixture
def screen(desk: Desk) -> CreateScreen:
    screen = desk.window.screen_shown
    assert isinstance(screen, CreateScreen)
    return screen


@pytest.fixture
def key(desk: Desk, screen: CreateScreen) -> RecoveryKeyStep:
    choose(screen, PASSPHRASE, PASSPHRASE)
    desk.settle()
    assert screen.key is not None
    return screen.key


def choose(screen: CreateScreen, first: str, second: str) -> None:
    step = screen.passphrase.fields
    step.first.edit.clear()
    step.second.edit.clear()
    QTest.keyClicks(step.first.edit, first)
    QTest.keyClick(step.first.edit, Qt.Key.Key_Return)
    QTest.keyClicks(step.second.edit, second)
    QTest.keyClick(step.second.edit, Qt.Key.Key_Return)


def test_two_different_passphrases_make_no_vault(desk: Desk, screen: CreateScreen) -> None:
    choose(screen, PASSPHRASE, PASSPHRASE + "x")
    assert "The two differ" in desk.words()
    assert desk.vault.tried == []


def test_an_empty_passphrase_is_asked_for(desk: Desk, screen: CreateScreen) -> None:
    screen.passphrase.button.click()
    assert "Choose a passphrase first." in desk.words()
    assert desk.vault.tried == []


def test_a_weak_passphrase_is_refused_in_words_and_can_be_changed(
    desk: Desk, screen: CreateScreen
) -> None:
    choose(screen, "short", "short")
    assert screen.passphrase.button.text() == "Making your vault"
    desk.settle()
    assert "This passphrase is too short" in desk.words()
    choose(screen, PASSPHRASE, PASSPHRASE)
    desk.settle()
    assert screen.key is not None


def test_a_full_disk_is_said(desk: Desk, screen: CreateScreen) -> None:
    desk.vault.failure = DiskFull()
    choose(screen, PASSPHRASE, PASSPHRASE)
    desk.settle()
    assert "The disk is full" in desk.words()
    assert screen.passphrase.button.isEnabled()


def test_the_key_is_shown_whole_in_groups_that_end_with_the_one_to_type() -> None:
    parts = groups(RECOVERY_KEY)
    assert "".join(parts) == RECOVERY_KEY
    assert parts[0].startswith("AGE-SECRET-KEY-1")
    assert {len(part) for part in parts[1:]} == {6}


def test_the_key_can_be_selected_and_copied(key: RecoveryKeyStep) -> None:
    (shown,) = (
        label
        for label in key.findChildren(QLabel)
        if label.accessibleName() == f"Recovery key: {RECOVERY_KEY}"
    )
    assert "".join(shown.text().split()) == RECOVERY_KEY
    assert shown.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
    key.copy.click()
    assert QGuiApplication.clipboard().text() == RECOVERY_KEY
    assert "Copied" in key.done.accessibleName()


def test_the_key_can_be_saved_to_a_file(key: RecoveryKeyStep, tmp_path: Path) -> None:
    key.save.click()
    (dialog,) = key.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "key.txt"))
    dialog.close()
    assert (tmp_path / "key.txt").read_text(encoding="utf-8").strip() == RECOVERY_KEY
    assert "Saved" in key.done.accessibleName()


def test_a_place_that_takes_no_file_is_said(
    desk: Desk, key: RecoveryKeyStep, tmp_path: Path
) -> None:
    key.save.click()
    (dialog,) = key.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    assert "The key could not be saved there" in desk.words()


def type_groups(key: RecoveryKeyStep) -> None:
    for number, edit in zip(key.asked, key.edits, strict=True):
        edit.clear()
        QTest.keyClicks(edit, groups(RECOVERY_KEY)[number].lower())


def test_records_open_only_when_two_groups_of_the_key_were_typed(
    desk: Desk, key: RecoveryKeyStep
) -> None:
    first, second = key.asked
    assert first < second
    for edit in key.edits:
        QTest.keyClicks(edit, "AAAAAA")
    key.button.click()
    assert f"That is not groups {first} and {second} of the key" in desk.words()
    type_groups(key)
    QTest.keyClick(key.edits[1], Qt.Key.Key_Return)
    desk.settle()
    assert isinstance(desk.window.screen_shown, Shell)
    assert desk.vault.tried == [PASSPHRASE, PASSPHRASE]


def test_a_vault_that_does_not_open_says_why_and_can_be_tried_again(
    desk: Desk, key: RecoveryKeyStep
) -> None:
    desk.vault.failure = VaultBusy()
    type_groups(key)
    key.button.click()
    desk.settle()
    assert "open in another HealthMate window" in desk.words()
    key.button.click()
    desk.settle()
    assert isinstance(desk.window.screen_shown, Shell)


def test_the_look_can_be_chosen_before_there_is_a_vault(desk: Desk, screen: CreateScreen) -> None:
    next(
        b
        for b in screen.look.sizes.findChildren(type(screen.passphrase.button))
        if b.text() == "Larger"
    ).click()
    QTest.keyClick(desk.window, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert screen.look.sizes.current() == "1.125"
