"""A passage of the library with the quoted words lit and in sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QWidget

from healthmate_desktop.ui.stylesheet import apply_theme
from healthmate_desktop.ui.theme import active_theme, make_theme
from healthmate_desktop.ui.widgets.passage import PassageView

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

Show = Callable[..., QWidget]
QUOTE = "It is safe to take 2 tablets."
FILLER = "This line is here so that there is something to scroll past.\n\n" * 40


def span(text: str) -> tuple[int, int]:
    start = text.index(QUOTE)
    return start, start + len(QUOTE)


def lit_words(view: PassageView) -> str:
    """What stands on the marker, as it is drawn."""
    found, document = "", view.document()
    cursor = QTextCursor(document)
    for at in range(document.characterCount() - 1):
        cursor.setPosition(at + 1)
        if cursor.charFormat().background().color() == active_theme().colour("lit"):
            found += document.characterAt(at)
    return found.replace("\u00a0", " ").replace("\u2029", "")  # no paragraph ends inside a quote


@pytest.mark.parametrize(
    "before",
    [
        "",
        "One. ",
        "First paragraph.\n\nSecond. ",
        "Ünïcödé ✓ ",
        "Beyond 16 bits: \U0001f600\U0001f48a ",
    ],
)
@pytest.mark.parametrize("heading", ["", "How much to take"])
def test_exactly_the_quoted_words_are_lit(before: str, heading: str) -> None:
    text = f"{before}{QUOTE} Then wait."
    view = PassageView()
    view.show_passage(text, span(text), heading=heading)
    assert lit_words(view) == QUOTE
    assert view.accessibleDescription() == QUOTE


@pytest.mark.parametrize("early", [True, False])
def test_the_quoted_words_come_to_a_third_from_the_top(
    qapp: QApplication, show: Show, early: bool
) -> None:
    text = FILLER + QUOTE + "\n\n" + FILLER
    view = PassageView()
    if early:
        view.show_passage(text, span(text))
    show(view, size=(500, 400))
    if not early:
        view.show_passage(text, span(text))
    qapp.processEvents()
    cursor = QTextCursor(view.document())
    cursor.setPosition(span(text)[0])
    assert view.cursorRect(cursor).top() == pytest.approx(view.viewport().height() / 3, abs=3)


def test_a_passage_without_a_quote_starts_at_its_top(show: Show) -> None:
    view = PassageView()
    show(view)
    view.show_passage(FILLER)
    assert lit_words(view) == ""
    assert view.verticalScrollBar().value() == 0


def test_the_marker_follows_the_theme(qapp: QApplication, show: Show) -> None:
    view = PassageView()
    show(view)
    view.show_passage(QUOTE, (0, len(QUOTE)))
    apply_theme(qapp, make_theme("dark"))
    qapp.processEvents()
    assert lit_words(view) == QUOTE
    apply_theme(qapp, make_theme("light"))


def test_text_from_a_source_is_never_taken_for_markup() -> None:
    view = PassageView()
    view.show_passage('<img src="file:///etc/hostname"> <b>bold</b>')
    assert view.toPlainText() == '<img src="file:///etc/hostname"> <b>bold</b>'


def test_a_new_passage_takes_the_place_of_the_old() -> None:
    view = PassageView()
    view.show_passage(QUOTE, (0, len(QUOTE)), heading="Old")
    view.show_passage("Something else.")
    assert view.toPlainText() == "Something else."
    assert view.accessibleDescription() == ""
