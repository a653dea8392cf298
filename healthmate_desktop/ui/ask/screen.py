"""Ask: the question, an answer of quoted sentences, and the place each of them stands on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from healthmate_desktop.domain.answers import AnswerSentence
from healthmate_desktop.services.assistant import Searched
from healthmate_desktop.ui.ask.beside import Beside
from healthmate_desktop.ui.ask.chats import EarlierChats
from healthmate_desktop.ui.ask.composer import Composer
from healthmate_desktop.ui.ask.invitation import Invitation
from healthmate_desktop.ui.ask.sources import SourcesChoice
from healthmate_desktop.ui.ask.transcript import EMERGENCY_WIDTH, TALK_WIDTH, Transcript
from healthmate_desktop.ui.ask.turn import TurnView, kept_turn_view
from healthmate_desktop.ui.drafts import Spot
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import centred, column, fill, row
from healthmate_desktop.ui.widgets.text import Elided

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from healthmate_desktop.domain.answers import Thread, Turn
    from healthmate_desktop.domain.ids import ThreadId
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.triage import Triage
    from healthmate_desktop.services.assistant import AssistantService
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.services.library import LibraryService
    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.drafts import Drafts

_WIDE_FROM = 1500 - Size.SIDEBAR  # the window's, less the sidebar
_AN_EMERGENCY = "Someone is unconscious"  # the rules tell the number to call for it


class AskScreen(QWidget):
    """The conversation at the left; the source of one sentence at the right, when one is open.

    The two open signals carry an id, a page, and start and length of the words on it.
    """

    open_document = Signal(str, int, int, int)
    open_article = Signal(str, int, int, int)

    def __init__(  # noqa: PLR0913, PLR0917 - the services it takes, each once
        self,
        patient: Patient,
        assistant: AssistantService,
        documents: DocumentService,
        library: LibraryService,
        tasks: TaskRunner,
        changes: Changes,
        country: str,
        drafts: Drafts | None = None,
    ) -> None:
        super().__init__()
        self._drafts, self._spot = drafts, Spot("ask", patient.id)
        self._patient, self._assistant = patient, assistant
        self._tasks, self._changes, self._country = tasks, changes, country
        self._thread_id: ThreadId | None = None
        self._asking: Task | None = None
        self._answering: TurnView | None = None
        self._opening: Task | None = None
        self.sources = SourcesChoice(library, tasks, changes)
        self.transcript, self.composer = Transcript(), Composer(self.sources)
        self.beside = Beside(patient, assistant, documents, library, tasks)
        self.panel, self.why = self.beside.source, self.beside.why
        self.chats = EarlierChats(patient.id, assistant, tasks)
        self.title, self._header = Elided("Ask", "heading"), QWidget()
        self.empty = Invitation(patient.name)
        self.stack = QStackedWidget()
        for part in (self.empty, self.transcript, self.chats):
            self.stack.addWidget(part)
        self._build()
        self._connect()
        self._tasks.run(
            lambda: assistant.triage(_AN_EMERGENCY, country),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_number,
        )
        if drafts is not None:
            drafts.keep(self._spot, self.composer.field.edit)

    # --- for the shell ---

    def ask(self, question: str) -> None:
        """Ask in the open chat; while another question is worked on it waits in the field."""
        if self._asking is not None:
            self.composer.write(question)
            return
        filters = self.sources.filters()
        turn = TurnView(question, self._patient, filters, self.sources.left_out())
        if not self.transcript.turns:
            self.title.say(question)
        self._add(turn)
        self.transcript.follow(turn)
        self._answering = turn
        thread_id = self._thread_id
        self._asking = self._tasks.run(
            lambda: self._assistant.ask(
                question,
                self._patient.id,
                thread_id=thread_id,
                country=self._country,
                filters=filters,
            ),
            owner=self,
            lane=Lane.MODEL,
            on_update=partial(self._show_step, turn),
            on_success=partial(self._show_answered, turn),
            on_error=partial(self._show_failed, turn),
        )
        self.composer.clear()
        if self._drafts is not None:  # until it is answered: a lock would end the work on it
            self._drafts.put(self._spot, question)
        self._show_talk()

    def new_chat(self) -> None:
        """An empty chat; a question that is worked on is dropped."""
        self._begin(None, "Ask")
        self._show_talk()
        self.composer.setFocus()

    def open_thread(self, thread: Thread) -> None:
        """Read an earlier chat, to go on with it."""
        self._begin(thread.id, thread.title)
        self._opening = self._tasks.run(
            lambda: self._assistant.turns(thread.id),
            owner=self,
            lane=Lane.IO,
            on_success=self._show_turns,
        )

    # --- how it is made ---

    def _build(self) -> None:
        line = row(spacing=Space.S)
        line.addWidget(self.title, 1)
        fill(line, *self._head_buttons())
        self._header.setLayout(line)
        head, foot = QWidget(), QWidget()
        head.setLayout(centred(self._header, TALK_WIDTH))
        foot.setLayout(centred(self.composer, TALK_WIDTH))
        sides = (Space.XL, 0, Space.XL, 0)
        box = column(column(head, margins=sides), spacing=Space.M, margins=(0, Space.L, 0, Space.L))
        box.addWidget(self.stack, 1)
        box.addLayout(column(foot, margins=sides))
        talk = QFrame()
        talk.setProperty("kind", "row")
        talk.setLayout(box)
        line = row(spacing=0)
        line.addWidget(talk, 1)
        line.addWidget(self.beside)
        self.setLayout(line)
        self.setFocusProxy(self.composer)

    def _head_buttons(self) -> tuple[Button, Button]:
        earlier = Button("Earlier chats", "plain", "clock", size="small")
        earlier.clicked.connect(self._on_earlier)
        new = Button("New chat", "secondary", "plus", size="small")
        new.setToolTip("Ctrl+N")
        new.clicked.connect(self.new_chat)
        return earlier, new

    def _connect(self) -> None:
        self.empty.asked.connect(self.ask)
        self.composer.asked.connect(self.ask)
        self.composer.stop_pressed.connect(self._on_stop)
        self.beside.open_document.connect(self.open_document)
        self.beside.open_article.connect(self.open_article)
        self.chats.chosen.connect(self.open_thread)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._on_escape, context=context)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.beside.fit(wide=event.size().width() >= _WIDE_FROM)
        super().resizeEvent(event)

    def _add(self, turn: TurnView) -> None:
        self.beside.follow(turn)
        turn.again_pressed.connect(lambda: self.ask(turn.question))
        turn.change_pressed.connect(lambda: self.composer.write(turn.question))
        self.transcript.add(turn)

    # --- what is shown ---

    def _begin(self, thread_id: ThreadId | None, title: str) -> None:
        """Leave the chat that is open."""
        if self._asking is not None and self._drafts is not None:
            self._drafts.forget(self._spot)
        for task in (self._asking, self._opening):
            if task is not None:
                task.cancel()
        self._asking = self._answering = self._opening = None
        self.beside.dismiss()
        self.transcript.clear()
        self._thread_id = thread_id
        self.title.say(title)

    def _show_talk(self) -> None:
        """The conversation, or the invitation where there is none yet."""
        turns = self.transcript.turns
        widest = EMERGENCY_WIDTH if self.transcript.emergency else TALK_WIDTH
        for part in (self._header, self.composer):
            part.setMaximumWidth(widest)
        self.transcript.set_widest(widest)
        self.stack.setCurrentWidget(self.transcript if turns else self.empty)
        self.composer.show_state(
            working=self._asking is not None,
            first=not turns,
            emergency=self.transcript.emergency,
        )

    def _show_number(self, triage: Triage) -> None:
        for number in triage.numbers:
            if number.kind == "emergency":
                self.composer.show_number(number.number)

    def _show_turns(self, turns: list[Turn]) -> None:
        for turn in turns:
            view = kept_turn_view(turn, self._patient)
            self._add(view)
        self.transcript.show_end()
        self._show_talk()
        self.composer.setFocus()

    def _show_step(self, turn: TurnView, step: Triage | Searched | AnswerSentence) -> None:
        if isinstance(step, AnswerSentence):
            turn.add_sentence(step)
        elif isinstance(step, Searched):
            turn.show_searched(step)
        else:
            turn.show_triage(step)
            self._show_talk()

    def _show_answered(self, turn: TurnView, kept: Turn) -> None:
        turn.finish(kept)
        self._thread_id = kept.thread_id
        self._show_idle()
        self._changes.chats_changed.emit()

    def _show_failed(self, turn: TurnView, error: Exception) -> None:
        turn.show_error(error)
        self._show_idle()

    def _show_idle(self) -> None:
        self._asking = self._answering = None
        if self._drafts is not None and not self.composer.field.edit.text():
            self._drafts.forget(self._spot)
        self._show_talk()

    # --- what is done ---

    def _on_stop(self) -> None:
        if self._asking is not None and self._answering is not None:
            self._asking.cancel()
            self._answering.show_stopped()
            self._show_idle()
            self.composer.setFocus()

    def _on_earlier(self) -> None:
        if self.stack.currentWidget() is self.chats:
            self._show_talk()
            return
        self.beside.dismiss()
        self.chats.read()
        self.stack.setCurrentWidget(self.chats)
        self.chats.setFocus()

    def _on_escape(self) -> None:
        if not self.beside.leave() and self.stack.currentWidget() is self.chats:
            self._show_talk()
            self.composer.setFocus()
