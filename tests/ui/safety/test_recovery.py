"""A new recovery key and new keys: confirmed, shown once, typed back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from healthmate_desktop.errors import DiskFull
from healthmate_desktop.ui.safety.recovery import ConfirmedCard, RecoveryTab
from healthmate_desktop.ui.unlock.recovery_key import RecoveryKeyStep, groups
from ui.window_fakes import PASSPHRASE, RECOVERY_KEY

if TYPE_CHECKING:
    from ui.safety.safety_fakes import SafetyDesk

pytestmark = [pytest.mark.ui, pytest.mark.security]

NEW_KEY, ALL_KEYS = "Make a new recovery key", "Renew all keys"


@pytest.fixture
def recovery(safety: SafetyDesk) -> SafetyDesk:
    safety.tab("Recovery")
    return safety


def card_of(safety: SafetyDesk, act: str) -> ConfirmedCard:
    tab = safety.screen.tabs["recovery"]
    assert isinstance(tab, RecoveryTab)
    return tab.new_key if act == NEW_KEY else tab.renewal


def confirm(safety: SafetyDesk, act: str, passphrase: str = PASSPHRASE) -> None:
    """With the keyboard, once the form was opened."""
    safety.press(act)
    safety.write(card_of(safety, act).form.field.edit, passphrase)
    safety.key(Qt.Key.Key_Return)


def type_back(safety: SafetyDesk) -> None:
    step = safety.screen.findChild(RecoveryKeyStep)
    assert isinstance(step, RecoveryKeyStep)
    for number, edit in zip(step.asked, step.edits, strict=True):
        safety.write(edit, groups(RECOVERY_KEY)[number])
    safety.press("I have it")


def test_a_new_recovery_key_is_shown_and_typed_back(recovery: SafetyDesk) -> None:
    confirm(recovery, NEW_KEY)
    assert "This is your new recovery key" in recovery.words()
    assert RECOVERY_KEY in recovery.words()
    assert ALL_KEYS not in recovery.names()  # nothing else before it was typed back
    recovery.press("I have it")
    assert "Type it again" in recovery.words() or "type it again" in recovery.words()
    type_back(recovery)
    assert RECOVERY_KEY not in recovery.words()
    assert "The new recovery key holds" in recovery.words()
    recovery.press("Make a backup")
    assert "To put a backup back" in recovery.words()


@pytest.mark.parametrize("act", [NEW_KEY, ALL_KEYS])
def test_a_wrong_passphrase_changes_nothing(recovery: SafetyDesk, act: str) -> None:
    confirm(recovery, act, "wrong")
    assert "That is not your passphrase. Nothing was changed." in recovery.words()
    assert recovery.screen.focusWidget() is card_of(recovery, act).form.field.edit
    assert RECOVERY_KEY not in recovery.words()
    assert recovery.behind.keys.renewals == 0


@pytest.mark.parametrize("act", [NEW_KEY, ALL_KEYS])
def test_without_a_passphrase_nothing_is_asked(recovery: SafetyDesk, act: str) -> None:
    confirm(recovery, act, "")
    assert "Type your passphrase first." in recovery.words()


@pytest.mark.parametrize("act", [NEW_KEY, ALL_KEYS])
def test_leaving_forgets_the_passphrase(recovery: SafetyDesk, act: str) -> None:
    recovery.press(act)
    field = card_of(recovery, act).form.field
    recovery.write(field.edit, PASSPHRASE)
    recovery.press("Leave as it is")
    assert field.text() == ""
    assert not field.isVisible()
    assert recovery.behind.keys.renewals == 0


def test_a_key_that_was_not_saved_says_why(recovery: SafetyDesk) -> None:
    recovery.behind.keys.failure = DiskFull()
    confirm(recovery, NEW_KEY)
    assert "The disk is full" in recovery.words()
    assert RECOVERY_KEY not in recovery.words()


def test_all_keys_are_renewed(recovery: SafetyDesk) -> None:
    confirm(recovery, ALL_KEYS)
    assert recovery.behind.keys.renewals == 1
    assert "The database and 3 documents were encrypted anew." in recovery.words()
    assert RECOVERY_KEY not in recovery.words()
    assert recovery.button(NEW_KEY).isEnabled()
    recovery.press("Make a backup")
    assert "To put a backup back" in recovery.words()


def test_a_renewal_that_had_to_make_a_recovery_key_shows_it(recovery: SafetyDesk) -> None:
    recovery.behind.keys.renewed_key = RECOVERY_KEY
    confirm(recovery, ALL_KEYS)
    assert "All keys are new, and so is the recovery key" in recovery.words()
    assert RECOVERY_KEY in recovery.words()
    type_back(recovery)
    assert RECOVERY_KEY not in recovery.words()


def test_a_renewal_that_was_cut_off_says_that_it_goes_on(recovery: SafetyDesk) -> None:
    recovery.behind.keys.failure = DiskFull()
    confirm(recovery, ALL_KEYS)
    assert "The keys were not renewed to the end" in recovery.words()
    assert "The disk is full" in recovery.words()
    assert recovery.button(ALL_KEYS).isEnabled()


def test_it_says_what_the_old_keys_still_open(recovery: SafetyDesk) -> None:
    assert "backups made before still open with it" in recovery.words()
    assert "make a new one afterwards and delete those" in recovery.words()
    assert "goes on after the next unlock" in recovery.words()
