"""Beside the page: the values that were taken from the document, and how well it could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from healthmate_desktop.ui.documents.reading_words import reading_lines
from healthmate_desktop.ui.documents.record_words import said_of, values_counted
from healthmate_desktop.ui.documents.value_list import ValueList, ValueRow
from healthmate_desktop.ui.theme import Space, active_theme
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import Segments
from healthmate_desktop.ui.widgets.layout import column, part_of, refill, row
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.documents import Document, Origin
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.services.documents import Reading

_WIDTH, _LARGEST_SCALE = 320, 1.25
_NO_VALUES = (
    "No values were taken from this document. Its words can be asked about and found all the same."
)
_WAITS = "waits for your check and counts nowhere until then."
_WAIT = "wait for your check and count nowhere until then."


class DetailsPanel(QFrame):
    """`value_chosen` carries the key of a record, `reading_wanted` asks for what "What was read" shows."""

    value_chosen = Signal(str)
    reading_wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "panel")
        self.setAccessibleName("Details of this document")
        self.tabs = Segments("Show", [("values", "Values"), ("reading", "What was read")], "values")
        self.close_button = Button("Close", "plain", "close", size="small")
        self.close_button.setAccessibleName("Close the details")
        self.close_button.clicked.connect(self.left)
        self.values = ValueList("Values of this document")
        self.values.chosen.connect(self.value_chosen)
        self._records: Sequence[Record] = ()
        self._page = 1
        self._note = Text("", "small", "text_soft", wrap=True)
        self._lines = column(spacing=Space.M)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._of_values())
        self._pages.addWidget(self._of_reading())
        head = row(self.tabs, 0, self.close_button, margins=(Space.L, Space.S, Space.S, Space.S))
        box = column(head, spacing=0)
        box.addWidget(self._pages, 1)
        self.setLayout(box)
        self.tabs.chosen.connect(self.show_tab)
        self._fit()
        self.hide()

    @property
    def shows_reading(self) -> bool:
        return self.tabs.current() == "reading"

    def show_page(self, number: int) -> None:
        """The values of the page that is shown come first."""
        if number != self._page:
            self._page = number
            self.values.show_rows(_rows(self._records, number))

    def show_values(self, records: Sequence[Record], waiting: int) -> None:
        """What was accepted, and how many nobody has looked at."""
        self._records = records
        self.values.show_rows(_rows(records, self._page))
        self.values.setVisible(bool(records))
        words = [_NO_VALUES] if not records and not waiting else []
        if records:
            words.append("Choose a value to see where it stands, or press one on the page.")
        if waiting:
            words.append(f"{values_counted(waiting)} {_WAITS if waiting == 1 else _WAIT}")
        self._note.say("\n".join(words))

    def show_reading(
        self,
        document: Document,
        origin: Origin,
        reading: Reading | None,
        accepted: int,
        waiting: int,
    ) -> None:
        """None while it is being found out."""
        lines = reading_lines(document, origin, reading, accepted, waiting)
        refill(self._lines, *(_Fact(title, words) for title, words in lines))

    def show_tab(self, key: str) -> None:
        """One of "values" and "reading"."""
        self.tabs.choose(key)
        self._pages.setCurrentIndex(int(key == "reading"))
        if key == "reading":
            self.reading_wanted.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            QTimer.singleShot(0, self, self._fit)  # not while the style sheet walks the tree
        super().changeEvent(event)

    def _fit(self) -> None:
        self.setFixedWidth(round(_WIDTH * min(active_theme().text_scale, _LARGEST_SCALE)))

    def _of_values(self) -> QWidget:
        note = column(self._note, margins=(Space.L, Space.XS, Space.L, Space.S))
        box = column(note, spacing=0, margins=(0, 0, 0, Space.S))
        holder = row(self.values, margins=(Space.XS, 0, Space.XS, 0))
        box.addLayout(holder, 1)
        box.addStretch(0)
        return part_of(box)

    def _of_reading(self) -> QScrollArea:
        inner = QWidget()
        inner.setProperty("kind", "clear")
        box = column(margins=(Space.L, Space.XS, Space.L, Space.L))
        box.addLayout(self._lines)
        box.addStretch(1)
        inner.setLayout(box)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("What was read")
        area.setWidget(inner)
        return area


class _Fact(QFrame):
    """A title in small letters and what it says below."""

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.setAccessibleName(f"{title}: {words}")
        title_shown = Text(title, "caption", "text_faint")
        self.setLayout(column(title_shown, Text(words, "small", wrap=True), spacing=Space.XXS))


def _rows(records: Sequence[Record], page: int) -> list[ValueRow]:
    """Under headings, where they stand on more than one page."""
    if len({record.spot.page for record in records}) < 2:
        return [_row(record) for record in records]
    here = [_row(record) for record in records if record.spot.page == page]
    others = [_row(record) for record in records if record.spot.page != page]
    rows = [ValueRow("", f"On this page ({len(here):,})"), *here] if here else []
    return [*rows, ValueRow("", f"On other pages ({len(others):,})"), *others] if others else rows


def _row(record: Record) -> ValueRow:
    said = said_of(record)
    beside = (
        [said.when, said.status, said.flag]
        if record.type == "Observation"
        else [said.kind, said.when, said.status]
    )
    where = record.spot.where if not record.spot.page else ""
    detail = ", ".join(part for part in (*beside, where) if part)
    return ValueRow(record.id, said.name, said.value, detail)
