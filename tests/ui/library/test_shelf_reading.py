"""A source is read: its titles, what is found in it, and an article that was cited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from healthmate_desktop.domain.library import Article
from healthmate_desktop.domain.retrieval import Filters
from healthmate_desktop.ui.library.article import LEAF, cuts_of
from ui.library.library_fakes import (
    BOOK,
    QUOTE,
    STARTER,
    TOPIC,
    Books,
    Finder,
    button,
    has_button,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.library.screen import LibraryScreen

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


def test_a_source_is_read_article_by_article(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    shelf = screen.shelf
    assert [row.title for row in shelf.list.rows()] == ["Asthma", "Burns"]
    assert shelf.reader.view.passage.toPlainText().startswith("Asthma\n\nSigns")
    where = shelf.list.visualRect(shelf.list.model().index(1, 0)).center()
    QTest.mouseClick(shelf.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    wait()
    assert shelf.reader.title.accessibleName() == "Burns"
    assert "Not reviewed by a clinician" in words(shelf)
    button(screen, "All sources").click()
    assert has_button(screen, "Read The topics")


def looked_for(screen: LibraryScreen, said: str, wait: Callable[[], None]) -> None:
    screen.shelf.search.edit.setText(said)
    QTest.keyClick(screen.shelf.search.edit, Qt.Key.Key_Return)
    wait()


def titles(screen: LibraryScreen) -> list[str]:
    return [row.title for row in screen.shelf.list.rows()]


def test_titles_are_found(screen: LibraryScreen, wait: Callable[[], None]) -> None:
    button(screen, "Read The topics").click()
    wait()
    looked_for(screen, "BUR", wait)
    assert titles(screen) == ["Burns"]
    QTest.keyClick(screen.shelf.list, Qt.Key.Key_Escape)  # takes back the search first
    wait()
    assert titles(screen) == ["Asthma", "Burns"]
    assert screen.shelf.isVisible()


def test_the_whole_text_of_a_source_is_searched_and_of_no_other(
    screen: LibraryScreen, finder: Finder, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    looked_for(screen, "whistling", wait)
    assert "No title in this source has \u201cwhistling\u201d." in words(screen)
    button(screen, "Look in the whole text").click()
    wait()
    assert finder.filters == [Filters(only=frozenset([STARTER.id]))]
    assert [row.detail for row in screen.shelf.list.rows()] == ["Signs"]
    where = screen.shelf.list.visualRect(screen.shelf.list.model().index(0, 0)).center()
    QTest.mouseClick(screen.shelf.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    wait()
    assert screen.shelf.reader.view.passage.accessibleDescription() == QUOTE
    finder.nothing = True
    looked_for(screen, "zebra", wait)
    assert "Nothing in this source is about \u201czebra\u201d." in words(screen)
    button(screen, "Show all titles").click()
    wait()
    assert titles(screen) == ["Asthma", "Burns"]


def test_articles_follow_each_other_as_in_a_book(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    reader = screen.shelf.reader
    assert "1 of 2" in words(screen)
    assert not reader.earlier.isEnabled()
    reader.later.click()
    wait()
    assert reader.title.accessibleName() == "Burns"
    assert screen.shelf.list.current() == "burns"
    assert not reader.later.isEnabled()
    reader.earlier.click()
    wait()
    assert reader.title.accessibleName() == "Asthma"


def test_headings_are_offered_and_gone_to_without_light(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    button(screen, "Contents").click()
    menu = screen.shelf.reader.findChild(QMenu)
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Signs", "Care"]
    menu.actions()[1].trigger()
    menu.close()
    wait()
    assert screen.shelf.reader.view.passage.accessibleDescription() == ""
    screen.shelf.reader.later.click()
    wait()
    assert not has_button(screen, "Contents")  # it has no headings


def test_an_article_says_whose_it_is_and_how_old(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The guideline").click()
    wait()
    assert "March 2019. Your copy, for your own use." in words(screen.shelf.reader)
    assert "From 2019. Advice may have changed since." in words(screen.shelf.reader)


def test_words_are_found_in_the_open_article(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    button(screen, "Read The topics").click()
    wait()
    reader = screen.shelf.reader
    reader.find_button.click()
    reader.finding.field.edit.setText("asthma")
    reader.finding.wanted.emit("asthma")
    assert reader.finding.count.accessibleName() == "1 of 2"
    reader.finding.wanted.emit("zebra")
    assert reader.finding.count.accessibleName() == "Not in this document"


def test_words_on_another_page_are_gone_to(screen: LibraryScreen, wait: Callable[[], None]) -> None:
    button(screen, "Read The guideline").click()
    wait()
    screen.shelf.reader.elsewhere_wanted.emit("second", 1, 1)
    wait()
    assert screen.shelf.reader.title.accessibleName() == "Guideline, page 2 of 2"
    screen.shelf.reader.elsewhere_wanted.emit("zebra", 2, 1)
    wait()
    assert screen.shelf.reader.finding.count.accessibleName() == "Not in this article"


def test_escape_goes_back_to_the_sources(screen: LibraryScreen, wait: Callable[[], None]) -> None:
    button(screen, "Read The topics").click()
    wait()
    QTest.keyClick(screen.shelf.list, Qt.Key.Key_Escape)
    assert has_button(screen, "Read The topics")


def test_a_cited_article_opens_with_its_words_lit(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    screen.open_article("asthma", 1, TOPIC.index(QUOTE), len(QUOTE))
    wait()
    assert screen.shelf.reader.view.passage.accessibleDescription() == QUOTE
    assert screen.shelf.list.current() == "asthma"
    screen.shelf.search.edit.setText("burns")
    screen.open_article("asthma", 1, 0, 0)
    wait()
    assert screen.shelf.reader.view.passage.accessibleDescription() == ""
    assert len(screen.shelf.list.rows()) == 2


def test_a_cited_page_of_a_file_is_shown_as_it_looks(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    screen.open_article("book", 2, 0, 6)
    wait()
    assert screen.shelf.reader.view.has_picture
    assert len(screen.shelf.reader.view.page._sheet.lit) == 1
    screen.shelf.reader.back.click()
    wait()
    assert screen.shelf.reader.title.accessibleName() == "Guideline, page 1 of 2"
    assert not screen.shelf.reader.view.page._sheet.lit


def test_a_cited_article_that_is_gone_is_said_to_be(
    screen: LibraryScreen, wait: Callable[[], None], errors: list[Exception]
) -> None:
    screen.open_article("gone", 1, 0, 0)
    wait()
    assert "This article is not in the library any more." in words(screen)
    assert errors == []


def long_article(books: Books) -> str:
    """One Markdown file with a section of 400 kB, in the library; its text."""
    text = "\n\n".join(
        f"Paragraph {n} is about breathing." + " More of it." * 20 for n in range(1500)
    )
    text = f"# Long\n\n{text}\n\nThe last words are about wheezing."
    books.texts.append(Article("long", BOOK.id, "Long", (text,)))
    return text


def test_a_very_long_text_is_read_by_pages_of_it(
    screen: LibraryScreen, books: Books, wait: Callable[[], None]
) -> None:
    text = long_article(books)
    quote = "The last words are about wheezing."
    screen.open_article("long", 1, text.index(quote), len(quote))
    wait()
    reader = screen.shelf.reader
    last = reader.number
    assert last > 20
    assert len(reader.view.passage.toPlainText()) <= LEAF
    assert reader.view.passage.accessibleDescription() == quote
    assert reader.title.accessibleName() == f"Long, page {last} of {last}"
    read = []
    for number in range(1, last + 1):
        reader.page_wanted.emit(number)
        wait()
        read.append(reader.view.passage.toPlainText())
    assert read[0].startswith("Long\n\nParagraph 0 is")
    assert "\n".join(read).split() == text.removeprefix("# ").split()  # nothing lost, nothing twice


def test_words_on_another_page_of_a_long_text_are_found(
    screen: LibraryScreen, books: Books, wait: Callable[[], None], qtbot: QtBot
) -> None:
    long_article(books)
    screen.open_article("long", 1, 0, 0)
    wait()
    reader = screen.shelf.reader
    reader.look_for("wheezing")
    qtbot.waitUntil(lambda: reader.number > 20)
    assert "The last words are about wheezing." in reader.view.passage.toPlainText()


def test_a_text_is_cut_where_a_paragraph_ends_else_a_line_or_word_and_wholly() -> None:
    half = "a" * (LEAF - 10)
    for mark in ("\n\n", "\n", " "):
        text = half + mark + "bc" * 30
        assert cuts_of(text) == [(0, len(half + mark)), (len(half + mark), len(text))]
    assert cuts_of("a" * (LEAF + 1)) == [(0, LEAF), (LEAF, LEAF + 1)]
    assert cuts_of("") == [(0, 0)]


def test_escape_goes_back_to_the_source_that_was_read(
    screen: LibraryScreen, wait: Callable[[], None]
) -> None:
    read = button(screen, "Read The guideline")
    read.setFocus()
    QTest.keyClick(read, Qt.Key.Key_Return)
    wait()
    assert screen.shelf.isVisible()
    assert screen.shelf.list.hasFocus()
    QTest.keyClick(screen.shelf.list, Qt.Key.Key_Escape)
    assert button(screen, "Read The guideline").hasFocus()
