"""Documents: what is kept for a person, and each page of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget

from healthmate_desktop.domain.documents import DocumentKind, boxes_of
from healthmate_desktop.ui.documents.listing import problems_banner, row_of, unreadable_banner
from healthmate_desktop.ui.documents.reader import Reader
from healthmate_desktop.ui.documents.sheet import OPENING, PICTURE_WIDTH, Sheet, with_picture
from healthmate_desktop.ui.documents.side import ListSide
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import EmptyState, words_of
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.row_list import RowList
from healthmate_desktop.ui.widgets.section import SearchField
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.ids import DocumentId
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.ui.changes import Changes

_REST_MS = 200  # an import reports each file; the list is read again when it rests
_FORMATTED = {DocumentKind.MARKDOWN, DocumentKind.HTML}


@dataclass(frozen=True, slots=True)
class _Spot:
    """The place to open; of `length` 0 nothing is lit."""

    document_id: str
    page: int = 1
    start: int = 0
    length: int = 0

    @property
    def lit(self) -> tuple[int, int] | None:
        return (self.start, self.start + self.length) if self.length else None


class DocumentsScreen(QStackedWidget):
    """The list at the left, the page at the right. Reads nothing before it is first shown."""

    add_files_requested = Signal()

    def __init__(
        self, patient: Patient, documents: DocumentService, tasks: TaskRunner, changes: Changes
    ) -> None:
        super().__init__()
        self._patient, self._service, self._tasks = patient, documents, tasks
        self._documents: dict[str, Document] = {}
        self._known = False
        self._wanted: _Spot | None = None
        self._open: _Spot | None = None
        self._page_task: Task | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
        changes.documents_changed.connect(self._on_changed)
        self.list, self.reader = RowList("Documents"), Reader()
        self.search = SearchField("Find by name", "Find documents by name")
        self._count = Text("", "caption", "text_faint", wrap=True)
        self._blank = QFrame()
        self._blank.setProperty("kind", "row")
        self.empty = self._build_empty()
        self._body = self._build_body()
        for part in (self._blank, self.empty, self._body):
            self.addWidget(part)
        self.list.chosen.connect(lambda key: self._show(_Spot(key)))
        self.search.edit.textChanged.connect(self._show_rows)
        self.reader.page_wanted.connect(self._on_page_wanted)
        self.setFocusProxy(self.list)

    def open_at(self, document_id: str, page: int, start: int, length: int) -> None:
        """Open a page with `length` letters from `start` of its text lit; 0 lights none."""
        self._wanted = _Spot(document_id, page, start, length)
        if self._known:
            self._open_wanted()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._known and not self._rest.isActive():
            self._read()

    def _build_empty(self) -> EmptyState:
        add = Button("Add files", "primary", "add-file")
        add.clicked.connect(self.add_files_requested)
        return EmptyState(
            "add-file",
            f"Nothing is kept for {self._patient.name} yet",
            "Drop letters, lab reports or photos of pages anywhere in this window, or choose them. "
            "They are encrypted on this computer, read here, and sent nowhere.",
            [add],
        )

    def _build_body(self) -> QFrame:
        add = Button("Add", "secondary", "add-file", size="small")
        add.setAccessibleName("Add files")
        add.clicked.connect(self.add_files_requested)
        head = row(Text("Documents", "title"), 0, add, margins=(Space.S, 0, Space.S, 0))
        foot = column(self._count, margins=(Space.S, 0, Space.S, 0))
        body = QFrame()
        body.setProperty("kind", "row")
        line = row(ListSide(head, self.search, self.list, foot), spacing=0)
        line.addWidget(self.reader, 1)
        body.setLayout(line)
        return body

    def _on_changed(self) -> None:
        self._known = False
        if self.isVisible() and not self._rest.isActive():
            self._rest.start()

    def _read(self) -> None:
        if not self.isVisible():  # it is read when it is next shown
            return
        patient_id = self._patient.id
        self._tasks.run(
            lambda: self._service.of_patient(patient_id),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_documents,
        )

    def _show_documents(self, documents: list[Document]) -> None:
        before = self._documents
        self._documents = {document.id: document for document in documents}
        self._known = True
        count = "1 document" if len(documents) == 1 else f"{len(documents)} documents"
        self._count.say(f"{count}, {'' if len(documents) == 1 else 'all '}encrypted")
        self.setCurrentWidget(self._body if documents else self.empty)
        self._show_rows()
        if not documents:
            self._open = None
        elif self._wanted is not None:
            self._open_wanted()
        elif self._open is None or self._open.document_id not in self._documents:
            self._show(_Spot(documents[0].id))
        elif before.get(self._open.document_id) != self._documents[self._open.document_id]:
            spot, self._open = self._open, None  # it has been read meanwhile
            self._show(spot)

    def _show_rows(self) -> None:
        words = self.search.edit.text().casefold().split()
        found = [
            document
            for document in self._documents.values()
            if all(word in document.name.casefold() for word in words)
        ]
        self.list.show_rows([row_of(document) for document in found])
        if self._open is not None:
            self.list.choose(self._open.document_id)

    def _open_wanted(self) -> None:
        spot, self._wanted = self._wanted, None
        if spot is None:
            return
        if spot.document_id not in self._documents:
            self.reader.show_message("This document is not kept here any more.")
            return
        self.search.edit.clear()
        self._show(spot)

    def _on_page_wanted(self, number: int) -> None:
        if self._open is not None:
            self._show(_Spot(self._open.document_id, number))

    def _show(self, spot: _Spot) -> None:
        document = self._documents[spot.document_id]
        again = self._open is not None and self._open.document_id == spot.document_id
        self._open = spot
        self.list.choose(spot.document_id)
        if self._page_task is not None:
            self._page_task.cancel()
        if document.state == "unreadable":
            self.reader.show_message("", document.name)
            self.reader.say(unreadable_banner(document))
            return
        if document.state == "importing":
            self.reader.show_message(
                "This file is being read. It opens here when that is done.", document.name
            )
            return
        if not again:
            self.reader.show_message(OPENING, document.name)
            self.reader.say(problems_banner(document) if document.problems else None)
        self._page_task = self._tasks.run(
            partial(_load, self._service, document, spot),
            owner=self,
            lane=Lane.IO,
            on_success=partial(self._show_sheet, document, spot),
            on_error=self._show_error,
        )

    def _show_sheet(self, document: Document, spot: _Spot, sheet: Sheet) -> None:
        self.reader.show_sheet(sheet, document.name, spot.page, document.page_count)

    def _show_error(self, error: Exception) -> None:
        self.reader.view.show_message(words_of(error))


def _load(service: DocumentService, document: Document, spot: _Spot) -> Sheet:
    """Off the GUI thread."""
    document_id: DocumentId = document.id
    page = service.page(document_id, spot.page)
    sheet = Sheet(
        name=f"Page {spot.page} of {document.name}",
        text=page.text,
        lit=spot.lit,
        boxes=boxes_of(page, *spot.lit) if spot.lit else (),
        size=(page.width, page.height),
        markdown=document.kind in _FORMATTED,
    )
    return with_picture(sheet, lambda: service.picture(document_id, spot.page, PICTURE_WIDTH))
