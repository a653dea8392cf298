"""Each role finds in Safety what it may do, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy

from healthmate_desktop.domain.sessions import FailedAttempt, UnlockNews
from ui.safety.safety_fakes import NOW, Behind, as_role, event

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.sessions import Role
    from ui.safety.safety_fakes import SafetyDesk

pytestmark = [pytest.mark.ui, pytest.mark.security]

EVERYTHING = [
    "Overview",
    "Locking",
    "Backup",
    "Recovery",
    "Who can sign in",
    "Log",
    "Protections",
]


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("owner", EVERYTHING),
        ("clinician", ["Overview", "Locking", "Protections"]),
        ("assistant", ["Overview", "Locking", "Protections"]),
        ("auditor", ["Overview", "Locking", "Log", "Protections"]),
    ],
)
def test_each_role_has_its_tabs(
    show_safety: Callable[[Behind], SafetyDesk], role: Role, shown: list[str]
) -> None:
    safety = show_safety(Behind(who=as_role(role)))
    tabs = [name for name in safety.names() if name in EVERYTHING]
    assert tabs == shown
    for name in shown:
        safety.tab(name)
        assert "went wrong" not in safety.words()
        assert "could not be" not in safety.words()


@pytest.mark.parametrize("role", ["clinician", "assistant"])
def test_an_overview_without_the_right_to_change_asks_for_nothing_forbidden(
    show_safety: Callable[[Behind], SafetyDesk], role: Role
) -> None:
    safety = show_safety(Behind(who=as_role(role)))
    assert "Locks after 15 minutes without use" in safety.words()
    assert "backup" not in safety.words().lower()
    assert "recovery key" not in safety.words().lower()
    assert "The log" not in safety.words()
    assert safety.behind.log.checks == []
    assert "See it" in safety.names()


def test_the_arrow_keys_go_from_tab_to_tab(safety: SafetyDesk) -> None:
    safety.screen.setFocus()
    safety.key(Qt.Key.Key_Right)
    assert "When it locks by itself" in safety.words()
    safety.key(Qt.Key.Key_Right)
    assert "There is no backup yet" in safety.words()
    safety.key(Qt.Key.Key_Left)
    assert "When it locks by itself" in safety.words()


def test_lock_is_passed_on_from_both_places(safety: SafetyDesk) -> None:
    pressed = QSignalSpy(safety.screen.lock_pressed)
    safety.tab("Locking")
    safety.press("Lock now")
    safety.tab("Backup")
    safety.press("Lock now")
    assert pressed.count() == 2


def test_an_unknown_tab_changes_nothing(show_safety: Callable[[Behind], SafetyDesk]) -> None:
    safety = show_safety(Behind(who=as_role("assistant")))
    safety.screen.open_tab("log")
    safety.screen.open_tab("check")
    assert "Locks after 15 minutes without use" in safety.words()


# --- the overview ---


def test_a_new_vault_says_what_to_do_first(safety: SafetyDesk) -> None:
    words = safety.words()
    assert "2 things need a look" in words
    assert "There is no backup yet" in words
    assert "If this computer breaks or is stolen, the records on it are lost." in words
    assert "No backup to check yet" in words
    assert "Check one" not in safety.names()
    assert "The recovery key was made with the vault" in words
    assert "No failed attempts to unlock" in words
    assert "The log is whole" in words
    assert "1 of 2 protections are on" in words
    assert "emergency" not in words


def test_each_line_leads_to_where_its_next_step_is(safety: SafetyDesk) -> None:
    safety.behind.log.kept = [event(1, "session.opened"), event(2, "patient.added")]
    for step, words in (
        ("Change", "What happens when it locks"),
        ("Back up", "To put a backup back"),
        ("Make a new one", "All keys"),
        ("See the log", "Unlocked the vault"),
        ("Check it again", "Is the log whole?"),
        ("See them", "Not on"),
    ):
        safety.tab("Overview")
        safety.press(step)
        assert words in "\n".join([safety.words(), *safety.names(), *safety.log()])


def test_failed_attempts_lead_to_the_sign_ins_of_the_log(
    show_safety: Callable[[Behind], SafetyDesk], behind: Behind
) -> None:
    attempts = tuple(FailedAttempt(NOW, "passphrase") for _ in range(5))
    behind.news = UnlockNews(failed_attempts=attempts)
    safety = show_safety(behind)
    assert "5 failed attempts to unlock since 3 June 2026" in safety.words()
    safety.press("See the log")
    assert behind.log.asked[-1].kind == "sign_in"


def test_the_overview_tells_of_the_newest_recovery_key(
    show_safety: Callable[[Behind], SafetyDesk], behind: Behind
) -> None:
    behind.log.kept = [event(1, "recovery_key.renewed")]
    assert "The recovery key was made anew on 1 June 2026" in show_safety(behind).words()


def test_the_overview_tells_when_the_keys_were_renewed(
    show_safety: Callable[[Behind], SafetyDesk], behind: Behind
) -> None:
    behind.log.kept = [event(1, "recovery_key.renewed"), event(2, "keys.renewed")]
    assert "All keys were renewed on 1 June 2026" in show_safety(behind).words()


def test_what_can_not_be_found_out_needs_a_look(
    show_safety: Callable[[Behind], SafetyDesk], behind: Behind
) -> None:
    def broken() -> list[object]:
        raise RuntimeError("Rosa Harlow")

    behind.shields = broken  # type: ignore[assignment]
    safety = show_safety(behind)
    assert "Protections: this could not be found out" in safety.words()
    assert "Rosa" not in safety.words()


def test_a_log_that_does_not_fit_needs_a_look(
    show_safety: Callable[[Behind], SafetyDesk], behind: Behind
) -> None:
    behind.log.problems = ("Event 7 of the log was changed.",)
    safety = show_safety(behind)
    assert "The log does not fit in 1 place" in safety.words()
    behind.log.problems = ()
    safety.press("Check it again")
    safety.press("Check quickly")
    safety.tab("Overview")
    assert "The log is whole" in safety.words()
    assert len(behind.log.checks) == 2  # once here, once asked for
