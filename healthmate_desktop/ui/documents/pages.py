"""The pages of the document that is open, each brought into the reader when it is asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from healthmate_desktop.ui.documents.loading import Spot, load_sheet
from healthmate_desktop.ui.documents.paper import rects_of
from healthmate_desktop.ui.documents.searching import page_with
from healthmate_desktop.ui.documents.sharpening import sharpen
from healthmate_desktop.ui.documents.sheet import OPENING
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.widgets.feedback import words_of

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.ui.documents.document_reader import DocumentReader
    from healthmate_desktop.ui.documents.sheet import Sheet


class Pages(QObject):
    """`shown` when a page has come."""

    shown = Signal()

    def __init__(self, service: DocumentService, reader: DocumentReader, tasks: TaskRunner) -> None:
        super().__init__(reader)
        self._service, self._reader, self._tasks = service, reader, tasks
        self._task: Task | None = None
        self._search: Task | None = None
        self.document: Document | None = None
        self.spot: Spot | None = None
        reader.page_wanted.connect(self._on_page_wanted)
        reader.elsewhere_wanted.connect(self._look_elsewhere)
        reader.paper.sharper_wanted.connect(self._sharpen)

    def open(self, document: Document, spot: Spot) -> bool:
        """Show a place; whether it is in another document, or in one that has changed."""
        before, other = self.spot, document != self.document
        self.document, self.spot = document, spot
        if not other and before is not None and self._is_shown(before, spot):
            self._reader.paper.light(rects_of(spot.boxes))
            return False
        self._stop()
        if other:
            self._reader.show_message(_instead_of(document), document.name)
        if document.state == "ready" and document.page_count:
            self._task = self._tasks.run(
                partial(load_sheet, self._service, document, spot),
                owner=self,
                lane=Lane.IO,
                on_success=partial(self._show_sheet, document, spot),
                on_error=lambda error: self._reader.view.show_message(words_of(error)),
            )
        return other

    def close(self) -> None:
        """None is open any more."""
        self._stop()
        self.document = self.spot = None

    def _stop(self) -> None:
        for task in (self._task, self._search):
            if task is not None:
                task.cancel()
        self._task = None

    def _is_shown(self, before: Spot, spot: Spot) -> bool:
        """Whether its page is there already, and only the light has to move."""
        here = self._reader.view.has_picture and self._task is None
        return here and before.page == spot.page and bool(spot.boxes)

    def _show_sheet(self, document: Document, spot: Spot, sheet: Sheet) -> None:
        self._task = None
        self._reader.show_sheet(sheet, document.name, spot.page, document.page_count)
        self.shown.emit()

    def _on_page_wanted(self, number: int) -> None:
        if self.document is not None:
            self.open(self.document, Spot(self.document.id, number))

    def _look_elsewhere(self, words: str, page: int, step: int) -> None:
        if (document := self.document) is None:
            return
        if self._search is not None:
            self._search.cancel()
        self._search = self._tasks.run(
            lambda: page_with(self._service, document, words, page, step),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_elsewhere,
        )

    def _show_elsewhere(self, page: int) -> None:
        if page:
            self._on_page_wanted(page)
        else:
            self._reader.say_nowhere()

    def _sharpen(self, width: int) -> None:
        document, spot = self.document, self.spot
        if document is None or spot is None or not self._reader.view.has_picture:
            return

        def draw(pixels: int) -> bytes:
            return self._service.picture(document.id, spot.page, pixels)

        def is_open() -> bool:
            now = self.spot
            return now is not None and (now.document_id, now.page) == (spot.document_id, spot.page)

        sharpen(self._reader.paper, width, draw, is_open, self._tasks)


def _instead_of(document: Document) -> str:
    """What stands where the page will be, or would be."""
    if document.state == "unreadable":
        return ""
    if document.state == "importing":
        return "This file is being read. It opens here when that is done."
    if not document.page_count:
        return "This kind of file has no pages to look at. What was taken from it is under Details."
    return OPENING
