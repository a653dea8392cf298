"""Beside an answer: why each document of the person is in it or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QWidget

from healthmate_desktop.domain.explaining import ExplainedPassage, Why
from healthmate_desktop.domain.ids import PassageId
from healthmate_desktop.domain.passages import Hit, Passage
from healthmate_desktop.domain.retrieval import Understood
from healthmate_desktop.domain.triage import Level
from healthmate_desktop.errors import ChildDied
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.sentence import CitedSentence
from ui.ask.ask_fakes import (
    AMBULANCE,
    PERSON,
    FakeAssistant,
    FakeDocuments,
    FakeLibrary,
    triage_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


class Desk:
    """A question that is answered."""

    def __init__(
        self, tasks: TaskRunner, show: Callable[..., QWidget], settle: Callable[..., None]
    ) -> None:
        self.assistant, self._tasks, self._settle = FakeAssistant(), tasks, settle
        self.screen = AskScreen(
            PERSON, self.assistant, FakeDocuments(), FakeLibrary(), tasks, Changes(), "GB"
        )
        self.window = show(self.screen, size=(1134, 768))
        self.wait()

    def wait(self) -> None:
        self._settle(self._tasks)

    def ask(self) -> None:
        self.screen.ask("Is my HbA1c better?")
        self.wait()

    def buttons(self, words: str) -> list[Button]:
        buttons = self.screen.findChildren(Button)
        return [b for b in buttons if b.text() == words and b.isVisible()]

    def why(self) -> None:
        button = self.buttons("Why not another document?")[-1]
        button.setFocus()
        button.click()
        self.wait()

    def rows(self) -> list[tuple[str, str]]:
        return [(row.name, row.detail) for row in self.screen.why.list.rows()]

    def words(self) -> str:
        labels = (w for w in self.screen.why.findChildren(QLabel) if w.isVisible())
        return "\n".join(w.accessibleName() or w.text() for w in labels)


@pytest.fixture
def desk(tasks: TaskRunner, show: Callable[..., QWidget], settle: Callable[..., None]) -> Desk:
    return Desk(tasks, show, settle)


def test_each_document_stands_with_its_reason(desk: Desk) -> None:
    desk.ask()
    assert not desk.screen.why.isVisible()
    desk.why()
    assert desk.rows() == [
        ("Quoted (1)", ""),
        ("report.pdf", "Quoted in the answer"),
        ("Found, but not quoted (2)", ""),
        ("eyes.pdf", "Others bear on it more"),
        ("letter.pdf", "Others came before it"),
        ("Not searched (1)", ""),
        ("scan.pdf", "Could not be read"),
    ]
    assert "the question was searched once more just now" in desk.words()
    assert "Documents of other people are never searched." in desk.words()


def test_the_first_that_was_not_quoted_is_explained_in_full(desk: Desk) -> None:
    desk.ask()
    desk.why()
    assert desk.screen.why.list.current() == "eyes"
    assert "Words of eyes.pdf." in desk.words()
    assert "Its best sentence: \u201cThe eyes are well.\u201d" in desk.words()
    desk.screen.why.list.chosen.emit("scan")
    assert "Words of scan.pdf." in desk.words()
    assert "best sentence" not in desk.words()


def test_a_document_is_opened_from_its_reason(desk: Desk) -> None:
    desk.ask()
    desk.why()
    opened = QSignalSpy(desk.screen.open_document)
    desk.buttons("Open the document")[0].click()
    assert opened.at(0) == ["eyes", 1, 0, 0]


def test_escape_goes_back_to_the_answer(desk: Desk, qtbot: QtBot) -> None:
    desk.ask()
    desk.why()
    qtbot.waitUntil(desk.screen.why.list.hasFocus)
    QTest.keyClick(desk.screen.why.list, Qt.Key.Key_Escape)
    assert not desk.screen.why.isVisible()
    assert desk.buttons("Why not another document?")[0].hasFocus()


def test_one_thing_stands_beside_the_conversation(desk: Desk) -> None:
    desk.ask()
    desk.why()
    sentence = next(s for s in desk.screen.findChildren(CitedSentence) if s.isVisible())
    sentence.click()
    desk.wait()
    assert desk.screen.panel.isVisible()
    assert not desk.screen.why.isVisible()
    desk.why()
    assert not desk.screen.panel.isVisible()
    assert not sentence.isChecked()
    desk.screen.new_chat()
    assert not desk.screen.why.isVisible()


def test_an_answer_of_an_earlier_chat_is_explained_too(desk: Desk) -> None:
    desk.ask()
    (thread,) = desk.assistant.threads(PERSON.id)
    desk.screen.open_thread(thread)
    desk.wait()
    desk.why()
    assert ("eyes.pdf", "Others bear on it more") in desk.rows()


def test_without_documents_that_is_said(desk: Desk) -> None:
    desk.assistant.reasons = ()
    desk.ask()
    desk.why()
    assert "No documents are kept for Rosa Harlow yet." in desk.words()


def test_an_error_says_what_happened(desk: Desk) -> None:
    desk.ask()
    desk.assistant.error = ChildDied("The models stopped. Try again.")
    desk.why()
    assert "The models stopped. Try again." in desk.words()


def test_in_an_emergency_nothing_stands_beside_what_is_to_be_done(desk: Desk) -> None:
    desk.assistant.found = triage_of(Level.EMERGENCY, AMBULANCE)
    desk.ask()
    assert desk.buttons("Why not another document?") == []


def test_the_panel_can_be_closed_while_it_is_searched(desk: Desk) -> None:
    desk.ask()
    desk.why()
    desk.screen.why.close_button.click()
    assert not desk.screen.why.isVisible()


def test_the_library_follows_with_its_ranking_and_the_question_as_it_was_read(
    tasks: TaskRunner, show: Callable[..., QWidget], settle: Callable[..., None]
) -> None:
    desk = Desk(tasks, show, settle)
    passage = Passage(PassageId("x"), "library", "d", "Fiebre", "Beba agua.")
    hit = Hit(passage, 0.641, 0.62, 0.71, 12.41)
    desk.assistant.public = (ExplainedPassage(hit, 1, Why.OUTSCORED, "Others.", 0.5, "Beba agua."),)
    desk.assistant.understood = Understood("es", "tos fiebre", {"calentura": 0.5, "pirexia": 0.4})
    desk.ask()
    desk.why()
    panel = desk.screen.why
    assert panel.understood.accessibleName() == (
        "Looked for in Spanish: tos fiebre\nAnd what health texts call the same: calentura, pirexia"
    )
    assert panel.understood.isVisible()
    assert desk.rows()[-2:] == [
        ("From the library (1), and the chance that each bears on it", ""),
        ("Fiebre", "Others bear on it more"),
    ]
    assert panel.list.rows()[-1].value == "64%"
    assert panel.full.accessibleName() == "Open the document eyes.pdf"
    assert not panel.scores.isVisible()
    panel.list.choose("x")
    panel.list.chosen.emit("x")
    for said in (
        "Place among the passages of the library: 1",
        "How near in meaning, at most 1: 0.62",
        "How near its title is, at most 1: 0.71",
        "Words in common, rare ones count more: 12.4",
        "Chance that it bears on the question: 64%",
    ):
        assert said in desk.words()
    assert "Beba agua." in panel.best.text()
    assert panel.full.accessibleName() == "Open the article Fiebre"
    opened = QSignalSpy(desk.screen.open_article)
    panel.full.click()
    assert opened.at(0) == ["d", 1, 0, len("Beba agua.")]
