"""One question and its answer, as they stand in the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from healthmate_desktop.domain.retrieval import EVERYTHING, Filters
from healthmate_desktop.domain.triage import Level
from healthmate_desktop.ui.ask.warning import mild_advice, past_warning_of, warning_of
from healthmate_desktop.ui.dates import day
from healthmate_desktop.ui.theme import Size, Space
from healthmate_desktop.ui.widgets.answer import AnswerBlock, QuestionBubble
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.feedback import Banner, words_of
from healthmate_desktop.ui.widgets.layout import column, row
from healthmate_desktop.ui.widgets.markdown import without_marks
from healthmate_desktop.ui.widgets.sentence import Sentence
from healthmate_desktop.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.answers import AnswerSentence, Citation, Turn
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.triage import Triage
    from healthmate_desktop.services.assistant import Searched

NEXT_STEP = (
    "Add a document or a library source about it, or ask in other words. "
    "A doctor, nurse or pharmacist can answer what your sources do not."
)


class TurnView(QWidget):
    """Grows while the answer is made. `opened` carries the index of the sentence whose source is wanted."""

    opened = Signal(int)
    again_pressed = Signal()  # the same question once more
    change_pressed = Signal()  # the question goes back into the field
    why_pressed = Signal()  # why other documents are not in the answer

    def __init__(
        self,
        question: str,
        patient: Patient,
        filters: Filters = EVERYTHING,
        left_out: Sequence[str] = (),
    ) -> None:
        """`left_out` are the titles of the sources that `filters` leave out."""
        super().__init__()
        self.question, self.filters = question, filters
        self._patient, self._left_out = patient, left_out
        self.citations: list[Citation] = []
        self._documents: list[str] = []  # in the order of their numbers
        self.emergency = False
        self.kept: Turn | None = None  # once it is answered
        self.why = Button("Why not another document?", "quiet", size="small")
        self.why.clicked.connect(self.why_pressed)
        self.block = AnswerBlock("Searching your documents and the library")
        self.block.opened.connect(self.opened)
        self._warning, self._tail = column(), column(spacing=Space.S)
        answer = row(self.block, 0, spacing=0)
        answer.setStretch(0, 1000)
        self.block.setMaximumWidth(Size.READING_WIDTH)
        self._box = column(QuestionBubble(question), spacing=Space.M)
        for part in (self._warning, answer, self._tail):
            self._box.addLayout(part)
        self.setLayout(self._box)

    def show_triage(self, triage: Triage) -> None:
        """The rules come first, before anything is searched."""
        self.emergency = triage.level is Level.EMERGENCY
        if warning := warning_of(triage, self.question, self._patient):
            self._warning.addWidget(warning)

    def show_past(self, turn: Turn) -> None:
        """When it was asked, and what the rules said then, without alarm."""
        self._box.insertWidget(0, Text(f"Asked on {day(turn.asked_at)}", "caption", "text_faint"))
        if warning := past_warning_of(turn.answer.triage, turn.asked_at):
            self._warning.addWidget(warning)

    def show_searched(self, searched: Searched) -> None:
        found = _counted(searched.documents, searched.articles)
        self.block.show_route(f"Reading {found}, on this computer" if found else "")

    def add_sentence(self, sentence: AnswerSentence) -> None:
        citation = sentence.citations[0]
        if citation.document_id not in self._documents:
            self._documents.append(citation.document_id)
        self.citations.append(citation)
        number = self.number_of(citation)
        words = without_marks(sentence.text)
        self.block.add_sentence(Sentence(words, number, citation.title))

    def number_of(self, citation: Citation) -> int:
        """The number that the chip of a sentence shows: one for each document or article."""
        return self._documents.index(citation.document_id) + 1

    def finish(self, kept: Turn) -> None:
        """What it was made from, and what is not known."""
        self.kept, answer = kept, kept.answer
        shelves = {citation.document_id: citation.shelf for citation in self.citations}
        documents = sum(shelf == "person" for shelf in shelves.values())
        cited = _counted(documents, len(shelves) - documents)
        self.block.show_route(f"From {cited}, on this computer" if cited else "")
        last = [answer.note, NEXT_STEP] if answer.note else []
        last.append(mild_advice(answer.triage))
        if self._left_out:
            last.append(f"Not looked in: {', '.join(self._left_out)}.")
        actions = []
        if answer.note:
            change = Button("Change the question", "quiet", "edit", size="small")
            change.clicked.connect(self.change_pressed)
            actions.append(change)
        if not self.emergency:  # there nothing stands beside what is to be done
            actions.append(self.why)
        self.block.finish("\n\n".join(part for part in last if part), *actions)

    def show_stopped(self) -> None:
        self.block.show_route("")
        words = "Stopped before the end. This question is not kept in your earlier chats."
        self.block.finish(words, self._again("Ask it again"))

    def show_error(self, error: Exception) -> None:
        self.block.show_route("")
        title = "This question was not answered"
        self._tail.addWidget(Banner("error", title, words_of(error), [self._again("Try again")]))

    def _again(self, words: str) -> Button:
        button = Button(words, "secondary", size="small")
        button.clicked.connect(self.again_pressed)
        button.clicked.connect(lambda: button.setEnabled(False))
        return button


def kept_turn_view(turn: Turn, patient: Patient) -> TurnView:
    """A turn of an earlier chat. Its emergency is not announced as if it were now."""
    view = TurnView(turn.question, patient)
    view.show_past(turn)
    for sentence in turn.answer.sentences:
        view.add_sentence(sentence)
    view.finish(turn)
    return view


def _counted(documents: int, articles: int) -> str:
    parts = []
    if documents:
        parts.append("1 document" if documents == 1 else f"{documents} documents")
    if articles:
        parts.append("1 library article" if articles == 1 else f"{articles} library articles")
    return " and ".join(parts)
