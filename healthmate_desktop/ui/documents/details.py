"""The values of the document that is open, on its page and beside it, and how well it could be read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from healthmate_desktop.domain.documents import Origin
from healthmate_desktop.ui.documents.loading import Spot
from healthmate_desktop.ui.documents.panel import DetailsPanel
from healthmate_desktop.ui.documents.paper import ValueBox
from healthmate_desktop.ui.documents.record_words import said_of
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.services.documents import DocumentService, Reading
    from healthmate_desktop.services.records import RecordService
    from healthmate_desktop.ui.documents.document_reader import DocumentReader


class Details(QObject):
    """Fills the panel, and ties its values to their places on the page. `place_wanted` carries a Spot."""

    place_wanted = Signal(object)

    def __init__(
        self,
        documents: DocumentService,
        records: RecordService,
        reader: DocumentReader,
        tasks: TaskRunner,
    ) -> None:
        super().__init__(reader)
        self._documents, self._service = documents, records
        self._reader, self._tasks = reader, tasks
        self._document: Document | None = None
        self._origin, self._waiting = Origin(), 0
        self._records: dict[str, Record] = {}
        self._value_task: Task | None = None
        self._reading_task: Task | None = None
        self.panel = DetailsPanel()
        self.panel.value_chosen.connect(self._on_value_chosen)
        self.panel.reading_wanted.connect(self._read_reading)
        reader.paper.value_pressed.connect(self._on_value_pressed)

    @property
    def accepted(self) -> int:
        """How many values of the document stand in the records."""
        return len(self._records)

    def open(self, document: Document, origin: Origin, waiting: int) -> None:
        """Of another document, or of the same anew."""
        if self._document is None or self._document.id != document.id:
            self._records = {}
            self.panel.show_values([], waiting)
            self.panel.show_page(1)
        self._document, self._origin, self._waiting = document, origin, waiting
        for task in (self._value_task, self._reading_task):
            if task is not None:
                task.cancel()
        self._value_task = self._tasks.run(
            lambda: self._service.of_document(document.id),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_values,
            on_error=lambda _: None,  # the page says what is wrong
        )

    def show_boxes(self) -> None:
        """Edge the values on the page that is shown, as long as the panel stands beside it."""
        shown = self._reader.number
        self.panel.show_page(shown)
        if not self._reader.view.has_picture:
            return
        boxes = [
            ValueBox(record.id, said_of(record).whole, record.spot.boxes)
            for record in self._records.values()
            if record.spot.page == shown and record.spot.boxes
        ]
        self._reader.paper.show_values(boxes if self.panel.isVisible() else [])

    def _show_values(self, records: list[Record]) -> None:
        self._records = {record.id: record for record in records}
        self.panel.show_values(records, self._waiting)
        self.show_boxes()
        if self.panel.shows_reading:
            self._read_reading()

    def _read_reading(self) -> None:
        if (document := self._document) is None:
            return
        self._show_reading(document, None)
        if self._reading_task is not None:
            self._reading_task.cancel()
        self._reading_task = self._tasks.run(
            lambda: self._documents.reading(document.id),
            owner=self,
            lane=Lane.IO,
            on_success=partial(self._show_reading, document),
        )

    def _show_reading(self, document: Document, reading: Reading | None) -> None:
        self.panel.show_reading(document, self._origin, reading, len(self._records), self._waiting)

    def _on_value_chosen(self, key: str) -> None:
        """From a value to its place."""
        record = self._records.get(key)
        if record is None or self._document is None:
            return
        spot = record.spot
        quote = "" if spot.boxes else record.text
        self.place_wanted.emit(
            Spot(self._document.id, spot.page or 1, boxes=spot.boxes, quote=quote)
        )

    def _on_value_pressed(self, key: str) -> None:
        """From a place to its value."""
        self.panel.show_tab("values")
        self.panel.values.choose(key)
        self.panel.values.setFocus()
        self._on_value_chosen(key)
