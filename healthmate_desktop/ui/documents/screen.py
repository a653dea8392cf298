"""Documents: what is kept for a person, each page of it, and the values that were taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QStackedWidget

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.columns.banner import columns_banner
from healthmate_desktop.ui.documents.deeds import Deeds, Subject
from healthmate_desktop.ui.documents.details import Details
from healthmate_desktop.ui.documents.document_reader import DocumentReader
from healthmate_desktop.ui.documents.finder import DocumentsSide
from healthmate_desktop.ui.documents.listing import (
    Entry,
    entries_of,
    problems_banner,
    unreadable_banner,
)
from healthmate_desktop.ui.documents.loading import Spot
from healthmate_desktop.ui.documents.pages import Pages
from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import EmptyState
from healthmate_desktop.ui.widgets.layout import part_of, row

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.review import Waiting
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.gate import OpenVault

_REST_MS = 200  # an import reports each file; the list is read again when it rests
_WIDE = 1240  # from here on there is room for the details beside the page
_PAGE = 460  # with less left for the page, the details take the place of the list


@dataclass(frozen=True, slots=True)
class _Contents:
    entries: list[Entry]
    waiting: list[Waiting]


class DocumentsScreen(QStackedWidget):
    """The list at the left, the page in the middle, its details at the right. Reads nothing before it is shown.

    `review_requested` carries the id of the document whose values are to be checked, `retry_requested` id and name
    of one that is to be read once more.
    """

    add_files_requested = Signal()
    review_requested = Signal(str)
    export_requested = Signal()
    retry_requested = Signal(str, str)
    columns_requested = Signal(str)  # id of a table whose columns are to be told

    def __init__(
        self, patient: Patient, vault: OpenVault, tasks: TaskRunner, changes: Changes
    ) -> None:
        super().__init__()
        self._patient, self._vault, self._tasks = patient, vault, tasks
        self._entries: dict[str, Entry] = {}  # the newest first
        self._known = False
        self._wanted: Spot | None = None
        self._panel_asked: bool | None = None  # what the person chose; None: as there is room
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
        self.side, self.reader = DocumentsSide(self._find, tasks), DocumentReader()
        self.pages = Pages(vault.documents, self.reader, tasks)
        self.details = Details(vault.documents, vault.records, self.reader, tasks)
        self.panel = self.details.panel
        self.list, self.search = self.side.list, self.side.search
        self.deeds = Deeds(patient, vault.documents, vault.patients, self.reader, tasks, changes)
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
        self.side.export.clicked.connect(self.export_requested)
        self.side.export.setVisible(self._vault.session.may(Action.EXPORT))
        self.side.check_pressed.connect(self._on_check)
        self.reader.details_pressed.connect(self._on_details)
        self.reader.menu_pressed.connect(self._on_menu)
        self.reader.more.setVisible(self._vault.session.may(Action.ADD))
        self.pages.shown.connect(self.details.show_boxes)
        self.details.place_wanted.connect(self._show)
        self.panel.left.connect(self._on_details)
        self.deeds.over.connect(self._show_notes)
        self.deeds.columns_wanted.connect(self.columns_requested)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        find = QKeySequence(QKeySequence.StandardKey.Find)
        QShortcut(find, self, self.reader.find_button.click, context=here)
        QShortcut(QKeySequence("Ctrl+E"), self, self.side.export.click, context=here)

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
        line = row(self.side, spacing=0)
        line.addWidget(self.reader, 1)
        line.addWidget(self.panel)
        return part_of(line)

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
        vault, patient_id = self._vault, self._patient.id
        documents = vault.documents.listed(patient_id)
        may_check = vault.session.may(Action.ADD)
        waiting = vault.review.waiting(patient_id) if may_check else []
        return _Contents(entries_of(documents, waiting), waiting)

    def _find(self, words: str) -> list[str]:
        """Off the GUI thread."""
        return [found.id for found in self._vault.documents.find(self._patient.id, words)]

    def _show_contents(self, contents: _Contents) -> None:
        self._entries = {each.document.id: each for each in contents.entries}
        self._known = True
        self.side.show_documents(contents.entries, contents.waiting)
        self.setCurrentWidget(self._body if contents.entries else self.empty)
        spot = self.pages.spot
        if not contents.entries:
            self.pages.close()
        elif self._wanted is not None:
            self._open_wanted()
        elif spot is None or spot.document_id not in self._entries:
            self._show(Spot(self.side.first() or contents.entries[0].document.id))
        elif self._entries[spot.document_id].document != self.pages.document:
            self._show(spot)  # it has been read meanwhile, or has another name
        else:
            self._read_details()

    def _open_wanted(self) -> None:
        spot, self._wanted = self._wanted, None
        if spot is None:
            return
        if spot.document_id not in self._entries:
            self.reader.show_message("This document is not kept here any more.")
            return
        self.side.show_all()
        self._show(spot)

    def _on_chosen(self, key: str) -> None:
        if self.pages.spot is None or self.pages.spot.document_id != key:
            self._show(Spot(key))
        if words := self.side.words_in_text(key):
            self.reader.look_for(words)

    def _on_check(self) -> None:
        """The one that is open, where it waits, else the newest."""
        opened = self.pages.spot.document_id if self.pages.spot else ""
        waiting = [key for key, entry in self._entries.items() if entry.waiting]
        if wanted := opened if opened in waiting else next(iter(waiting), ""):
            self.review_requested.emit(wanted)

    # --- what is open ---

    def _show(self, spot: Spot) -> None:
        self.side.choose(spot.document_id)
        if self.pages.open(self._entries[spot.document_id].document, spot):
            self._show_notes()
            self._show_panel()
            self._read_details()

    def _show_notes(self) -> None:
        """What has to be known about the open document, above its page."""
        document = self.pages.document
        if document is None:
            self.reader.say()
        elif document.state == "unreadable":
            self.reader.say(unreadable_banner(document, *self._try_again(document)))
        else:
            may_say = self._vault.session.may(Action.ADD)
            note = columns_banner(document, self.columns_requested.emit, may_say=may_say)
            if note is None and document.problems:
                note = problems_banner(document)
            self.reader.say(note)

    def _try_again(self, document: Document) -> list[Button]:
        if not self._vault.session.may(Action.ADD):
            return []
        again = Button("Try again", size="small")
        again.setAccessibleName(f"Try to read {document.name} again")
        again.clicked.connect(lambda: again.setEnabled(False))
        again.clicked.connect(lambda: self.retry_requested.emit(document.id, document.name))
        return [again]

    def _read_details(self) -> None:
        if (document := self.pages.document) is not None:
            entry = self._entries[document.id]
            self.details.open(document, entry.listed.origin, entry.waiting)

    def _on_details(self) -> None:
        self._panel_asked = not self.panel.isVisible()
        self._show_panel()
        if self.panel.isVisible():
            self.panel.values.setFocus()
        else:
            self.reader.details.setFocus()

    def _show_panel(self) -> None:
        document = self.pages.document
        no_page = document is not None and document.state == "ready" and not document.page_count
        wanted = self._panel_asked
        if wanted is None:
            wanted = self.width() >= _WIDE or no_page
        self.reader.details.setVisible(not wanted)
        both = self.width() - self.side.width() - self.panel.width() >= _PAGE
        self.side.setVisible(not wanted or both)
        if wanted != self.panel.isVisibleTo(self._body):
            self.panel.setVisible(wanted)
            self.details.show_boxes()

    def _on_menu(self, at: QPoint) -> None:
        if (document := self.pages.document) is not None:
            self.deeds.show_menu(Subject(document, self.details.accepted), at)
