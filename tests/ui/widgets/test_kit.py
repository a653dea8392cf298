"""What is true of every part: it has a name, it is large enough to hit, and it survives a change of look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.theme import TEXT_SCALES, make_theme
from healthmate_desktop.ui.widgets.answer import AnswerBlock, QuestionBubble
from healthmate_desktop.ui.widgets.brand import Mark, window_icon
from healthmate_desktop.ui.widgets.buttons import Button
from healthmate_desktop.ui.widgets.controls import CheckBox, Segments, Switch
from healthmate_desktop.ui.widgets.drop_zone import DropZone
from healthmate_desktop.ui.widgets.emergency import EmergencyBanner
from healthmate_desktop.ui.widgets.feedback import Banner, EmptyState, ProgressRow
from healthmate_desktop.ui.widgets.layout import Card, Header, Rule, column, page, row
from healthmate_desktop.ui.widgets.navigation import NavRail, Person, Place
from healthmate_desktop.ui.widgets.page_view import PageView
from healthmate_desktop.ui.widgets.passage import PassageView
from healthmate_desktop.ui.widgets.section import Line, SearchField, SectionHeader
from healthmate_desktop.ui.widgets.sentence import Sentence
from healthmate_desktop.ui.widgets.text import Avatar, Elided, Icon, KeyHint, Tag, Text, whole
from healthmate_desktop.ui.widgets.unlock import UnlockPanel

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

Show = Callable[..., QWidget]


def everything() -> QWidget:
    rail = NavRail([[Place("ask", "Ask", "ask", "Ctrl+1")]], "ask")
    rail.person.show_person(Person("RH", "Rosa Harlow", "68 years", 0))
    answer = AnswerBlock("From 1 lab report")
    answer.add_sentence(Sentence("Your last HbA1c was 6.7 %.", 1, "Northgate report"))
    answer.finish("That is all.", Button("Copy", "plain", "copy", size="small"))
    passage, sheet = PassageView(), PageView()
    passage.show_passage("One. Two.", (0, 4))
    card = Card()
    card.add(
        SectionHeader("Sources", "5", Button("Add", size="small")),
        Rule(),
        Line("library", "Starter set", "180 topics", Switch("Use the starter set")),
        row(Button("Show", "plain", size="small", flush=True), Button("Labs", "chip")),
        Segments("Look", [("a", "Light"), ("b", "Dark")], "a"),
        CheckBox("I have written it down"),
        SearchField("Find", "Find in documents", key="Ctrl K"),
        row(Tag("New", "accent"), KeyHint("Ctrl K"), Avatar("RH", 0), Icon("info"), Mark(), 0),
        row(sheet.smaller, sheet.larger, 0),
    )
    body = page(
        Header("Library", "What is quoted from", Button("Add sources", icon="add-file")),
        Banner("warn", "This source is 7 years old", "Newer advice may differ."),
        EmergencyBanner("This could be a stroke", "Call.", "112", steps=["Sit down."]),
        ProgressRow("Adding", "3 of 4", 3, 4),
        EmptyState("document", "No documents yet", "Add one.", [Button("Add", "primary")]),
        DropZone("Drop files here", "PDF"),
        QuestionBubble("Is it better?"),
        answer,
        card,
        UnlockPanel("Home"),
    )
    holder = QWidget()
    line = row(rail, spacing=0)
    line.addWidget(body, 2)
    line.addLayout(column(sheet, passage), 1)
    holder.setLayout(line)
    return holder


def settle(app: QApplication) -> None:
    for _ in range(3):
        app.processEvents()


@pytest.mark.parametrize("scale", TEXT_SCALES)
def test_every_control_has_a_name_and_is_large_enough(
    qapp: QApplication, show: Show, scale: float
) -> None:
    holder = everything()
    show(holder, size=(1366, 768))
    apply_theme(qapp, make_theme("light", scale))
    settle(qapp)
    controls = [*holder.findChildren(QAbstractButton), *holder.findChildren(QLineEdit)]
    assert len(controls) > 20
    for control in controls:
        words = control.text() if isinstance(control, QAbstractButton) else ""
        assert control.accessibleName() or words
        target = control.parentWidget() if control.property("kind") == "bare" else control
        assert target is not None
        assert min(target.width(), target.height()) >= 32, control.accessibleName() or words


@pytest.mark.parametrize("scale", TEXT_SCALES)
def test_no_words_are_cut_off(qapp: QApplication, show: Show, scale: float) -> None:
    holder = everything()
    show(holder, size=(1366, 768))
    apply_theme(qapp, make_theme("dark", scale))
    settle(qapp)
    for label in holder.findChildren(QLabel):
        if label.isVisible():
            need = label.heightForWidth(label.width()) if label.wordWrap() else 0
            assert label.height() >= need, label.text()
            assert label.wordWrap() or label.width() >= label.minimumSizeHint().width()


def test_changing_the_look_again_and_again_is_safe(qapp: QApplication, show: Show) -> None:
    holder = everything()
    show(holder, size=(1366, 768))
    light = holder.grab().toImage()
    for _ in range(3):
        apply_theme(qapp, make_theme("dark", 1.25))
        settle(qapp)
    dark = holder.grab().toImage()
    apply_theme(qapp, make_theme("light"))
    settle(qapp)
    assert dark != light
    assert dark.pixelColor(5, 5) == make_theme("dark").colour("sidebar")
    assert holder.grab().toImage().pixelColor(5, 5) == make_theme("light").colour("sidebar")


def test_a_page_scrolls_down_and_never_sideways(qapp: QApplication, show: Show) -> None:
    area = page(Text("A long line of words. " * 30, wrap=True), *(Rule() for _ in range(60)), 0)
    show(area, size=(400, 300))
    settle(qapp)
    assert area.verticalScrollBar().maximum() > 0
    assert area.horizontalScrollBar().maximum() == 0


def test_a_page_is_never_wider_than_can_be_read(show: Show) -> None:
    rule = Rule()
    show(page(rule), size=(2400, 400))
    assert rule.width() <= 1280


def test_a_number_never_parts_from_its_unit() -> None:
    assert whole("6.7 % on 3 June") == "6.7\u00a0% on 3\u00a0June"
    assert len(whole("10 mg, 2 times")) == len("10 mg, 2 times")


def test_words_from_outside_are_never_taken_for_markup() -> None:
    for wrap in (True, False):
        text = Text("<b>5</b> & 6", wrap=wrap)
        assert text.accessibleName() == "<b>5</b> & 6"
        assert (text.textFormat() == Qt.TextFormat.PlainText) is not wrap
    assert "&lt;b&gt;" in Text("<b>5</b>", wrap=True).text()
    assert Tag("<b>").textFormat() == Qt.TextFormat.PlainText


def test_words_and_icons_can_change_their_tone(show: Show) -> None:
    colours = make_theme("light").colours
    text, icon = Text("Stopped", "display"), Icon("alert", size=40)
    show(text, icon, size=(160, 120))

    def inks(widget: QWidget) -> set[str]:
        image = widget.grab().toImage()
        points = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return {image.pixelColor(x, y).name() for x, y in points}

    for widget in (text, icon):
        assert colours.error.lower() not in inks(widget)
        widget.tint("error")
        assert colours.error.lower() in inks(widget)


def test_a_name_that_gives_way_is_whole_in_its_tool_tip(show: Show) -> None:
    name = "Lakeside laboratory report of January, second copy.pdf"
    short, long = Elided("Short"), Elided(name, middle=True)
    show(short, long, size=(200, 200))
    assert long.shown_text().endswith(".pdf")
    assert "…" in long.shown_text()
    assert long.toolTip() == long.accessibleName() == name
    assert short.toolTip() == ""
    long.say("Brief")
    assert long.toolTip() == ""
    assert long.accessibleName() == "Brief"


def test_a_search_field_takes_the_focus_and_shows_it(show: Show) -> None:
    field = SearchField("Find", "Find in documents")
    show(field)
    field.setFocus()
    assert field.edit.hasFocus()
    assert field.property("active") == "true"
    QTest.keyClicks(field.edit, "hba1c")
    assert field.edit.text() == "hba1c"
    field.edit.clearFocus()
    assert field.property("active") == "false"


def test_context_can_be_said_later(show: Show) -> None:
    header, section = Header("Library"), SectionHeader("Sources")
    show(header, section)
    assert not header.detail.isVisible()
    header.say("4 sources")
    section.say("4 are on")
    assert header.detail.isVisible()
    assert [e.accessibleName() for e in section.findChildren(Elided)] == ["4 are on"]


def test_the_window_has_the_mark_in_every_size(qapp: QApplication) -> None:  # noqa: ARG001
    assert {size.width() for size in window_icon().availableSizes()} == {16, 32, 64, 128}
