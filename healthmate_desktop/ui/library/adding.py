"""Sources on their way into the library: how far, and in the end what could not be taken."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout

from healthmate_desktop.domain.text import counted
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, BannerKind, ProgressRow, words_of
from healthmate_desktop.ui.widgets.layout import Card

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.services.library import (
        LibraryProgress,
        LibraryService,
        SourceOutcome,
    )
    from healthmate_desktop.ui.changes import Changes

_NAMED = 3  # problems said in full


class AddingStrip(QFrame):
    """Empty and hidden most of the time."""

    def __init__(self, library: LibraryService, tasks: TaskRunner, changes: Changes) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._library, self._tasks, self._changes = library, tasks, changes
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(Space.M)
        self.hide()

    def add(self, paths: Sequence[Path], *, replacing: Source | None = None) -> None:
        """Add each path as one source, after those that are being added already; or in the place of a source."""
        names = ", ".join(path.name for path in paths[:_NAMED])
        more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
        what = f"Refreshing {replacing.title}" if replacing else f"Adding {names}{more}"
        progress = ProgressRow(what)
        progress.stop.setToolTip(
            "What is done so far is kept for 30 days; add the same again to go on"
        )
        card = Card()
        card.add(progress)
        self._put(card)
        task = self._tasks.run(
            lambda: self._library.add(list(paths), replacing=replacing.id if replacing else None),
            owner=self,
            lane=Lane.VAULT,
            on_update=lambda step: self._show_step(progress, step),
            on_error=self._show_error,
            on_finished=lambda: self._finish(card),
        )
        progress.stop_pressed.connect(task.cancel)

    def _show_step(self, progress: ProgressRow, step: LibraryProgress) -> None:
        if step.outcome is not None:
            self._changes.library_changed.emit()
            self._show_outcome(step.outcome)
            return
        of = (
            f"{step.done:,} of {counted(step.total, 'article', 'articles')}"
            if step.total
            else f"{counted(step.done, 'article', 'articles')} so far"
        )
        if step.seconds_left is not None:
            of = f"{of}, {_time_left(step.seconds_left)}"
        if step.share:
            progress.advance(round(100 * step.share), 100, f"{step.title}: {of}")
        else:
            progress.advance(step.done, step.total, of)

    def _show_outcome(self, outcome: SourceOutcome) -> None:
        name = PurePath(outcome.path).name
        if outcome.status == "duplicate":
            self._say("info", f"{name} is in the library already", "Nothing was added twice.")
        elif outcome.status == "added" and outcome.problems:
            title = outcome.source.title if outcome.source else name
            self._say("warn", f"Not all of {title} could be read", _reasons(outcome))
        elif outcome.status != "added":
            self._say("warn", f"{name} was not added", _reasons(outcome))

    def _show_error(self, error: Exception) -> None:
        self._say("error", "Adding to the library has stopped", words_of(error))

    def _say(self, kind: BannerKind, title: str, detail: str) -> None:
        close = Button("Close", "plain", "close", size="small")
        close.setAccessibleName(f"Close: {title}")
        banner = Banner(kind, title, detail, [close])
        close.clicked.connect(lambda: self._drop(banner))
        self._put(banner)

    def _finish(self, card: Card) -> None:
        self._drop(card)
        self._changes.library_changed.emit()

    def _put(self, part: QFrame) -> None:
        self._box.addWidget(part)
        self.show()

    def _drop(self, part: QFrame) -> None:
        self._box.removeWidget(part)
        part.hide()
        part.deleteLater()
        self.setVisible(self._box.count() > 0)


def _time_left(seconds: int) -> str:
    """In words that do not jump about."""
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    if minutes < 90:
        return "about 1 minute left" if minutes == 1 else f"about {minutes} minutes left"
    return f"about {round(minutes / 60)} hours left"


def _reasons(outcome: SourceOutcome) -> str:
    problems = outcome.problems
    lines = [
        p.message if p.where == "file" else f"{p.where}: {p.message}" for p in problems[:_NAMED]
    ]
    if (more := len(problems) - _NAMED) > 0:
        lines.append(f"And {more} more.")
    return "\n".join(lines)
