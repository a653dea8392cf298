"""Home: ask, see what waits, and go on with what was recent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.ui.dates import long_day
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.today.cards import (
    chats_card,
    documents_card,
    first_steps_card,
    library_card,
    side_by_side,
    waiting_card,
)
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import Header, column, page, refill
from healthmate_desktop.ui.widgets.section import SearchField

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from healthmate_desktop.domain.answers import Thread
    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.library import Source
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Session
    from healthmate_desktop.services.assistant import AssistantService
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.ui.changes import Changes

_REST_MS = 200  # an import reports each file; all is read again when it rests


@dataclass(frozen=True, slots=True)
class _Contents:
    documents: list[Document]
    threads: list[Thread]
    sources: list[Source]


class TodayScreen(QWidget):
    """What a person sees first. `open_thread` carries the Thread."""

    ask_requested = Signal(str)
    open_document = Signal(str)
    open_thread = Signal(object)
    open_place = Signal(str)
    add_files_requested = Signal()

    def __init__(  # noqa: PLR0913, PLR0917 - the services it takes, each once
        self,
        patient: Patient,
        documents: DocumentService,
        assistant: AssistantService,
        library: LibraryService,
        tasks: TaskRunner,
        changes: Changes,
        session: Session | None = None,
    ) -> None:
        """What the role of `session` may not do is not offered; without one everything is."""
        super().__init__()
        self._patient, self._tasks = patient, tasks
        self._may_ask = session is None or session.may(Action.ASK)
        self._may_add = session is None or session.may(Action.ADD)
        self._documents, self._assistant, self._library = documents, assistant, library
        self._contents: _Contents | None = None
        self._known = False
        self._reading: Task | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read)
        for changed in (changes.documents_changed, changes.chats_changed, changes.library_changed):
            changed.connect(self._on_changed)
        add = Button("Add files", icon="add-file")
        add.clicked.connect(self.add_files_requested)
        if not self._may_add:
            add.hide()
        self.question = SearchField(
            "Ask about your documents or the library", "Ask a question", "ask", "Ctrl 2", tall=True
        )
        self.question.edit.returnPressed.connect(self._on_ask)
        self._lay(patient, add)

    def _lay(self, patient: Patient, add: Button) -> None:
        now = datetime.now().astimezone()
        first_name = patient.name.split()[0]
        header = Header(f"{_greeting(now.hour)}, {first_name}", long_day(now), add)
        self._cards = column(spacing=Space.L)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(page(header, self.question, self._cards, 0))
        if self._may_ask:
            self.setFocusProxy(self.question)
        else:
            self.question.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._known and not self._rest.isActive():
            self._read()

    def _on_changed(self) -> None:
        self._known = False
        if self.isVisible() and not self._rest.isActive():
            self._rest.start()

    def _read(self) -> None:
        self._known = True
        if self._reading is not None:
            self._reading.cancel()  # else an older reading could come in last
        self._reading = self._tasks.run(
            self._read_contents, owner=self, lane=Lane.IO, on_success=self._show_contents
        )

    def _read_contents(self) -> _Contents:
        """Off the GUI thread."""
        return _Contents(
            self._documents.of_patient(self._patient.id),
            self._assistant.threads(self._patient.id) if self._may_ask else [],
            self._library.sources(),
        )

    def _show_contents(self, contents: _Contents) -> None:
        if contents == self._contents:
            return
        self._contents = contents
        refill(self._cards, *self._make_cards(contents))

    def _make_cards(self, contents: _Contents) -> list[QWidget]:
        unreadable = [d for d in contents.documents if d.state == "unreadable"]
        others = [d for d in contents.documents if d.state != "unreadable"]
        go = self.open_place.emit
        cards: list[QWidget] = []
        if not contents.documents and self._may_add:
            cards.append(first_steps_card(self.add_files_requested.emit))
        if unreadable:
            cards.append(
                waiting_card(unreadable, self.open_document.emit, partial(go, "documents"))
            )
        recent: list[QWidget] = []
        if others:
            recent.append(documents_card(others, self.open_document.emit, partial(go, "documents")))
        if contents.threads:
            recent.append(chats_card(contents.threads, self.open_thread.emit, partial(go, "ask")))
        if recent:
            cards.append(side_by_side(recent))
        cards.append(library_card(contents.sources, partial(go, "library")))
        return cards

    def _on_ask(self) -> None:
        if question := self.question.edit.text().strip():
            self.question.edit.clear()
            self.ask_requested.emit(question)


def _greeting(hour: int) -> str:
    if hour < 12:
        return "Good morning"
    return "Good afternoon" if hour < 18 else "Good evening"
