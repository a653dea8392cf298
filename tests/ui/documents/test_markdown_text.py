"""Marks of Markdown are not shown, and no letter is lit at a wrong place because of them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextCursor

from healthmate_desktop.ui.theme import active_theme
from healthmate_desktop.ui.widgets.markdown import markdown_lines, plain_lines, without_marks
from healthmate_desktop.ui.widgets.passage import PassageView

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("light")]

TEXT = "# Title\n\nSome **bold** words.\n\n## Next\n\n- one\n* two **and** more\n\n3 * 4 ** 5"


def test_lines_lose_their_marks() -> None:
    shown = ["".join(run.text for run in line.runs) for line in markdown_lines(TEXT)]
    assert shown == [
        *("Title", "", "Some bold words.", "", "Next", ""),
        *("• one", "• two and more", "", "3 * 4 ** 5"),
    ]
    assert [line.level for line in markdown_lines(TEXT) if line.level] == [1, 2]


def test_every_run_stands_where_it_says() -> None:
    for line in markdown_lines(TEXT):
        for run in line.runs:
            original = TEXT[run.start : run.start + len(run.text)]
            assert (
                run.text.replace("•", "-") == original.replace("*", "-", 1) or run.text == original
            )


def test_plain_text_is_left_alone() -> None:
    assert "\n".join(line.runs[0].text for line in plain_lines(TEXT)) == TEXT


@pytest.mark.parametrize(
    ("raw", "said"), [("**Nuts**: hives", "Nuts: hives"), ("2 ** 3", "2 ** 3"), ("", "")]
)
def test_a_sentence_is_read_without_marks(raw: str, said: str) -> None:
    assert without_marks(raw) == said


@pytest.mark.parametrize(
    ("quote", "lit"),
    [
        ("Some **bold** words.", "Some bold words."),
        ("two **and** more", "two and more"),
        ("one", "one"),
        ("Next", "Next"),
        ("\U0001f600 end", "\U0001f600 end"),
    ],
)
def test_the_quoted_words_are_lit_and_no_others(quote: str, lit: str) -> None:
    text = f"{TEXT}\n\nSmile \U0001f600 end"
    view = PassageView()
    start = text.index(quote)
    view.show_passage(text, (start, start + len(quote)), markdown=True)
    cursor, found = QTextCursor(view.document()), ""
    for at in range(view.document().characterCount() - 1):
        cursor.setPosition(at + 1)
        if cursor.charFormat().background().color() == active_theme().colour("lit"):
            found += view.document().characterAt(at)
    whole = found.encode("utf-16", "surrogatepass").decode("utf-16")
    assert whole.replace("\u00a0", " ").replace("\u2029", "") == lit
