"""Sources on their way into the library: how far, and in the end what could not be taken."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout

from healthmate_desktop.domain.text import counted, listed
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
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
_SOON = "Looking at what is in it"
_LATER = "Begins when what is being added before it is done"
_ONCE = "Nothing was added twice."


class AddingStrip(QFrame):
    """Empty and hidden most of the time."""

    def __init__(self, library: LibraryService, tasks: TaskRunner, changes: Changes) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._library, self._tasks, self._changes = library, tasks, changes
        self._under_way = 0
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(Space.M)
        self.hide()

    def add(self, paths: Sequence[Path], *, replacing: Source | None = None) -> None:
        """Add each path as one source, after those that are being added already; or in the place of a source."""
        names = listed([path.name for path in paths], _NAMED)
        what = f"Refreshing {replacing.title}" if replacing else f"Adding {names}"
        progress = ProgressRow(what)
        progress.stop.setToolTip(
            "What is done so far is kept for 30 days; add the same again to go on"
        )
        card = Card()
        card.add(progress)
        progress.advance(0, 0, _LATER if self._under_way else _SOON)
        self._under_way += 1
        self._put(card)
        outcomes: list[SourceOutcome] = []
        task = self._tasks.run(
            lambda: self._library.add(list(paths), replacing=replacing.id if replacing else None),
            owner=self,
            lane=Lane.LIBRARY,
            on_update=lambda step: self._show_step(progress, outcomes, step),
            on_error=self._show_error,
            on_finished=lambda: self._finish(card, outcomes),
        )
        progress.stop_pressed.connect(task.cancel)

    def _show_step(
        self, progress: ProgressRow, outcomes: list[SourceOutcome], step: LibraryProgress
    ) -> None:
        if step.outcome is not None:
            self._changes.library_changed.emit()
            outcomes.append(step.outcome)
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

    def _show_outcomes(self, outcomes: Sequence[SourceOutcome]) -> None:
        """At most three banners, however much was dropped; that all went well is only read out."""
        added = [each for each in outcomes if each.status == "added"]
        there = [each for each in outcomes if each.status == "duplicate"]
        bad = [each for each in outcomes if each.status not in {"added", "duplicate"}]
        partly = [each for each in added if each.problems]
        if added:
            announce(self, f"Added to the library: {_names(added)}")
        if partly:
            self._say("warn", f"Not all of {_names(partly)} could be read", _reasons(partly))
        if bad:
            were = "was" if len(bad) == 1 else "were"
            self._say("warn", f"{_names(bad)} {were} not added", _reasons(bad))
        if there:
            are = "is" if len(there) == 1 else "are"
            self._say("info", f"{_names(there)} {are} in the library already", _ONCE)

    def _show_error(self, error: Exception) -> None:
        self._say("error", "Adding to the library has stopped", words_of(error))

    def _say(self, kind: BannerKind, title: str, detail: str) -> None:
        close = Button("Close", "plain", "close", size="small")
        close.setAccessibleName(f"Close: {title}")
        banner = Banner(kind, title, detail, [close])
        close.clicked.connect(lambda: self._drop(banner))
        self._put(banner)

    def _finish(self, card: Card, outcomes: Sequence[SourceOutcome]) -> None:
        self._under_way -= 1
        self._drop(card)
        self._show_outcomes(outcomes)
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


def _names(outcomes: Sequence[SourceOutcome]) -> str:
    """Of sources that were added their titles, of all else the names of what was dropped."""
    names = [
        each.source.title if each.source and each.status == "added" else PurePath(each.path).name
        for each in outcomes
    ]
    return listed(names, _NAMED)


def _reasons(outcomes: Sequence[SourceOutcome]) -> str:
    """A line each, with the name of what it is about where there are several."""
    lines = []
    for outcome in outcomes:
        name = f"{PurePath(outcome.path).name}: " if len(outcomes) > 1 else ""
        lines += [
            f"{name}{p.message}" if p.where == "file" else f"{name}{p.where}: {p.message}"
            for p in outcome.problems
        ]
    if (more := len(lines) - _NAMED) > 0:
        lines[_NAMED:] = [f"And {more} more."]
    return "\n".join(lines)
