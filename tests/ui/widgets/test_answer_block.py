"""An answer grows sentence by sentence, and each sentence opens what it stands on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.theme import make_theme
from healthmate_desktop.ui.widgets.answer import AnswerBlock, QuestionBubble
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.layout import page
from healthmate_desktop.ui.widgets.sentence import CitedSentence, Sentence

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

Show = Callable[..., QWidget]
SENTENCES = (
    Sentence("Your last HbA1c was 6.7 % on 3 June 2026.", 1, "Northgate report"),
    Sentence("It shows the average blood glucose of the past 2 to 3 months.", 2, "HbA1c test"),
    Sentence("For many adults the goal is below 7 %.", 2, "HbA1c test"),
)


@pytest.fixture
def block() -> AnswerBlock:
    answer = AnswerBlock("From 1 lab report, on this computer")
    for sentence in SENTENCES:
        answer.add_sentence(sentence)
    return answer


def sentences(answer: AnswerBlock) -> list[CitedSentence]:
    return answer.findChildren(CitedSentence)


def lit(answer: AnswerBlock) -> list[int]:
    return [number for number, item in enumerate(sentences(answer)) if item.isChecked()]


def words(widget: QWidget) -> list[str]:
    return [label.accessibleName() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_it_shows_what_has_come_so_far(show: Show) -> None:
    answer = AnswerBlock()
    window = show(page(answer, 0))
    seen = []
    for sentence in SENTENCES:
        answer.add_sentence(sentence)
        QApplication.sendPostedEvents()
        seen.append(answer.sizeHint().height())
    assert seen == sorted(set(seen))
    assert all(item.isVisible() for item in sentences(answer))
    tops = [item.mapTo(window, QPoint()).y() for item in sentences(answer)]
    assert tops == sorted(set(tops))


def test_what_is_not_known_is_said_last(block: AnswerBlock, show: Show) -> None:
    window = show(block)
    block.finish("Your sources do not say why it went down.", Button("Copy"))
    QApplication.sendPostedEvents()
    assert words(block) == [
        "From 1 lab report, on this computer",
        "Your sources do not say why it went down.",
    ]
    gap = next(label for label in block.findChildren(QLabel) if "do not say" in label.text())
    last = sentences(block)[-1]
    assert gap.mapTo(window, QPoint()).y() > last.mapTo(window, QPoint()).y()


def test_an_answer_of_nothing_but_a_gap_has_no_empty_lines(show: Show) -> None:
    answer = AnswerBlock()
    show(answer)
    answer.finish("Nothing in your documents or the library answers this.")
    QApplication.sendPostedEvents()
    assert words(answer) == ["Nothing in your documents or the library answers this."]


def test_a_click_lights_one_sentence_and_opens_its_source(block: AnswerBlock, show: Show) -> None:
    opened: list[int] = []
    block.opened.connect(opened.append)
    show(block)
    QTest.mouseClick(sentences(block)[1], Qt.MouseButton.LeftButton)
    QTest.mouseClick(sentences(block)[2], Qt.MouseButton.LeftButton)
    assert opened == [1, 2]
    assert lit(block) == [2]


def test_a_second_click_opens_it_again_and_keeps_it_lit(block: AnswerBlock, show: Show) -> None:
    opened: list[int] = []
    block.opened.connect(opened.append)
    show(block)
    for _ in range(2):
        QTest.mouseClick(sentences(block)[0], Qt.MouseButton.LeftButton)
    assert opened == [0, 0]
    assert lit(block) == [0]


def test_lighting_from_outside_opens_nothing(block: AnswerBlock) -> None:
    opened: list[int] = []
    block.opened.connect(opened.append)
    block.choose(1)
    assert lit(block) == [1]
    block.choose(None)
    assert lit(block) == []
    assert opened == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_keyboard_walks_the_sentences_and_opens_one(
    block: AnswerBlock, show: Show, key: Qt.Key
) -> None:
    opened: list[int] = []
    block.opened.connect(opened.append)
    show(block)
    block.focus_sentence(0)
    QTest.keyClick(sentences(block)[0], Qt.Key.Key_Down)
    assert sentences(block)[1].hasFocus()
    assert opened == []
    QTest.keyClick(sentences(block)[1], key)
    assert opened == [1]


def test_a_sentence_says_its_source_to_a_screen_reader(block: AnswerBlock) -> None:
    assert sentences(block)[0].accessibleName() == (
        "Your last HbA1c was 6.7 % on 3 June 2026. Source 1, Northgate report"
    )


@pytest.mark.parametrize("width", [240, 360, 520, 680])
@pytest.mark.parametrize("source", ["Lab", "A name of a source that goes on and on, page 12"])
def test_words_and_chip_stay_inside_the_sentence(width: int, source: str) -> None:
    text = "It shows the average blood glucose of the past 2 to 3 months, so one day does little."
    item = CitedSentence(Sentence(text, 3, source))
    item.resize(width, item.heightForWidth(width))
    image = item.grab().toImage()
    ground = image.pixelColor(0, 0)
    edges = [(x, y) for x in (0, image.width() - 1) for y in range(image.height())]
    edges += [(x, y) for y in (0, image.height() - 1) for x in range(image.width())]
    assert all(image.pixelColor(x, y) == ground for x, y in edges)


def test_the_lit_sentence_has_the_colour_of_the_marker() -> None:
    item = CitedSentence(SENTENCES[0])
    item.setChecked(True)
    item.resize(600, item.heightForWidth(600))
    image = item.grab().toImage()
    marker = make_theme("light").colours.lit.lower()
    middle = image.height() // 2
    assert marker in {image.pixelColor(x, middle).name() for x in range(image.width())}


def test_larger_text_gets_more_room_and_nothing_is_cut(
    qapp: QApplication, block: AnswerBlock, show: Show
) -> None:
    area = page(QuestionBubble("Is my HbA1c getting better, and what does it mean?"), block, 0)
    show(area, size=(500, 400))
    apply_theme(qapp, make_theme("dark", 1.5))
    qapp.sendPostedEvents()
    qapp.processEvents()
    assert all(item.height() >= item.heightForWidth(item.width()) for item in sentences(block))


def test_a_short_question_is_a_short_bubble(show: Show) -> None:
    short, long = QuestionBubble("Thanks"), QuestionBubble("Is my HbA1c getting better? " * 8)
    area = page(short, long, 0)
    show(area, size=(900, 500))
    assert isinstance(area, QScrollArea)
    narrow, wide = (bubble.findChildren(QLabel)[0].width() for bubble in (short, long))
    assert narrow < 100
    assert 400 < wide <= 464


def test_a_question_is_never_taken_for_markup() -> None:
    bubble = QuestionBubble("Is <b>5</b> & 6 high?")
    assert "&lt;b&gt;5&lt;/b&gt;" in bubble.findChildren(QLabel)[0].text()
    assert bubble.findChildren(QLabel)[0].accessibleName() == "You asked: Is <b>5</b> & 6 high?"
