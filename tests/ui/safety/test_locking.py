"""When the vault locks, and the passphrase of who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy

from healthmate_desktop.domain.sessions import LockPolicy
from healthmate_desktop.errors import DiskFull
from healthmate_desktop.ui.safety.locking import LockingTab
from ui.safety.safety_fakes import NEW, Behind, as_role
from ui.session_fakes import SIX_WORDS
from ui.window_fakes import PASSPHRASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.sessions import Role
    from ui.safety.safety_fakes import SafetyDesk

pytestmark = [pytest.mark.ui, pytest.mark.security]


@pytest.fixture
def locking(safety: SafetyDesk) -> SafetyDesk:
    safety.tab("Locking")
    return safety


def tab_of(safety: SafetyDesk) -> LockingTab:
    tab = safety.screen.tabs["locking"]
    assert isinstance(tab, LockingTab)
    return tab


def type_passphrases(safety: SafetyDesk, old: str, new: str, again: str) -> None:
    safety.press("Change passphrase")
    card = tab_of(safety).passphrase
    safety.write(card.old.edit, old)
    safety.write(card.new.first.edit, new)
    safety.write(card.new.second.edit, again)


def test_a_choice_holds_at_once_and_the_window_is_told(locking: SafetyDesk) -> None:
    told = QSignalSpy(locking.screen.policy_changed)
    locking.press("Locks without use after: 5 min")
    locking.press("Locks at the latest after: 24 h")
    assert locking.behind.policy.policy == LockPolicy(5, 24)
    assert told.at(1)[0] == LockPolicy(5, 24)


def test_a_choice_that_was_not_saved_is_taken_back_and_said(locking: SafetyDesk) -> None:
    locking.behind.policy.failure = DiskFull()
    told = QSignalSpy(locking.screen.policy_changed)
    locking.press("Locks without use after: 60 min")
    assert "The disk is full" in locking.words()
    assert locking.button("Locks without use after: 15 min").isChecked()
    assert told.count() == 0
    locking.behind.policy.failure = None
    locking.press("Locks without use after: 60 min")
    assert "The disk is full" not in locking.words()


def test_a_time_that_was_set_elsewhere_is_offered_too(
    show_safety: Callable[[Behind], SafetyDesk], behind: Behind
) -> None:
    behind.policy.policy = LockPolicy(25, 12)
    safety = show_safety(behind)
    safety.tab("Locking")
    assert safety.button("Locks without use after: 25 min").isChecked()


@pytest.mark.parametrize("role", ["clinician", "assistant", "auditor"])
def test_who_may_not_change_it_reads_it(
    show_safety: Callable[[Behind], SafetyDesk], role: Role
) -> None:
    safety = show_safety(Behind(who=as_role(role)))
    safety.tab("Locking")
    assert "15 minutes" in safety.words()
    assert "12 hours" in safety.words()
    assert "An owner of this vault can change it" in safety.words()
    assert not [name for name in safety.names() if "min" in name]


def test_it_says_what_locking_does(locking: SafetyDesk) -> None:
    for words in ("The window is covered at once", "As a draft, encrypted", "goes to sleep"):
        assert words in locking.words()


# --- the passphrase ---


def test_the_passphrase_is_changed_with_the_keyboard_alone(locking: SafetyDesk) -> None:
    locking.press("Change passphrase")
    card = tab_of(locking).passphrase
    assert locking.screen.focusWidget() is card.old.edit
    locking.write(card.old.edit, PASSPHRASE)
    locking.key(Qt.Key.Key_Return)
    locking.write(card.new.first.edit, NEW)
    locking.key(Qt.Key.Key_Return)
    assert locking.screen.focusWidget() is card.new.second.edit
    locking.write(card.new.second.edit, NEW)
    locking.key(Qt.Key.Key_Return)
    assert locking.behind.keys.passphrase == NEW
    assert "Your passphrase is changed" in locking.words()
    assert card.old.text() == card.new.first.text() == ""
    locking.press("Renew all keys")
    assert "Everything is encrypted anew" in locking.words()


def test_a_wrong_present_passphrase_is_said_at_its_field(locking: SafetyDesk) -> None:
    type_passphrases(locking, "wrong", NEW, NEW)
    locking.press("Change it")
    assert "That is not your passphrase. Nothing was changed." in locking.words()
    card = tab_of(locking).passphrase
    assert locking.screen.focusWidget() is card.old.edit
    assert card.old.edit.selectedText()
    assert locking.behind.keys.passphrase == PASSPHRASE


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("", NEW, NEW, "Type the passphrase you have now."),
        (PASSPHRASE, "", "", "Choose a passphrase first."),
        (PASSPHRASE, NEW, "seven", "The two differ."),
        (PASSPHRASE, "short", "short", "This passphrase is too short."),
    ],
)
def test_what_is_amiss_is_said_and_nothing_is_changed(
    locking: SafetyDesk, old: str, new: str, again: str, said: str
) -> None:
    type_passphrases(locking, old, new, again)
    locking.press("Change it")
    assert said in locking.words()
    assert locking.behind.keys.passphrase == PASSPHRASE


def test_enter_without_the_present_one_asks_for_it(locking: SafetyDesk) -> None:
    type_passphrases(locking, "", NEW, NEW)
    locking.key(Qt.Key.Key_Return)
    assert "Type the passphrase you have now." in locking.words()


def test_six_words_are_suggested_and_have_to_be_typed_again(locking: SafetyDesk) -> None:
    locking.press("Change passphrase")
    locking.press("Suggest one")
    card = tab_of(locking).passphrase
    assert card.new.first.text() == SIX_WORDS
    assert card.new.second.text() == ""
    assert locking.screen.focusWidget() is card.new.second.edit


def test_leaving_forgets_what_was_typed(locking: SafetyDesk) -> None:
    type_passphrases(locking, PASSPHRASE, NEW, NEW)
    locking.press("Leave as it is")
    card = tab_of(locking).passphrase
    assert card.old.text() == card.new.first.text() == card.new.second.text() == ""
    assert not card.old.isVisible()
    assert locking.screen.focusWidget() is card.change


def test_who_may_not_renew_keys_is_sent_to_an_owner(
    show_safety: Callable[[Behind], SafetyDesk],
) -> None:
    safety = show_safety(Behind(who=as_role("assistant")))
    safety.tab("Locking")
    assert "tell an owner of this vault" in safety.words()
    type_passphrases(safety, PASSPHRASE, NEW, NEW)
    safety.press("Change it")
    assert "Your passphrase is changed" in safety.words()
    assert "Renew all keys" not in safety.names()
