"""What an open vault does by itself is seen only while there is something to do, and its problems are said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QSignalSpy

from healthmate_desktop.domain.ids import JobId
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.domain.sessions import UnlockNews
from healthmate_desktop.errors import DiskFull
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.jobs import ImportStrip
from healthmate_desktop.ui.upkeep import begin_upkeep
from healthmate_desktop.ui.widgets.feedback import ProgressRow
from ui.session_fakes import session
from ui.window_desk import words_in
from ui.window_fakes import FakeVault

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QFrame, QWidget

    from healthmate_desktop.domain.sessions import Role
    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = pytest.mark.ui


class WatchedStrip(ImportStrip):
    """Remembers the titles of all work that was ever seen."""

    def __init__(self, tasks: TaskRunner, changes: Changes) -> None:
        super().__init__(tasks, changes)
        self.seen: list[str] = []

    def put(self, part: QFrame) -> None:
        super().put(part)
        rows = [part] if isinstance(part, ProgressRow) else part.findChildren(ProgressRow)
        for row in rows:
            if row.title.accessibleName() not in self.seen:
                self.seen.append(row.title.accessibleName())


class Bench:
    def __init__(
        self, tasks: TaskRunner, settle: Callable[..., None], show: Callable[..., QWidget]
    ) -> None:
        self.tasks, self._settle = tasks, settle
        self.vault, self.changes = FakeVault(), Changes()
        self.strip = WatchedStrip(tasks, self.changes)
        self.window = show(self.strip)

    def begin(self) -> list[str]:
        """What was seen."""
        begin_upkeep(self.vault.opened(), self.strip, self.tasks, self.changes)
        assert self.strip.isHidden()
        self._settle(self.tasks)
        return self.strip.seen

    def words(self) -> str:
        return words_in(self.window)


@pytest.fixture
def bench(tasks: TaskRunner, settle: Callable[..., None], show: Callable[..., QWidget]) -> Bench:
    return Bench(tasks, settle, show)


def test_with_nothing_to_do_nothing_is_seen(bench: Bench) -> None:
    assert bench.begin() == []
    assert bench.strip.isHidden()
    assert bench.vault.warmed == 1
    assert bench.vault.backup.made == 0


def test_it_goes_on_with_what_was_cut_off_and_backs_up_in_the_end(bench: Bench) -> None:
    bench.vault.keys.to_renew, bench.vault.importing.left_over = 3, 2
    bench.vault.backup.is_due = True
    assert bench.begin() == [
        "Renewing the keys of this vault",
        "Reading what was left unfinished",
        "Making today\u2019s backup",
    ]
    assert bench.vault.backup.made == 1
    assert bench.strip.isHidden()


def test_the_starter_topics_are_put_into_the_library(bench: Bench) -> None:
    heard = QSignalSpy(bench.changes.library_changed)
    bench.vault.library.topics = 3
    assert bench.begin() == ["Putting the starter topics into the library"]
    assert heard.count() == 1
    assert [source.articles for source in bench.vault.library.sources()] == [3]


def test_a_starter_library_that_fails_bothers_nobody(bench: Bench, errors: list[Exception]) -> None:
    bench.vault.library.failure = DiskFull()
    bench.begin()
    assert bench.strip.isHidden()
    assert errors == []


def test_a_backup_that_was_not_made_is_said(bench: Bench) -> None:
    bench.vault.backup.is_due, bench.vault.backup.failure = True, DiskFull()
    bench.begin()
    assert "No backup was made" in bench.words()
    assert "The disk is full" in bench.words()


def test_keys_that_could_not_be_renewed_are_said(bench: Bench) -> None:
    bench.vault.keys.to_renew, bench.vault.keys.failure = 3, DiskFull()
    bench.begin()
    assert "The keys are not renewed yet" in bench.words()


@pytest.mark.parametrize(("role", "warmed"), [("clinician", 1), ("auditor", 0)])
def test_nothing_is_begun_that_the_role_may_not_do(
    bench: Bench, role: Role, warmed: int, errors: list[Exception]
) -> None:
    bench.vault.who = session(role)
    bench.vault.backup.is_due = True
    bench.begin()
    assert bench.vault.backup.made == 0
    assert bench.vault.warmed == warmed
    assert errors == []


def test_an_import_that_was_given_up_is_told_at_once_and_only_once(bench: Bench) -> None:
    before, now = (
        Job(JobId(key), "import", "failed", error="It was tried three times. Add it again.")
        for key in ("before", "now")
    )
    bench.vault.importing.failed = [before]
    bench.vault.news = UnlockNews(unfinished=(before,))
    bench.begin()
    assert bench.strip.isHidden()
    bench.vault.importing.failed = [before, now]
    bench.begin()
    assert "Adding files did not finish" in bench.words()
    assert "It was tried three times. Add it again." in bench.words()
