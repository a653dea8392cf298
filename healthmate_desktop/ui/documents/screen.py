"""Documents: what is kept for a person, each page of it, and the values that were taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QImage, QKeySequence, QShortcut, Qt
from PySide6.QtWidgets import QFrame, QStackedWidget

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.documents.deeds import Deeds, Subject
from healthmate_desktop.ui.documents.details import Details
from healthmate_desktop.ui.documents.document_reader import DocumentReader
from healthmate_desktop.ui.documents.finder import DocumentsSide
from healthmate_desktop.ui.documents.listing import problems_banner, unreadable_banner
from healthmate_desktop.ui.documents.loading import SHARPEST, Spot, load_sheet
from healthmate_desktop.ui.documents.searching import page_with
from healthmate_desktop.ui.documents.sheet import OPENING
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import EmptyState, words_of
from healthmate_desktop.ui.widgets.layout import row

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.review import Waiting
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.documents.sheet import Sheet
    from healthmate_desktop.ui.gate import OpenVault

_REST_MS = 200  # an import reports each file; the list is read again when it rests
_WIDE = 1240  # from here on there is room for the details beside the page


@dataclass(frozen=True, slots=True)
class _Contents:
    documents: list[Document]
    waiting: list[Waiting]


class DocumentsScreen(QStackedWidget):
    """The list at the left, the page in the middle, its details at the right. Reads nothing before it is shown.

    `review_requested` carries the id of the document whose values are to be checked.
    """

    add_files_requested = Signal()
    review_requested = Signal(str)

    def __init__(
        self, patient: Patient, vault: OpenVault, tasks: TaskRunner, changes: Changes
    ) -> None:
        super().__init__()
        self._patient, self._vault, self._tasks = patient, vault, tasks
        self._service = vault.documents
        self._documents: dict[str, Document] = {}
        self._waiting: dict[str, int] = {}
        self._known = False
        self._wanted: Spot | None = None
        self._open: Spot | None = None
        self._page_task: Task | None = None
        self._search_task: Task | None = None
        self._panel_asked: bool | None = None  # what the person chose; None: as there is room
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
        self.side, self.reader = DocumentsSide(self._find, tasks), DocumentReader()
        self.details = Details(vault.documents, vault.records, self.reader, tasks)
        self.panel = self.details.panel
        self.list, self.search = self.side.list, self.side.search
        self.deeds = Deeds(
            patient, vault.documents, vault.patients, self.reader, tasks, changes, _today
        )
        self._blank = QFrame()
        self._blank.setProperty("kind", "row")
        self.empty = self._build_empty()
        self._body = self._build_body()
        for part in (self._blank, self.empty, self._body):
            self.addWidget(part)
        self._connect(changes)
        self.setFocusProxy(self.list)

    def open_at(self, document_id: str, page: int, start: int, length: int) -> None:
        """Open a page with `length` letters from `start` of its text lit; 0 lights none."""
        self._wanted = Spot(document_id, page, start, length)
        if self._known:
            self._open_wanted()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._known and not self._rest.isActive():
            self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_panel()

    # --- how it is made ---

    def _connect(self, changes: Changes) -> None:
        changes.documents_changed.connect(self._on_changed)
        changes.records_changed.connect(self._on_changed)
        self.side.chosen.connect(self._on_chosen)
        self.side.add_pressed.connect(self.add_files_requested)
        self.side.check_pressed.connect(self._on_check)
        self.reader.page_wanted.connect(self._on_page_wanted)
        self.reader.elsewhere_wanted.connect(self._look_elsewhere)
        self.reader.details_pressed.connect(self._on_details)
        self.reader.menu_pressed.connect(self._on_menu)
        self.reader.more.setVisible(self._vault.session.may(Action.ADD))
        self.reader.paper.sharper_wanted.connect(self._sharpen)
        self.details.place_wanted.connect(self._show)
        self.panel.left.connect(self._on_details)
        self.deeds.over.connect(self._show_notes)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        find = QKeySequence(QKeySequence.StandardKey.Find)
        QShortcut(find, self, self.reader.find_button.click, context=here)

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
        body = QFrame()
        body.setProperty("kind", "row")
        line = row(self.side, spacing=0)
        line.addWidget(self.reader, 1)
        line.addWidget(self.panel)
        body.setLayout(line)
        return body

    # --- the list ---

    def _on_changed(self) -> None:
        self._known = False
        if self.isVisible() and not self._rest.isActive():
            self._rest.start()

    def _read(self) -> None:
        if not self.isVisible():  # it is read when it is next shown
            return
        self._tasks.run(
            self._read_contents, owner=self, lane=Lane.IO, on_success=self._show_contents
        )

    def _read_contents(self) -> _Contents:
        """Off the GUI thread."""
        patient_id = self._patient.id
        return _Contents(
            self._service.of_patient(patient_id), self._vault.review.waiting(patient_id)
        )

    def _find(self, words: str) -> list[str]:
        """Off the GUI thread."""
        return [document.id for document in self._service.find(self._patient.id, words)]

    def _show_contents(self, contents: _Contents) -> None:
        before = self._documents
        self._documents = {document.id: document for document in contents.documents}
        self._waiting = {each.document.id: each.proposals for each in contents.waiting}
        self._known = True
        may_check = self._vault.session.may(Action.ADD)
        self.side.show_documents(contents.documents, contents.waiting if may_check else [])
        self.setCurrentWidget(self._body if contents.documents else self.empty)
        if not contents.documents:
            self._open = None
        elif self._wanted is not None:
            self._open_wanted()
        elif self._open is None or self._open.document_id not in self._documents:
            self._show(Spot(contents.documents[0].id))
        elif before.get(self._open.document_id) != self._documents[self._open.document_id]:
            spot, self._open = self._open, None  # it has been read meanwhile, or has another name
            self._show(spot)
        else:
            self._read_details()

    def _open_wanted(self) -> None:
        spot, self._wanted = self._wanted, None
        if spot is None:
            return
        if spot.document_id not in self._documents:
            self.reader.show_message("This document is not kept here any more.")
            return
        self.side.show_all()
        self._show(spot)

    def _on_chosen(self, key: str) -> None:
        if self._open is None or self._open.document_id != key:
            self._show(Spot(key))
        if words := self.side.words_in_text(key):
            self.reader.look_for(words)
            self.list.setFocus()

    def _on_check(self) -> None:
        """The one that is open, where it waits, else the newest."""
        opened = self._open.document_id if self._open else ""
        if wanted := opened if opened in self._waiting else next(iter(self._waiting), ""):
            self.review_requested.emit(wanted)

    # --- the page ---

    def _on_page_wanted(self, number: int) -> None:
        if self._open is not None:
            self._show(Spot(self._open.document_id, number))

    def _show(self, spot: Spot) -> None:
        document = self._documents[spot.document_id]
        again = self._open is not None and self._open.document_id == spot.document_id
        self._open = spot
        self.side.choose(spot.document_id)
        for task in (self._page_task, self._search_task):
            if task is not None:
                task.cancel()
        if not again:
            self.reader.show_message(_instead_of(document), document.name)
            self._show_notes()
            self._read_details()
        if document.state == "ready" and document.page_count:
            self._page_task = self._tasks.run(
                partial(load_sheet, self._service, document, spot),
                owner=self,
                lane=Lane.IO,
                on_success=partial(self._show_sheet, document, spot),
                on_error=self._show_error,
            )

    def _show_notes(self) -> None:
        """What has to be known about the open document, above its page."""
        document = self._opened()
        if document is None:
            self.reader.say()
        elif document.state == "unreadable":
            self.reader.say(unreadable_banner(document))
        else:
            self.reader.say(problems_banner(document) if document.problems else None)

    def _opened(self) -> Document | None:
        return self._documents.get(self._open.document_id) if self._open else None

    def _read_details(self) -> None:
        if (document := self._opened()) is not None:
            self.details.open(document, self._waiting.get(document.id, 0))

    def _show_sheet(self, document: Document, spot: Spot, sheet: Sheet) -> None:
        self.reader.show_sheet(sheet, document.name, spot.page, document.page_count)
        self.details.show_boxes()

    def _show_error(self, error: Exception) -> None:
        self.reader.view.show_message(words_of(error))

    def _sharpen(self, width: int) -> None:
        spot = self._open
        if spot is None or not self.reader.view.has_picture:
            return
        document_id, page = DocumentId(spot.document_id), spot.page

        def show(image: QImage) -> None:
            if self._open is not None and (self._open.document_id, self._open.page) == (
                document_id,
                page,
            ):
                self.reader.paper.sharpen(image)

        self._tasks.run(
            lambda: QImage.fromData(self._service.picture(document_id, page, min(width, SHARPEST))),
            owner=self,
            lane=Lane.IO,
            on_success=show,
            on_error=lambda _: None,  # the picture that is there stays
        )

    def _look_elsewhere(self, words: str, page: int, step: int) -> None:
        if self._open is None:
            return
        document = self._documents[self._open.document_id]
        if self._search_task is not None:
            self._search_task.cancel()
        self._search_task = self._tasks.run(
            lambda: page_with(self._service, document, words, page, step),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_elsewhere,
        )

    def _show_elsewhere(self, page: int) -> None:
        if page:
            self._on_page_wanted(page)
        else:
            self.reader.say_nowhere()

    # --- what is pressed ---

    def _on_details(self) -> None:
        self._panel_asked = not self.panel.isVisible()
        self._show_panel()
        if self.panel.isVisible():
            self.panel.values.setFocus()
        else:
            self.reader.details.setFocus()

    def _show_panel(self) -> None:
        wanted = self.width() >= _WIDE if self._panel_asked is None else self._panel_asked
        if wanted != self.panel.isVisibleTo(self._body):
            self.panel.setVisible(wanted)
            self.details.show_boxes()

    def _on_menu(self, at: QPoint) -> None:
        if (document := self._opened()) is not None:
            self.deeds.show_menu(self._subject(document), at)

    def _subject(self, document: Document) -> Subject:
        together = [d for d in self._documents.values() if d.import_id == document.import_id]
        return Subject(document, together, self.details.accepted)


def _instead_of(document: Document) -> str:
    """What stands where the page will be, or would be."""
    if document.state == "unreadable":
        return ""
    if document.state == "importing":
        return "This file is being read. It opens here when that is done."
    if not document.page_count:
        return "This kind of file has no pages to look at. What it says is under Details."
    return OPENING


def _today() -> date:
    return datetime.now().astimezone().date()
