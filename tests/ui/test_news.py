"""What is told right after unlocking: the worst first, in words, and never too much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.ids import JobId, UserId
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.domain.sessions import FailedAttempt, Grant, UnlockNews
from healthmate_desktop.ui.news import MOST, told_of
from ui.session_fakes import session
from ui.window_fakes import WHEN, FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.jobs import JobKind
    from healthmate_desktop.domain.sessions import AttemptKind
    from healthmate_desktop.ui.news import Told
    from ui.window_desk import Desk

pytestmark = [pytest.mark.ui, pytest.mark.security]

NOW = datetime(2026, 6, 3, 18, tzinfo=UTC)


def told(news: UnlockNews, *, older_header: bool = False, log: bool = True) -> list[Told]:
    return told_of(news, older_header=older_header, may_look_into_log=log, now=NOW)


def attempts(count: int, kind: AttemptKind = "passphrase") -> tuple[FailedAttempt, ...]:
    return tuple(FailedAttempt(NOW - timedelta(minutes=n), kind) for n in range(count))


def failed(kind: JobKind, error: str = "") -> Job:
    return Job(JobId("j"), kind, state="failed", error=error)


def test_no_news_is_told_as_nothing() -> None:
    assert told(UnlockNews()) == []


def test_many_failed_attempts_are_said_with_the_time_of_the_first() -> None:
    ((kind, words),) = told(UnlockNews(failed_attempts=attempts(5)))
    assert kind == "warn"
    first = (NOW - timedelta(minutes=4)).astimezone().strftime("%H:%M")
    assert words.startswith(f"5 failed attempts since today {first}. Someone typed a wrong passph")
    assert "it stayed locked" in words


def test_an_own_slip_is_said_calmly() -> None:
    ((kind, words),) = told(UnlockNews(failed_attempts=attempts(1)))
    assert kind == "info"
    assert words.startswith("1 failed attempt, today ")


@pytest.mark.parametrize(
    ("kinds", "what"),
    [
        (("recovery_key", "recovery_key"), "a wrong recovery key"),
        (("passphrase", "recovery_key"), "a wrong passphrase or recovery key"),
    ],
)
def test_what_was_typed_is_said_by_its_kind(kinds: tuple[AttemptKind, ...], what: str) -> None:
    mixed = tuple(FailedAttempt(NOW, kind) for kind in kinds)
    ((_, words),) = told(UnlockNews(failed_attempts=mixed))
    assert f"Someone typed {what} here" in words


def test_a_full_disk_comes_first() -> None:
    news = UnlockNews(disk_words="The disk is nearly full.", failed_attempts=attempts(5))
    assert told(news)[0] == ("error", "The disk is nearly full.")


@pytest.mark.parametrize(
    ("jobs", "words"),
    [
        ((failed("import", "It was tried 3 times."),), "did not finish. It was tried 3 times."),
        ((failed("backup"),), "A backup was not made. What was saved before is safe."),
        ((failed("renewal"),), "Renewing the keys did not finish."),
        ((failed("import"), failed("backup")), "Some work did not finish."),
    ],
)
def test_work_that_failed_for_good_is_named(jobs: tuple[Job, ...], words: str) -> None:
    ((kind, said),) = told(UnlockNews(unfinished=jobs))
    assert kind == "warn"
    assert words in said


def test_unknown_files_are_said_to_be_kept() -> None:
    ((_, one),) = told(UnlockNews(set_aside=1))
    assert one.startswith("1 unknown file was found among the records and moved aside.")
    assert "Nothing was deleted" in one
    ((_, two),) = told(UnlockNews(set_aside=2), log=False)
    assert "2 unknown files were" in two
    assert "The log says when" not in two


def test_an_older_key_file_says_what_to_do() -> None:
    ((_, words),) = told(UnlockNews(), older_header=True)
    assert "Make a backup now." in words


def test_emergencies_are_counted() -> None:
    grant = Grant("g", UserId("cole"), "tomas", WHEN, WHEN, "why")
    ((_, words),) = told(UnlockNews(emergencies=(grant, grant)))
    assert "in an emergency, 2 times" in words


def test_everything_at_once_fits_into_three_banners() -> None:
    grant = Grant("g", UserId("cole"), "tomas", WHEN, WHEN, "why")
    news = UnlockNews(attempts(5), False, (failed("import"),), 3, "The disk is full.", (grant,))
    all_of_it = told(news, older_header=True)
    assert len(all_of_it) == MOST
    assert all_of_it[0] == ("error", "The disk is full.")
    last = all_of_it[-1][1]
    assert last.startswith("4 more things to know.")
    for words in ("in an emergency", "key file", "Adding files", "unknown files"):
        assert words in last


# --- in the window ---


def test_news_stand_above_the_first_screen_until_they_are_closed(
    make_desk: Callable[[FakeVault], Desk],
) -> None:
    desk = make_desk(FakeVault(news=UnlockNews(failed_attempts=attempts(5))))
    desk.unlock()
    assert "5 failed attempts since" in desk.words()
    desk.shell.go("documents")
    assert "5 failed attempts since" in desk.words()
    desk.window.lock()
    assert "failed attempts" not in desk.words()


def test_an_older_vault_is_not_shown_before_someone_decides(
    make_desk: Callable[[FakeVault], Desk],
) -> None:
    from healthmate_desktop.ui.unlock.after import OlderVaultScreen

    desk = make_desk(FakeVault(news=UnlockNews(older=True)))
    desk.unlock()
    screen = desk.window.screen_shown
    assert isinstance(screen, OlderVaultScreen)
    assert "This vault is older than the one last used here" in desk.words()
    assert "Rosa" not in desk.words()
    assert desk.window.focusWidget() is screen.lock
    desk.click(screen.use)
    desk.settle()
    assert desk.vault.log.accepted == 1
    assert "Rosa Harlow" in desk.words()


def test_an_older_vault_can_be_locked_again(make_desk: Callable[[FakeVault], Desk]) -> None:
    from PySide6.QtCore import Qt

    desk = make_desk(FakeVault(news=UnlockNews(older=True)))
    desk.unlock()
    desk.press(Qt.Key.Key_Return)
    assert desk.locked
    desk.settle()
    assert (desk.vault.closed, desk.vault.log.accepted) == (1, 0)


def test_an_older_vault_locks_by_itself_too(make_desk: Callable[[FakeVault], Desk]) -> None:
    desk = make_desk(FakeVault(news=UnlockNews(older=True)))
    desk.unlock()
    desk.let_pass(15 * 60)
    assert desk.locked


def test_what_goes_wrong_while_accepting_is_said(make_desk: Callable[[FakeVault], Desk]) -> None:
    from healthmate_desktop.errors import DiskFull
    from healthmate_desktop.ui.unlock.after import OlderVaultScreen

    desk = make_desk(FakeVault(news=UnlockNews(older=True)))
    desk.vault.log.failure = DiskFull()
    desk.unlock()
    screen = desk.window.screen_shown
    assert isinstance(screen, OlderVaultScreen)
    screen.use.click()
    desk.settle()
    assert "The disk is full" in desk.words()
    assert screen.use.isEnabled()


def test_only_an_owner_decides_about_an_older_vault(
    make_desk: Callable[[FakeVault], Desk],
) -> None:
    desk = make_desk(FakeVault(news=UnlockNews(older=True), who=session("clinician")))
    desk.unlock()
    assert "Only an owner of this vault can decide" in desk.words()
    assert "Use it all the same" not in desk.words()
