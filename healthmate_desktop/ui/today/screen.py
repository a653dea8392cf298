"""Home: ask, see what waits, and go on with what was recent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from healthmate_desktop.ui.tasks import Lane, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import EmptyState
from healthmate_desktop.ui.widgets.layout import Card, Header, Rule, page
from healthmate_desktop.ui.widgets.section import Line, SearchField, SectionHeader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.answers import Thread
    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.assistant import AssistantService
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.ui.changes import Changes

RECENT = 4


@dataclass(frozen=True, slots=True)
class _Contents:
    documents: list[Document]
    threads: list[Thread]
    sources: list[Source]


class TodayScreen(QWidget):
    """What a person sees first."""

    ask_requested = Signal(str)
    open_document = Signal(str)
    add_files_requested = Signal()
    open_place = Signal(str)

    def __init__(  # noqa: PLR0913, PLR0917 - exactly what it uses
        self,
        patient: Patient,
        documents: DocumentService,
        assistant: AssistantService,
        library: LibraryService,
        tasks: TaskRunner,
        changes: Changes,
    ) -> None:
        super().__init__()
        self._patient, self._tasks = patient, tasks
        self._documents, self._assistant, self._library = documents, assistant, library
        now = datetime.now().astimezone()
        add = Button("Add files", icon="add-file")
        add.clicked.connect(self.add_files_requested)
        self.question = SearchField(
            "Ask about your documents or the library", "Ask a question", "ask", "Ctrl 2", tall=True
        )
        self.question.edit.returnPressed.connect(self._on_ask)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(Space.L)
        header = Header(f"{_greeting(now.hour)}, {patient.name.split()[0]}", _day(now), add)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page(header, self.question, self._cards, 0))
        self.setFocusProxy(self.question)
        for changed in (changes.documents_changed, changes.chats_changed, changes.library_changed):
            changed.connect(self._read)
        self._read()

    def _read(self) -> None:
        self._tasks.run(self._contents, owner=self, lane=Lane.IO, on_success=self._show_contents)

    def _contents(self) -> _Contents:
        return _Contents(
            self._documents.of_patient(self._patient.id),
            self._assistant.threads(self._patient.id),
            self._library.sources(),
        )

    def _show_contents(self, contents: _Contents) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        waiting = [d for d in contents.documents if d.state != "ready"]
        ready = [d for d in contents.documents if d.state == "ready"]
        if not contents.documents:
            self._cards.addWidget(self._first_steps())
        if waiting:
            self._cards.addWidget(self._waiting_card(waiting))
        if ready:
            self._cards.addWidget(self._documents_card(ready))
        if contents.threads:
            self._cards.addWidget(self._chats_card(contents.threads))
        self._cards.addWidget(self._library_card(contents.sources))

    def _first_steps(self) -> Card:
        add = Button("Add files", "primary", "add-file")
        add.clicked.connect(self.add_files_requested)
        card = Card(padding=Space.L)
        card.add(
            EmptyState(
                "document",
                "Start with a document",
                "Drop a letter, a lab report or a photo of one anywhere on this window. It is encrypted, "
                "read on this computer, and you can ask about it.",
                [add],
            )
        )
        return card

    def _waiting_card(self, waiting: Sequence[Document]) -> Card:
        card = Card(padding=Space.L, spacing=0)
        card.add(SectionHeader("Waiting for you"), Space.S)
        for number, document in enumerate(waiting[:RECENT]):
            reason = "Being read" if document.state == "importing" else "Could not be read"
            look = Button("Look", size="small")
            look.setAccessibleName(f"Look at {document.name}")
            look.clicked.connect(lambda _=False, key=document.id: self.open_document.emit(key))
            rule = (Rule(),) if number else ()
            card.add(*rule, Line("alert", document.name, reason, look, tone="warn"))
        return card

    def _documents_card(self, ready: Sequence[Document]) -> Card:
        everything = Button("All documents", "quiet", size="small", flush=True)
        everything.clicked.connect(lambda: self.open_place.emit("documents"))
        card = Card(padding=Space.L, spacing=0)
        count = "1 document" if len(ready) == 1 else f"{len(ready)} documents"
        card.add(SectionHeader("Recent documents", f"{count}, all encrypted", everything), Space.S)
        for number, document in enumerate(ready[:RECENT]):
            pages = "1 page" if document.page_count == 1 else f"{document.page_count} pages"
            opened = Button("Open", "plain", "open", size="small")
            opened.setAccessibleName(f"Open {document.name}")
            opened.clicked.connect(lambda _=False, key=document.id: self.open_document.emit(key))
            detail = f"{pages}, added {_day(document.added_at.astimezone())}"
            rule = (Rule(),) if number else ()
            card.add(*rule, Line("document", document.name, detail, opened))
        return card

    def _chats_card(self, threads: Sequence[Thread]) -> Card:
        everything = Button("Go on asking", "quiet", size="small", flush=True)
        everything.clicked.connect(lambda: self.open_place.emit("ask"))
        card = Card(padding=Space.L, spacing=0)
        card.add(SectionHeader("Recent questions", "", everything), Space.S)
        for number, thread in enumerate(threads[:RECENT]):
            rule = (Rule(),) if number else ()
            card.add(*rule, Line("ask", thread.title, _day(thread.updated_at.astimezone())))
        return card

    def _library_card(self, sources: Sequence[Source]) -> Card:
        opened = Button("Open the library", "quiet", size="small", flush=True)
        opened.clicked.connect(lambda: self.open_place.emit("library"))
        card = Card(padding=Space.L, spacing=0)
        articles = sum(source.articles for source in sources)
        detail = (
            f"{articles} articles from {len(sources)} sources. Answers quote from these and your documents"
            if sources
            else "The starter topics are being put in"
        )
        card.add(
            SectionHeader("Library", "", opened),
            Space.S,
            Line("library", "What answers can quote", detail),
        )
        return card

    def _on_ask(self) -> None:
        if question := self.question.edit.text().strip():
            self.question.edit.clear()
            self.ask_requested.emit(question)


def _greeting(hour: int) -> str:
    if hour < 12:
        return "Good morning"
    return "Good afternoon" if hour < 18 else "Good evening"


def _day(when: datetime) -> str:
    return QLocale().toString(QDate(when.year, when.month, when.day), "dddd d MMMM yyyy")
