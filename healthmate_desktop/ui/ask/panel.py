"""The place a sentence came from, beside the conversation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from healthmate_desktop.ui.ask.origin import Origin, origin_in_documents, origin_in_library
from healthmate_desktop.ui.documents.sheet import OPENING, SheetView
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.markdown import without_marks
from healthmate_desktop.ui.widgets.text import Elided, Tag, Text

if TYPE_CHECKING:
    from healthmate_desktop.domain.answers import Citation
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.ui.ask.turn import TurnView

NARROW, WIDE = 416, 620
_SHELVES = {"person": "Your documents", "library": "Library"}


class SourcePanel(QFrame):
    """Opened on one sentence of a turn. The two open signals carry id, page, and start and length of the words."""

    open_document = Signal(str, int, int, int)
    open_article = Signal(str, int, int, int)

    def __init__(
        self,
        patient_id: PatientId,
        documents: DocumentService,
        library: LibraryService,
        tasks: TaskRunner,
    ) -> None:
        super().__init__()
        self._patient_id, self._documents = patient_id, documents
        self._library, self._tasks = library, tasks
        self._opened: tuple[TurnView, int] | None = None
        self._reading: Task | None = None
        self._zoomed = False
        self.setProperty("kind", "panel")
        self.setAccessibleName("Source")
        self.view = SheetView(WIDE)
        self._number = Text("", "caption", "accent_text")
        self._shelf = Text("", "caption", "text_faint")
        self.title = Elided("", "heading")
        self.detail = Elided("", "small", "text_soft", middle=True)
        self._address = Elided("", "caption", "text_faint")
        self._note = Tag("")
        self.close_button = Button("Close", "plain", "close", size="small")
        self.close_button.setAccessibleName("Close the source")
        self.close_button.setToolTip("Esc")
        self.close_button.clicked.connect(self.leave)
        self.next = Button("Next source", "plain", "right", size="small")
        self.next.clicked.connect(self._on_next)
        self.full = Button("Open in full", "quiet", "open", size="small")
        self.full.clicked.connect(self._on_full)
        box = column(self._head(), spacing=0)
        box.addWidget(self.view, 1)
        box.addWidget(self._foot())
        self.setLayout(box)
        self.setFocusProxy(self.view)
        self.hide()

    def open(self, turn: TurnView, index: int) -> None:
        """Light a sentence and the place it stands on."""
        if self._opened is not None and self._opened[0] is not turn:
            self._opened[0].block.choose(None)
        self._opened = (turn, index)
        turn.block.choose(index)
        citation = turn.citations[index]
        self._show_citation(citation, turn.number_of(citation))
        self.next.setVisible(len(turn.citations) > 1)
        self.show()
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._tasks.run(
            partial(self._read, citation),
            owner=self,
            lane=Lane.IO,
            on_success=partial(self._show_origin, turn),
            on_error=partial(self._show_problem, citation),
        )

    def leave(self) -> None:
        """Close, and go back to the sentence."""
        if self._opened is not None:
            turn, index = self._opened
            self.dismiss()
            turn.block.focus_sentence(index)

    def dismiss(self) -> None:
        """Close and forget the sentence, which may be about to go."""
        if self._reading is not None:
            self._reading.cancel()
        if self._opened is not None:
            self._opened[0].block.choose(None)
        self._opened = None
        self.hide()

    def _read(self, citation: Citation) -> Origin:
        """Off the GUI thread."""
        if citation.shelf == "person":
            return origin_in_documents(self._documents, self._patient_id, citation)
        return origin_in_library(self._library, citation)

    def _show_citation(self, citation: Citation, number: int) -> None:
        """What is known before the page is read."""
        self._number.say(f"Source {number}")
        self._shelf.say(_SHELVES[citation.shelf])
        self.title.say(citation.title)
        self.detail.say("")
        address = citation.url.removeprefix("https://").removeprefix("www.").rstrip("/")
        self._address.say(f"Check it at {address}")
        self._address.setVisible(bool(address))
        self._note.hide()
        self._show_zoom(shown=False)
        self.full.setEnabled(True)
        self.view.show_message(OPENING)

    def _show_origin(self, turn: TurnView, origin: Origin) -> None:
        self.detail.say(origin.detail)
        self._note.setText(origin.note)
        self._note.setVisible(bool(origin.note))
        self.view.show_sheet(origin.sheet)
        self._show_zoom(shown=self.view.has_picture)
        focus = self.window().focusWidget()
        if focus is None or turn.isAncestorOf(focus) or self.isAncestorOf(focus):
            self.view.setFocus()  # not where the person is writing meanwhile

    def _show_problem(self, citation: Citation, error: Exception) -> None:
        """The page can't be shown: why, and the words that were quoted from it."""
        self.full.setEnabled(False)
        quote = without_marks(citation.quote)
        self.view.show_message(f"{words_of(error)}\n\nThe answer quoted:\n\u201c{quote}\u201d")

    def _show_zoom(self, *, shown: bool) -> None:
        for button in (self.view.page.smaller, self.view.page.larger):
            button.setVisible(shown)
        if shown and not self._zoomed and self.width() < WIDE:  # print would be too small to read
            self._zoomed = True
            self.view.page.zoom_in()
            self.view.page.zoom_in()
            self.view.page.show_lit()

    def _on_next(self) -> None:
        if self._opened is not None:
            turn, index = self._opened
            self.open(turn, (index + 1) % len(turn.citations))

    def _on_full(self) -> None:
        if self._opened is not None:
            turn, index = self._opened
            citation = turn.citations[index]
            signal = self.open_document if citation.shelf == "person" else self.open_article
            signal.emit(citation.document_id, citation.page, citation.start, len(citation.quote))

    def _head(self) -> QFrame:
        head = QFrame()
        head.setProperty("kind", "toolbar")
        line = row(self._number, self._shelf, 0, self.close_button)
        head.setLayout(
            column(
                line,
                self.title,
                self.detail,
                self._address,
                row(self._note, 0, self.view.page.smaller, self.view.page.larger),
                spacing=Space.XXS,
                margins=(Space.L, Space.S, Space.S, Space.M),
            )
        )
        return head

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("kind", "footer")
        foot.setLayout(row(self.full, 0, self.next, margins=(Space.M, Space.S, Space.M, Space.S)))
        return foot
