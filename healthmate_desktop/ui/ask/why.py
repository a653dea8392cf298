"""Why other documents and passages of the library did not contribute to an answer, beside the conversation."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget

from healthmate_desktop.domain.explaining import Explained, Why
from healthmate_desktop.ui.documents.value_list import ValueList, ValueRow
from healthmate_desktop.ui.tasks import Lane, Task, TaskRunner
from healthmate_desktop.ui.theme import Space
from healthmate_desktop.ui.widgets.accessibility import announce
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.changing import Changing
from healthmate_desktop.ui.widgets.feedback import words_of
from healthmate_desktop.ui.widgets.layout import column, part_of, row
from healthmate_desktop.ui.widgets.markdown import without_marks
from healthmate_desktop.ui.widgets.text import Elided, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtWidgets import QVBoxLayout

    from healthmate_desktop.domain.explaining import ExplainedPassage, Explanation
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.retrieval import Understood
    from healthmate_desktop.services.assistant import AssistantService
    from healthmate_desktop.ui.ask.turn import TurnView

_GROUPS: tuple[tuple[str, dict[Why, str]], ...] = (
    ("Quoted", {Why.QUOTED: "Quoted in the answer"}),
    (
        "Found, but not quoted",
        {
            Why.NOW: "Would be quoted now",
            Why.SAME: "Says what is said already",
            Why.OUTSCORED: "Others bear on it more",
            Why.BELOW_GATE: "Not near enough",
            Why.NO_SENTENCE: "No whole sentence in it",
            Why.RANKED_LOWER: "Others came before it",
        },
    ),
    ("Searched, and nothing was near", {Why.NOT_FOUND: "Not near the question"}),
    (
        "Not searched",
        {
            Why.NO_TEXT: "Has no text to quote",
            Why.UNREADABLE: "Could not be read",
            Why.WAITING: "Not read yet",
            Why.ADDED_AFTER: "Added after the question",
            Why.NOT_SEARCHED: "The emergency rules answered",
        },
    ),
)
_SHORT = {why: short for _, words in _GROUPS for why, short in words.items()}
_LANGUAGES = {"en": " in English", "es": " in Spanish", "fr": " in French"}
_LONGEST = 200  # characters shown of what was looked for
_AGAIN = (
    "The answer is as it was given. To tell why, the question was searched once more just now. Documents of other "
    "people are never searched."
)
_LOOKING = "Searching for the question once more"


class WhyPanel(QFrame):
    """Opened on one answer. The two open signals carry id, page, and start and length of the words."""

    open_document = Signal(str, int, int, int)
    open_article = Signal(str, int, int, int)

    def __init__(self, patient: Patient, assistant: AssistantService, tasks: TaskRunner) -> None:
        super().__init__()
        self._patient, self._assistant, self._tasks = patient, assistant, tasks
        self._turn: TurnView | None = None
        self._task: Task | None = None
        self._explained: dict[str, Explained | ExplainedPassage] = {}
        self.setProperty("kind", "panel")
        self.setAccessibleName("Why not another document?")
        self.question = Elided("", "small", "text_soft")
        self.understood = Text("", "small", "text_soft", wrap=True)
        self.close_button = Button("Close", "plain", "close", size="small")
        self.close_button.setAccessibleName("Close the reasons")
        self.close_button.setToolTip("Esc")
        self.close_button.clicked.connect(self.leave)
        self.list = ValueList("Documents and passages, and why each was used or not")
        self.list.chosen.connect(self._show_chosen)
        self.words, self._note = (
            Text("", "body", wrap=True),
            Text(_AGAIN, "caption", "text_faint", wrap=True),
        )
        self.title, self.best = (
            Elided("", "label", middle=True),
            Text("", "small", "text_soft", wrap=True),
        )
        self.scores = Changing()
        self.full = Button("", "quiet", "open", size="small")
        self.full.clicked.connect(self._on_full)
        self._message = Text("", "body", "text_soft", wrap=True)
        self._stack = QStackedWidget()
        self._build()
        self.hide()

    def open(self, turn: TurnView) -> None:
        """Say it of the answer of this turn."""
        kept = turn.kept
        if kept is None:
            return
        self._turn, filters = turn, turn.filters
        self.question.say(turn.question)
        self.understood.hide()
        self._show_message(_LOOKING)
        self.show()
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            lambda: self._assistant.explain(kept, self._patient.id, filters=filters),
            owner=self,
            lane=Lane.MODEL,
            on_success=self._show_explanation,
            on_error=lambda error: self._show_message(words_of(error)),
        )

    def leave(self) -> None:
        """Close, and go back to the answer."""
        turn = self._turn
        self.dismiss()
        if turn is not None:
            turn.why.setFocus()

    def dismiss(self) -> None:
        """Close and forget the answer, which may be about to go."""
        if self._task is not None:
            self._task.cancel()
        self._turn, self._explained = None, {}
        self.hide()

    # --- what is shown ---

    def _show_message(self, words: str) -> None:
        self._message.say(words)
        self._stack.setCurrentIndex(0)

    def _show_explanation(self, explanation: Explanation) -> None:
        documents = explanation.documents
        self._explained = {each.document.id: each for each in documents}
        self._explained |= {each.hit.passage.id: each for each in explanation.library}
        self.understood.say(_understood(explanation.understood))
        self.understood.setVisible(explanation.understood is not None)
        if not self._explained:
            self._show_message(f"No documents are kept for {self._patient.name} yet.")
            return
        self.list.show_rows([*_rows(documents), *_library_rows(explanation.library)])
        others = (each.document.id for each in documents if each.why is not Why.QUOTED)
        first = next(others, next(iter(self._explained)))
        self.list.choose(first)
        self._show_chosen(first)
        self._stack.setCurrentIndex(1)
        focus = self.window().focusWidget()
        if focus is None or (self._turn and self._turn.isAncestorOf(focus)):
            self.list.setFocus()  # not where the person is writing meanwhile

    def _show_chosen(self, key: str) -> None:
        found = self._explained[key]
        self.title.say(_name(found))
        self.words.say(found.words)
        best = " ".join(without_marks(found.best).split())
        self.best.say(f"Its best sentence: \u201c{best}\u201d" if best else "")
        self.best.setVisible(bool(best) and found.why is not Why.QUOTED)
        own = isinstance(found, Explained)
        self.full.setText("Open the document" if own else "Open the article")
        self.full.setAccessibleName(f"{self.full.text()} {_name(found)}")
        self.scores.show_part(None if isinstance(found, Explained) else part_of(_scores(found)))
        self.scores.setVisible(not own)
        announce(self, found.words)

    def _on_full(self) -> None:
        found = self._explained.get(self.list.current())
        if isinstance(found, Explained):
            self.open_document.emit(found.document.id, 1, 0, 0)
        elif found is not None:
            passage = found.hit.passage
            place = (passage.page, passage.start, len(passage.text))
            self.open_article.emit(passage.document_id, *place)

    # --- how it is made ---

    def _build(self) -> None:
        head = QFrame()
        head.setProperty("kind", "toolbar")
        title = Text("Why not another document?", "heading", wrap=True)
        line = row()
        line.addWidget(title, 1)
        line.addWidget(self.close_button)
        margins = (Space.L, Space.S, Space.S, Space.M)
        head.setLayout(
            column(line, self.question, self.understood, spacing=Space.XXS, margins=margins)
        )
        waiting = QFrame()
        waiting.setProperty("kind", "row")
        sides = (Space.L, Space.L, Space.L, Space.L)
        waiting.setLayout(column(self._message, 0, margins=sides))
        self._stack.addWidget(waiting)
        self._stack.addWidget(self._found())
        box = column(head, spacing=0)
        box.addWidget(self._stack, 1)
        self.setLayout(box)
        self.setFocusProxy(self.list)

    def _found(self) -> QFrame:
        inner = QFrame()
        inner.setProperty("kind", "footer")
        parts = (self.title, self.words, self.best, row(self.full, 0), self.scores, self._note, 0)
        inner.setLayout(
            column(*parts, spacing=Space.S, margins=(Space.L, Space.M, Space.L, Space.M))
        )
        foot = QScrollArea()  # where there is little room the words scroll, and none is cut off
        foot.setWidgetResizable(True)
        foot.setFrameShape(QFrame.Shape.NoFrame)
        foot.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot.setAccessibleName("Why")
        foot.setWidget(inner)
        found = QFrame()
        found.setProperty("kind", "row")
        box = column(spacing=0)
        box.addLayout(column(self.list, margins=(Space.XS, Space.XS, Space.XS, Space.XS)), 1)
        box.addWidget(foot, 1)
        found.setLayout(box)
        return found


def _rows(documents: Sequence[Explained]) -> Iterator[ValueRow]:
    for heading, words in _GROUPS:
        group = [each for each in documents if each.why in words]
        if group:
            yield ValueRow("", f"{heading} ({len(group):,})")
        for each in group:
            yield ValueRow(each.document.id, each.document.name, detail=words[each.why])


def _library_rows(passages: Sequence[ExplainedPassage]) -> Iterator[ValueRow]:
    if passages:
        yield ValueRow(
            "", f"From the library ({len(passages):,}), and the chance that each bears on it"
        )
    for each in passages:
        passage, chance = each.hit.passage, _percent(each.hit.score)
        yield ValueRow(passage.id, passage.title, chance, _SHORT[each.why])


def _name(found: Explained | ExplainedPassage) -> str:
    return found.document.name if isinstance(found, Explained) else found.hit.passage.title


def _scores(found: ExplainedPassage) -> QVBoxLayout:
    """What its place was reckoned from, a line each: what it is in plain words, and at the right how much."""
    hit = found.hit
    lines = column(spacing=Space.XXS)
    for words, value in (
        ("Place among the passages of the library", f"{found.rank}"),
        ("How near in meaning, at most 1", f"{hit.dense:.2f}"),
        ("How near its title is, at most 1", f"{hit.title:.2f}"),
        ("Words in common, rare ones count more", f"{hit.words:.1f}"),
        ("Chance that it bears on the question", _percent(hit.score)),
    ):
        line = row(spacing=Space.M)
        name, number = (
            Text(words, "small", "text_soft", wrap=True),
            Text(value, "small", tabular=True),
        )
        number.setAccessibleName(f"{words}: {value}")
        line.addWidget(name, 1)
        line.addWidget(number)
        lines.addLayout(line)
    return lines


def _percent(chance: float) -> str:
    return f"{chance:.0%}"


def _understood(understood: Understood | None) -> str:
    if understood is None:
        return ""
    words = [f"Looked for{_LANGUAGES.get(understood.language, '')}: {_short(understood.looked_up)}"]
    if understood.added:
        words.append(f"And what health texts call the same: {_short(', '.join(understood.added))}")
    return "\n".join(words)


def _short(words: str) -> str:
    return textwrap.shorten(words, _LONGEST, placeholder=" \u2026")
