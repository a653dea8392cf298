"""Asking: the rules speak first, each sentence opens its place, and whatever goes wrong is said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QWidget

from healthmate_desktop.domain.triage import NOT_READ, Level
from healthmate_desktop.errors import ChildDied
from healthmate_desktop.ui.ask.origin import origin_in_library
from healthmate_desktop.ui.ask.screen import AskScreen
from healthmate_desktop.ui.ask.turn import NEXT_STEP
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.library.article import LEAF
from healthmate_desktop.ui.tasks import TaskRunner
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.emergency import EmergencyBanner
from healthmate_desktop.ui.widgets.feedback import Banner
from healthmate_desktop.ui.widgets.sentence import CitedSentence
from ui.ask.ask_fakes import (
    AMBULANCE,
    CRISIS,
    FROM_REPORT,
    GONE,
    PERSON,
    TOPIC,
    FakeAssistant,
    FakeDocuments,
    FakeLibrary,
    cited,
    triage_of,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

QUESTION = "Is my HbA1c better?"


@dataclass
class Desk:
    """The screen in a window, and what stands behind it."""

    screen: AskScreen
    assistant: FakeAssistant
    documents: FakeDocuments
    changes: Changes
    wait: Callable[[], None]
    window: QWidget

    def ask(self, question: str = QUESTION) -> None:
        self.screen.ask(question)
        self.wait()

    def sentences(self) -> list[CitedSentence]:
        return [s for s in self.screen.findChildren(CitedSentence) if s.isVisible()]

    def words(self) -> str:
        labels = (w for w in self.screen.findChildren(QLabel) if w.isVisible())
        return "\n".join(w.accessibleName() or w.text() for w in labels)

    def button(self, words: str) -> Button:
        buttons = self.screen.findChildren(Button)
        return next(b for b in buttons if b.text() == words and b.isVisible())


Make = Callable[[TaskRunner], Desk]


@pytest.fixture
def make(show: Callable[..., QWidget], settle: Callable[..., None]) -> Make:
    def build(runner: TaskRunner) -> Desk:
        assistant, documents, changes = FakeAssistant(), FakeDocuments(), Changes()
        screen = AskScreen(PERSON, assistant, documents, FakeLibrary(), runner, changes, "GB")
        window = show(screen, size=(1134, 768))
        desk = Desk(screen, assistant, documents, changes, lambda: settle(runner), window)
        desk.wait()
        return desk

    return build


@pytest.fixture
def desk(make: Make, tasks: TaskRunner) -> Desk:
    return make(tasks)


def test_an_empty_chat_says_what_can_be_asked(desk: Desk) -> None:
    assert "Ask about the records of Rosa Harlow" in desk.words()
    desk.button("What does HbA1c mean?").click()
    desk.wait()
    assert desk.assistant.asked == [("What does HbA1c mean?", None)]


def test_the_number_to_call_and_the_disclaimer_stand_below_the_field(desk: Desk) -> None:
    assert "not a diagnosis" in desk.words()
    assert "In an emergency call 112." in desk.words()


def test_a_question_typed_is_answered_sentence_by_sentence(desk: Desk) -> None:
    edit = desk.screen.composer.field.edit
    edit.setText(QUESTION)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    desk.wait()
    assert [s.sentence.number for s in desk.sentences()] == [1, 2, 3]
    assert desk.sentences()[2].sentence.text.startswith("Cashew nuts: hives")
    assert "From 2 documents and 1 library article" in desk.words()
    assert edit.text() == ""


def test_nothing_but_spaces_is_not_asked(desk: Desk) -> None:
    desk.screen.composer.field.edit.setText("   ")
    QTest.keyClick(desk.screen.composer.field.edit, Qt.Key.Key_Return)
    desk.wait()
    assert desk.assistant.asked == []


def test_a_follow_up_goes_on_in_the_same_chat_and_a_new_chat_does_not(desk: Desk) -> None:
    told = QSignalSpy(desk.changes.chats_changed)
    desk.ask()
    desk.ask("And my sodium?")
    desk.button("New chat").click()
    assert not desk.sentences()
    desk.ask("Something else?")
    assert [thread for _, thread in desk.assistant.asked] == [None, "t", None]
    assert told.count() == 3


def test_a_sentence_from_a_record_opens_its_page_with_the_place_lit(desk: Desk) -> None:
    desk.ask()
    desk.sentences()[0].click()
    desk.wait()
    panel = desk.screen.panel
    assert panel.isVisible()
    assert panel.view.has_picture
    assert "Page 1 of 2" in panel.detail.accessibleName()
    assert panel.view.page.accessibleName() == "Page 1 of report.pdf"
    assert [s.isChecked() for s in desk.sentences()] == [True, False, False]


def test_a_sentence_from_the_library_opens_its_text_with_the_words_lit(desk: Desk) -> None:
    desk.ask()
    desk.sentences()[1].click()
    desk.wait()
    panel = desk.screen.panel
    assert panel.view.passage.accessibleDescription() == desk.sentences()[1].sentence.text
    assert "Starter topics, March 2026" in panel.detail.accessibleName()
    assert "Not reviewed by a clinician" in desk.words()
    assert any(
        w.accessibleName() == "Check it at example.org/hba1c" for w in panel.findChildren(QWidget)
    )


def test_of_a_very_long_text_the_part_with_the_words_is_opened() -> None:
    library = FakeLibrary()
    library.topic = f"{'Something else. ' * 900}\n\n{TOPIC}\n\n{'Something else. ' * 900}"
    for quote in ("No fasting.", "Something else."):
        (citation,) = cited("library", "topic", "HbA1c test", library.topic, quote).citations
        sheet = origin_in_library(library, citation).sheet
        assert sheet.lit is not None
        assert sheet.text[slice(*sheet.lit)] == quote
        assert len(sheet.text) <= LEAF


def test_text_stands_in_where_the_page_cannot_be_drawn(desk: Desk) -> None:
    desk.documents.drawable = False
    desk.ask()
    desk.sentences()[0].click()
    desk.wait()
    assert not desk.screen.panel.view.has_picture
    assert desk.screen.panel.view.passage.accessibleDescription() == FROM_REPORT.text
    assert "This page can't be drawn" in desk.words()


def test_a_source_that_is_gone_still_shows_what_was_quoted(desk: Desk) -> None:
    desk.assistant.sentences = (GONE,)
    desk.ask()
    desk.sentences()[0].click()
    desk.wait()
    message = desk.screen.panel.view.message()
    assert "not in the library any more" in message
    assert "No fasting." in message
    assert not desk.button("Open in full").isEnabled()


def test_next_source_goes_round(desk: Desk) -> None:
    desk.ask()
    desk.sentences()[2].click()
    desk.wait()
    desk.button("Next source").click()
    desk.wait()
    assert [s.isChecked() for s in desk.sentences()] == [True, False, False]


def test_open_in_full_says_which_place_of_which_shelf(desk: Desk) -> None:
    documents, articles = (
        QSignalSpy(desk.screen.open_document),
        QSignalSpy(desk.screen.open_article),
    )
    desk.ask()
    for index in (0, 1):
        desk.sentences()[index].click()
        desk.wait()
        desk.button("Open in full").click()
    assert documents.at(0) == ["report", 1, 16, len(FROM_REPORT.text)]
    assert articles.at(0)[:2] == ["topic", 1]


def test_escape_closes_the_source_and_goes_back_to_the_sentence(desk: Desk) -> None:
    desk.ask()
    desk.sentences()[1].setFocus()
    desk.sentences()[1].click()
    desk.wait()
    assert desk.screen.panel.view.passage.hasFocus()
    QTest.keyClick(desk.screen.panel.view.passage, Qt.Key.Key_Escape)
    assert not desk.screen.panel.isVisible()
    assert desk.sentences()[1].hasFocus()
    assert not any(s.isChecked() for s in desk.sentences())


def test_a_source_does_not_take_the_keys_from_somebody_who_writes(desk: Desk) -> None:
    desk.ask()
    desk.sentences()[0].click()
    desk.screen.composer.field.edit.setFocus()
    desk.wait()
    assert desk.screen.composer.field.edit.hasFocus()


@pytest.mark.parametrize(("width", "panel"), [(1134, 416), (1368, 620)])
def test_a_wide_window_has_a_wide_source(desk: Desk, width: int, panel: int) -> None:
    desk.screen.resize(width, 700)
    assert desk.screen.panel.maximumWidth() == panel


def test_print_in_a_narrow_source_is_large_enough_and_can_be_changed(desk: Desk) -> None:
    desk.ask()
    desk.sentences()[0].click()
    desk.wait()
    page = desk.screen.panel.view.page
    before = page._sheet.width()
    assert before > desk.screen.panel.width()
    desk.button("Smaller").click()
    assert page._sheet.width() < before
    desk.sentences()[1].click()
    desk.wait()
    assert not page.smaller.isVisible()


def test_an_emergency_comes_first_and_nothing_is_louder(desk: Desk) -> None:
    desk.assistant.found = triage_of(Level.EMERGENCY, AMBULANCE)
    desk.ask("My chest hurts")
    banner = desk.screen.findChild(EmergencyBanner)
    assert isinstance(banner, EmergencyBanner)
    assert "Call 112 now" in banner.accessibleName()
    assert "Say the address you are at now" in desk.words()
    assert "Rosa Harlow, born 14 February 1958" in desk.words()
    top = banner.mapToGlobal(banner.rect().topLeft()).y()
    assert top < desk.sentences()[0].mapToGlobal(desk.sentences()[0].rect().topLeft()).y()
    loud = [b for b in desk.screen.findChildren(Button) if b.property("kind") == "primary"]
    assert not any(button.isVisible() for button in loud)


def test_a_crisis_line_comes_with_the_other_number_and_nothing_to_read_out(desk: Desk) -> None:
    desk.assistant.found = triage_of(Level.EMERGENCY, CRISIS, AMBULANCE)
    desk.assistant.sentences = ()
    desk.ask("I can't go on")
    words = desk.words()
    assert "Crisis line: 116 123." in words
    assert "Who else to call" in words
    assert "Say the address" not in words


def test_what_should_be_seen_soon_is_said_calmly(desk: Desk) -> None:
    desk.assistant.found = triage_of(Level.URGENT)
    desk.ask("I cough")
    assert desk.screen.findChild(EmergencyBanner) is None
    banner = desk.screen.findChild(Banner)
    assert isinstance(banner, Banner)
    assert banner.property("kind") == "banner-warn"
    assert "Possible heart attack. This can be serious." in banner.accessibleName()


def test_mild_advice_is_said_last(desk: Desk) -> None:
    desk.assistant.found = triage_of(Level.SELF_CARE)
    desk.ask("I have a cold")
    assert desk.screen.findChild(Banner) is None
    assert "This can be serious." in desk.words()


def test_whom_to_call_is_said_where_the_rules_could_not_read_the_question(desk: Desk) -> None:
    desk.assistant.found = replace(triage_of(Level.NONE), reasons=(NOT_READ,))
    desk.ask("\u00bfQu\u00e9 hago?")
    assert "This can be serious." in desk.words()


def test_nothing_found_says_what_to_do_and_gives_the_question_back(desk: Desk) -> None:
    desk.assistant.sentences = ()
    desk.ask("Why is the sky blue?")
    assert "Nothing in your documents or library answers this." in desk.words()
    assert NEXT_STEP in desk.words()
    desk.button("Change the question").click()
    assert desk.screen.composer.field.edit.text() == "Why is the sky blue?"


def test_an_error_is_shown_and_the_next_try_works(desk: Desk) -> None:
    desk.assistant.error = ChildDied("The part that writes answers has stopped. Ask again.")
    desk.ask()
    assert "The part that writes answers has stopped. Ask again." in desk.words()
    desk.assistant.error = None
    desk.button("Try again").click()
    desk.wait()
    assert len(desk.sentences()) == 3


def test_an_unexpected_error_shows_only_its_type(desk: Desk, errors: list[Exception]) -> None:
    desk.assistant.error = ValueError("Rosa has diabetes")
    desk.ask()
    assert "Your records are safe. (ValueError)" in desk.words()
    assert "Rosa has diabetes" not in desk.words()
    assert errors == []


def test_stop_ends_the_question_at_once(
    make: Make, threaded_tasks: TaskRunner, qtbot: QtBot
) -> None:
    desk = make(threaded_tasks)
    desk.assistant.gate = threading.Event()
    desk.screen.ask(QUESTION)
    qtbot.waitUntil(lambda: "Reading 2 documents and 5 library articles" in desk.words())
    assert not desk.screen.composer.send.isVisible()
    desk.button("Stop").click()
    qtbot.waitUntil(lambda: "Stopped before the end" in desk.words())
    assert desk.screen.composer.send.isVisible()
    desk.assistant.gate.set()
    desk.wait()
    assert not desk.sentences()
    desk.button("Ask it again").click()
    desk.wait()
    assert len(desk.sentences()) == 3


def test_a_second_question_waits_in_the_field(
    make: Make, threaded_tasks: TaskRunner, qtbot: QtBot
) -> None:
    desk = make(threaded_tasks)
    desk.assistant.gate = threading.Event()
    desk.screen.ask(QUESTION)
    desk.screen.ask("And then?")
    assert desk.screen.composer.field.edit.text() == "And then?"
    desk.assistant.gate.set()
    qtbot.waitUntil(lambda: len(desk.sentences()) == 3)
    desk.wait()
    assert len(desk.assistant.asked) == 1


def test_a_new_chat_drops_the_question_under_way(make: Make, threaded_tasks: TaskRunner) -> None:
    desk = make(threaded_tasks)
    desk.assistant.gate = threading.Event()
    desk.screen.ask(QUESTION)
    desk.screen.new_chat()
    desk.assistant.gate.set()
    desk.wait()
    assert not desk.sentences()
    assert "Ask about the records" in desk.words()
    assert desk.screen.composer.field.edit.hasFocus()


def test_earlier_chats_are_read_again_and_gone_on_with(desk: Desk) -> None:
    desk.assistant.found = triage_of(Level.EMERGENCY, AMBULANCE)
    desk.ask()
    desk.screen.new_chat()
    desk.button("Earlier chats").click()
    desk.wait()
    rows = desk.screen.chats.list.rows()
    assert [(row.title, row.detail) for row in rows] == [(QUESTION, "Last on 3 June 2026")]
    desk.screen.chats.list.chosen.emit("t")
    desk.wait()
    assert "Asked on 3 June 2026" in desk.words()
    assert "Possible heart attack, asked on 3 June 2026" in desk.words()
    assert desk.screen.findChild(EmergencyBanner) is None or not any(
        banner.isVisible() for banner in desk.screen.findChildren(EmergencyBanner)
    )
    desk.ask("And now?")
    assert desk.assistant.asked[-1] == ("And now?", "t")


def test_earlier_chats_can_be_left_again(desk: Desk) -> None:
    desk.button("Earlier chats").click()
    desk.wait()
    assert "No earlier chats yet" in desk.words()
    QTest.keyClick(desk.screen.chats, Qt.Key.Key_Escape)
    assert "Ask about the records" in desk.words()
    desk.button("Earlier chats").click()
    desk.button("Earlier chats").click()
    desk.wait()
    assert "Ask about the records" in desk.words()
