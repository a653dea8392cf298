"""The sources of the library: what is said of each, and how one is removed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QWidget

from healthmate_desktop.errors import DiskFull
from healthmate_desktop.services.shelf import Described
from healthmate_desktop.ui.library.source_words import language_words, licence_words
from healthmate_desktop.ui.library.sources import SourcesCard
from ui.library.library_fakes import BOOK, STARTER, Books, button, has_button, source, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from healthmate_desktop.ui.changes import Changes
    from healthmate_desktop.ui.library.screen import LibraryScreen

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]


def test_each_source_says_its_size_date_licence_and_origin(screen: LibraryScreen) -> None:
    said = words(screen)
    assert "Plain words about an illness, a test or a treatment. A start, to be added to." in said
    assert "Free to use and share (MIT), March 2026. 2 articles, 4 passages." in said
    assert "Came with HealthMate on 3 June 2026 and stays" in said
    assert "Your own files: guidelines, leaflets, books." in said
    assert "Your copy, for your own use, March 2019. 1 article, 4 passages." in said
    assert "Not reviewed by a clinician" in said
    assert "About 11.0 MB on this computer." in said
    assert "Added by you on 3 June 2026. About 2.3 GB on this computer." in said


@pytest.mark.parametrize(
    ("today", "old"),
    [(date(2022, 2, 28), ""), (date(2022, 3, 1), "From 2019. Advice may have changed since.")],
)
def test_what_is_old_says_so(show: Callable[..., QWidget], today: date, old: str) -> None:
    card = SourcesCard()
    window = show(card)
    card.show_sources([Described(BOOK), Described(source("undated", "beir", None))], today)
    assert window.isVisible()
    said = [w.accessibleName() for w in card.findChildren(QLabel) if "Advice may" in w.text()]
    assert said == ([old] if old else [])
    assert "date not known" in "".join(w.accessibleName() for w in card.findChildren(QLabel))


def test_an_empty_library_says_what_belongs_here(
    screen: LibraryScreen, books: Books, changes: Changes, qtbot: QtBot
) -> None:
    books.kept = []
    changes.library_changed.emit()
    qtbot.waitUntil(lambda: "The library is empty" in words(screen))


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ("CC-BY-4.0", "Free to share with its author named (CC-BY-4.0)"),
        (
            "CC-BY-NC-SA-3.0",
            "Free to share with its author named, not for sale, pass on under the same terms (CC-BY-NC-SA-3.0)",
        ),
        ("CC-BY-4.0, CC0-1.0", "Several licences (CC-BY-4.0, CC0-1.0)"),
        ("Open Government", "Licence: Open Government"),
        ("", "Your copy, for your own use"),
    ],
)
def test_licences_are_said_in_plain_words(licence: str, said: str) -> None:
    assert licence_words(licence) == said


@pytest.mark.parametrize(
    ("languages", "said"),
    [
        (("en", ""), ""),
        ((), ""),
        (("en", "es"), "in English and Spanish"),
        (("ca",), "in ca"),
    ],
)
def test_languages_are_named_unless_all_is_english(languages: tuple[str, ...], said: str) -> None:
    assert language_words(languages) == said


def test_removing_asks_first(
    screen: LibraryScreen, books: Books, changes: Changes, wait: Callable[[], None], qtbot: QtBot
) -> None:
    told = QSignalSpy(changes.library_changed)
    button(screen, "Remove The guideline").click()
    qtbot.waitUntil(lambda: "Remove The guideline from the library?" in words(screen))
    assert button(screen, "Keep it").hasFocus()
    button(screen, "Keep it").click()
    assert not has_button(screen, "Remove 1 article")
    assert len(books.kept) == 2
    button(screen, "Remove The guideline").click()
    qtbot.waitUntil(lambda: has_button(screen, "Remove 1 article"))
    button(screen, "Remove 1 article").click()
    wait()
    assert books.kept == [STARTER]
    assert told.count() == 1
    qtbot.waitUntil(lambda: not has_button(screen, "Remove The guideline"))


def test_escape_keeps_the_source_and_goes_back_to_it(screen: LibraryScreen, qtbot: QtBot) -> None:
    button(screen, "Remove The guideline").click()
    qtbot.waitUntil(lambda: has_button(screen, "Keep it"))
    QTest.keyClick(button(screen, "Keep it"), Qt.Key.Key_Escape)
    assert not has_button(screen, "Remove 1 article")
    assert button(screen, "Read The guideline").hasFocus()


def test_the_keyboard_stays_where_it_is_while_sources_are_added(
    screen: LibraryScreen, books: Books, changes: Changes, qtbot: QtBot
) -> None:
    button(screen, "Refresh The guideline").setFocus()
    books.kept.append(source("leaflets", "file", None))
    changes.library_changed.emit()
    qtbot.waitUntil(lambda: has_button(screen, "Read The leaflets"))
    assert button(screen, "Refresh The guideline").hasFocus()


def test_a_source_is_removed_while_another_is_being_added(
    adding: LibraryScreen, books: Books, qtbot: QtBot
) -> None:
    button(adding, "Remove The guideline").click()
    qtbot.waitUntil(lambda: has_button(adding, "Remove 1 article"))
    button(adding, "Remove 1 article").click()
    qtbot.waitUntil(lambda: books.kept == [STARTER])
    books.gate.set()
    qtbot.waitUntil(lambda: "Adding PMC" not in words(adding))


def test_a_source_that_cannot_be_removed_says_why(
    screen: LibraryScreen, books: Books, qtbot: QtBot
) -> None:
    books.error = DiskFull()
    button(screen, "Remove The guideline").click()
    qtbot.waitUntil(lambda: has_button(screen, "Remove 1 article"))
    button(screen, "Remove 1 article").click()
    qtbot.waitUntil(lambda: "The guideline was not removed" in words(screen))
    assert str(books.error) in words(screen)


def test_the_starter_topics_stay(screen: LibraryScreen, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: has_button(screen, "Remove The guideline"))
    assert not has_button(screen, "Remove The topics")


def test_an_open_source_that_is_removed_is_left(
    screen: LibraryScreen, books: Books, changes: Changes, wait: Callable[[], None], qtbot: QtBot
) -> None:
    button(screen, "Read The guideline").click()
    wait()
    books.kept = [STARTER]
    changes.library_changed.emit()
    qtbot.waitUntil(lambda: has_button(screen, "Read The topics"))
