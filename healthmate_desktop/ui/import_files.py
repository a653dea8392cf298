"""The files of one import, each with how far it is; one can be left out, or tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.services.outcomes import BAD
from healthmate_desktop.ui.documents.reading_words import size_words
from healthmate_desktop.ui.theme import Space, active_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from healthmate_desktop.services.outcomes import FileOutcome, ImportProgress
    from healthmate_desktop.ui.theme import Tone

_REST_MS = 150  # a long list is drawn anew at most so often
_ROWS = 3.5  # in sight; half a row says that there are more
_WORDS = {"imported": "Added", "duplicate": "Here already", "left_out": "Left out"}


class FileList(QFrame):
    """`left_out` carries the number of a file from 0, `again` its FileOutcome."""

    left_out = Signal(int)
    again = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._names: tuple[str, ...] = ()
        self._outcomes: dict[int, FileOutcome] = {}
        self._leaving: set[int] = set()
        self._retried: set[int] = set()
        self._under_way, self._page = -1, ""
        self.list = RowList("Files of this import")
        self.list.chosen.connect(lambda _: self._show_actions())
        self.leave = Button("Leave it out", size="small")
        self.retry = Button("Try again", size="small")
        self.leave.clicked.connect(self._on_leave)
        self.retry.clicked.connect(self._on_retry)
        self.setLayout(column(self.list, row(self.leave, self.retry, 0), spacing=Space.S))
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._show_rows)
        self.hide()

    def show_step(self, step: ImportProgress) -> None:
        self._names = step.names
        if step.outcome is not None:
            self._outcomes[step.done - 1] = step.outcome
            self._under_way = -1
        else:
            self._under_way = step.done
            self._page = f"Reading {how_far(step)}".rstrip()
        if self.isVisible() and not self._rest.isActive():
            self._rest.start()

    def open(self) -> None:
        """Show it as it is now."""
        line = active_theme().font("label").pixelSize() * 3
        self.list.setFixedHeight(round(line * _ROWS))
        self.show()
        self._show_rows()

    def _show_rows(self) -> None:
        self.list.show_rows([self._row(number) for number in range(len(self._names))])
        self._show_actions()

    def _row(self, number: int) -> Row:
        outcome, icon = self._outcomes.get(number), "note"
        if outcome is None:
            words, icon = self._unfinished(number), "clock"
        elif outcome.status in BAD:
            words, icon = f"Could not be read. {outcome.problems[0].message}", "alert"
        elif outcome.status == "proposed":
            words = f"Added, {sum(outcome.records.values()):,} values to check"
        else:
            words = _WORDS[outcome.status]
        tone: Tone = "warn" if icon == "alert" else "text_soft"
        return Row(str(number), self._names[number], words, icon, tone)

    def _unfinished(self, number: int) -> str:
        if number in self._leaving:
            return "Is left out"
        return self._page if number == self._under_way else "Waiting"

    def _show_actions(self) -> None:
        number = self._chosen()
        outcome = self._outcomes.get(number)
        waits = number >= 0 and outcome is None and number not in self._leaving
        self.leave.setEnabled(waits)
        self.leave.setToolTip("" if waits else "Choose a file that is not added yet")
        self.retry.setVisible(outcome is not None and outcome.status in BAD)
        self.retry.setEnabled(number not in self._retried)

    def _chosen(self) -> int:
        return int(self.list.current() or -1)

    def _on_leave(self) -> None:
        number = self._chosen()
        self._leaving.add(number)
        self.left_out.emit(number)
        self._show_rows()

    def _on_retry(self) -> None:
        number = self._chosen()
        self._retried.add(number)
        self.again.emit(self._outcomes[number])
        self._show_actions()


def how_far(step: ImportProgress) -> str:
    """Of the file under way: "page 3 of 12", or "1.5 MB of 900.0 MB" of a large one."""
    if step.of_bytes:
        return f"{size_words(step.page)} of {size_words(step.pages)}"
    return f"page {step.page} of {step.pages}" if step.pages > 1 else ""
