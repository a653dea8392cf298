"""Words are found in a document, on this page and on the others, and the size of the page is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.ui.changes import Changes
from healthmate_desktop.ui.documents.document_reader import FIT
from healthmate_desktop.ui.documents.screen import DocumentsScreen
from healthmate_desktop.ui.documents.searching import hits_in
from healthmate_desktop.ui.documents.sharpening import SHARPEST
from ui.documents.document_fakes import LINE, Kept, document, vault_with
from ui.window_fakes import ROSA

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.documents.document_reader import DocumentReader
    from healthmate_desktop.ui.tasks import TaskRunner

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def kept() -> Kept:
    return Kept(
        document("long", pages=4),
        document("note", DocumentKind.MARKDOWN),
        document("locked", None, "unreadable", 0),
    )


@pytest.fixture
def screen(
    kept: Kept, tasks: TaskRunner, show: Callable[..., QWidget], settle: Callable[..., None]
) -> DocumentsScreen:
    made = DocumentsScreen(ROSA, vault_with(kept).opened(), tasks, Changes())
    made.window_kept = show(made, size=(1134, 768))  # type: ignore[attr-defined]
    settle(tasks)
    return made


@pytest.fixture
def reader(screen: DocumentsScreen) -> DocumentReader:
    return screen.reader


@pytest.fixture
def wait(tasks: TaskRunner, settle: Callable[..., None]) -> Callable[[], None]:
    return lambda: settle(tasks)


def find(reader: DocumentReader, words: str) -> None:
    reader.find_button.click()
    reader.finding.field.edit.clear()
    QTest.keyClicks(reader.finding.field.edit, words)
    QTest.keyClick(reader.finding.field.edit, Qt.Key.Key_Return)


def said(reader: DocumentReader) -> str:
    return reader.finding.count.accessibleName()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("glucose  7.2", ["Glucose 7.2"]),
        ("UP", ["up"]),
        ("7.2 nowhere", ["7.2"]),  # not the whole, so each of the words
        ("7x2", []),
        ("  ", []),
    ],
)
def test_words_are_found_whatever_their_case_and_gaps(words: str, found: list[str]) -> None:
    assert [LINE[start:end] for start, end in hits_in(LINE, words)] == found


def test_words_on_the_page_are_marked_one_after_the_other(
    reader: DocumentReader, kept: Kept, wait: Callable[[], None]
) -> None:
    kept.kept = [document("long")]
    find(reader, "u")
    assert said(reader) == "1 of 2 on page 1"
    reader.finding.next.click()
    assert said(reader) == "2 of 2 on page 1"
    reader.finding.back.click()
    assert said(reader) == "1 of 2 on page 1"
    wait()
    assert len(reader.paper._sheet.layers["found"].boxes) == 2


def test_the_next_page_that_has_the_words_is_opened(
    reader: DocumentReader, kept: Kept, wait: Callable[[], None]
) -> None:
    kept.pages["long", 1] = "Nothing here"
    reader.page_wanted.emit(1)
    wait()
    find(reader, "glucose")
    assert said(reader) == "Not on this page. Looking at the others"
    wait()
    assert reader.number == 2
    assert said(reader) == "1 of 1 on page 2"
    QTest.keyClick(reader.finding.field.edit, Qt.Key.Key_Return)  # pages 3 and 4 were lost
    wait()
    assert said(reader) == "On no other page"
    QTest.keyClick(reader.finding.field.edit, Qt.Key.Key_Return, SHIFT)
    wait()
    assert reader.number == 2


def test_words_that_stand_nowhere_are_said_to(
    reader: DocumentReader, wait: Callable[[], None]
) -> None:
    find(reader, "zebra")
    wait()
    assert said(reader) == "Not in this document"
    assert reader.number == 1


def test_text_is_looked_through_as_it_is_shown(
    screen: DocumentsScreen, reader: DocumentReader, wait: Callable[[], None]
) -> None:
    screen.open_at("note", 1, 0, 0)
    wait()
    find(reader, "71.4 kg")
    assert said(reader) == "1 of 1"
    marks = reader.view.passage.extraSelections()
    assert [mark.cursor.selectedText().replace("\u00a0", " ") for mark in marks] == ["71.4 kg"]
    QTest.keyClick(reader.finding.field.edit, Qt.Key.Key_Return)  # round again
    assert said(reader) == "1 of 1"
    find(reader, "zebra")
    assert said(reader) == "Not in this document"


def test_places_are_right_behind_letters_that_qt_counts_twice(reader: DocumentReader) -> None:
    reader.view.passage.show_passage("\U0001f600\U0001f600 one two one")
    reader.view.setCurrentIndex(2)
    reader.finding.open("one")
    marks = reader.view.passage.extraSelections()
    assert [mark.cursor.selectedText() for mark in marks] == ["one", "one"]


def test_escape_closes_the_search_and_takes_the_marks_away(
    screen: DocumentsScreen, reader: DocumentReader
) -> None:
    find(reader, "up")
    QTest.keyClick(reader.finding.field.edit, Qt.Key.Key_Escape)
    assert not reader.finding.isVisible()
    assert "found" not in reader.paper._sheet.layers
    QTest.keyClick(screen, Qt.Key.Key_F3)
    assert not reader.finding.isVisible()


def test_typing_finds_without_enter(reader: DocumentReader, qtbot: QtBot) -> None:
    reader.find_button.click()
    QTest.keyClicks(reader.finding.field.edit, "glu")
    qtbot.waitUntil(lambda: said(reader) == "1 of 1 on page 1")
    reader.finding.field.edit.setFocus()
    QTest.keyClick(reader.finding.field.edit, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: said(reader).startswith("Not "))


def test_what_has_no_page_can_not_be_searched(
    screen: DocumentsScreen, reader: DocumentReader
) -> None:
    assert reader.find_button.isVisible()
    screen.open_at("locked", 1, 0, 0)
    assert not reader.find_button.isVisible()
    assert not reader.zoom.isVisible()
    reader.find_button.click()  # as Ctrl F does
    assert not reader.finding.isVisible()


def test_a_size_is_chosen_and_shown(reader: DocumentReader) -> None:
    assert reader.zoom.text() == "Size: Fit width"
    reader.zoom.choose("150")
    reader.zoom.chosen.emit("150")
    assert reader.paper.percent == 150
    reader.paper.zoom_in()
    assert reader.zoom.text() == "Size: 200 %"
    reader.zoom.chosen.emit(FIT)
    assert reader.paper.percent is None


def test_a_large_page_is_drawn_sharper_up_to_a_limit(
    reader: DocumentReader, kept: Kept, qtbot: QtBot, wait: Callable[[], None]
) -> None:
    reader.paper.zoom_to(400)
    qtbot.waitUntil(lambda: len(kept.widths) == 2)
    assert kept.widths[1] == reader.paper._sheet.width() <= SHARPEST
    wait()
    kept.drawable = False  # then the picture that is there stays
    reader.paper.sharper_wanted.emit(9000)
    wait()
    assert kept.widths[2] == SHARPEST
    assert reader.view.has_picture


def test_a_narrow_pane_leaves_the_name_to_the_list(
    screen: DocumentsScreen, reader: DocumentReader, qtbot: QtBot
) -> None:
    assert reader.title.accessibleName() == "long.pdf, page 1 of 4"
    screen.reader.details.click()
    qtbot.waitUntil(lambda: reader.title.accessibleName() == "Page 1 of 4")
    assert not reader.find_button.isVisible()
