"""What a table does not tell beside its columns, each as a plain choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from healthmate_desktop.domain.measures.dates import parse_date
from healthmate_desktop.ui.columns.words import MARKS, ORDERS, zones_with
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.choice import Choice
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.feedback import FieldError
from healthmate_desktop.ui.widgets.layout import column, part_of, refill, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from healthmate_desktop.services.columns import Look

_DATE_WIDTH = 200
_BAD_DATE = "Write the date as 2026-06-03 or 3 June 2026."


class Asking(QFrame):
    """`said` carries what is answered ("order", "mark", "date" or "zone") and the answer."""

    said = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.parts: dict[str, QWidget] = {}
        self._key: tuple[object, ...] = ()
        self.date_error = FieldError()
        self._box = column(spacing=Space.S)
        self.setLayout(self._box)

    def show_asks(self, look: Look) -> None:
        """The questions of a table; those that are shown already stay as they are."""
        key = (look.number, *look.asks)
        if key == self._key:
            return
        self._key = key
        self.parts = {}
        refill(self._box, *(self._asked(ask, look) for ask in look.asks))
        self.setVisible(bool(look.asks))

    def _asked(self, ask: str, look: Look) -> QWidget:
        mapping = look.mapping
        if ask == "order":
            return self._segments(
                ask, "In the dates, what comes first?", "First in the dates", ORDERS, mapping.order
            )
        if ask == "mark":
            question = "In the numbers, what stands before decimals?"
            return self._segments(ask, question, "Before decimals", MARKS, mapping.mark)
        if ask == "zone":
            choice = Choice("Times of day are those of", zones_with(mapping.zone), mapping.zone)
            choice.chosen.connect(lambda key: self.said.emit("zone", key))
            self.parts[ask] = choice
            return _line("The times say no time zone.", choice)
        return self._date(mapping.date)

    def _segments(
        self, ask: str, question: str, name: str, options: tuple[tuple[str, str], ...], now: str
    ) -> QWidget:
        segments = Segments(name, options, now)
        segments.chosen.connect(lambda key: self.said.emit(ask, key))
        self.parts[ask] = segments
        return _line(question, segments)

    def _date(self, now: str) -> QWidget:
        edit = QLineEdit(now)
        edit.setFixedWidth(_DATE_WIDTH)
        edit.setAccessibleName("Date of all results, where it is known")
        edit.setPlaceholderText("2026-06-03")
        edit.setAcceptDrops(False)
        edit.editingFinished.connect(lambda: self._on_date(edit.text()))
        self.parts["date"] = edit
        self.date_error = FieldError()
        line = _line("No column holds a date. When was all of it measured, if you know?", edit)
        return part_of(column(line, self.date_error, spacing=Space.XXS))

    def _on_date(self, text: str) -> None:
        text = text.strip()
        found = parse_date(text) if text else None
        wrong = bool(text) and (found is None or bool(found.other))
        self.date_error.say(_BAD_DATE if wrong else "")
        if not wrong:
            self.said.emit("date", found.date if found is not None else "")


def _line(question: str, part: QWidget) -> QFrame:
    return part_of(row(Text(question, "label"), part, 0, spacing=Space.M))
