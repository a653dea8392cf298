"""A summary on paper: all of it can be read, marked and copied, whatever stands in it, and its length is bounded."""

from __future__ import annotations

import os
import signal
from typing import Any

import psutil
import pymupdf
import pytest

from healthmate_desktop.documents import client, summary_pdf
from healthmate_desktop.documents.child import answer
from healthmate_desktop.documents.client import Reader
from healthmate_desktop.documents.summary_pdf import SummaryPdf, packed, unpacked
from healthmate_desktop.domain.summary import Column, Row, Section, Summary
from healthmate_desktop.errors import UnreadableDocument

pytestmark = pytest.mark.integration

COLUMNS = tuple(
    Column(head, share)
    for head, share in (
        ("Test", 0.3),
        ("Result", 0.22),
        ("Range", 0.13),
        ("Date", 0.11),
        ("Source", 0.24),
    )
)
ROW = Row(
    (
        "Glucose [Moles/volume]",
        "5.4 mmol/L (high)",
        "3.9 - 5.5",
        "1 Mar 2024",
        "labs.pdf, page\xa02",
    )
)


def a_summary(*rows: Row, name: str = "Rosa Harlow", **changes: Any) -> Summary:
    sections = (Section("Allergies", COLUMNS, ()), Section("Results", COLUMNS, rows, ("A note.",)))
    values: dict[str, Any] = {
        "name": name,
        "born": "born 3 Feb 1956",
        "facts": (("Sex", "female"),),
        "told": ("It is no medical advice.",),
        "foot": "From records.",
        "sections": sections,
    }
    return Summary(**values | changes)


def printed(summary: Summary) -> pymupdf.Document:
    paper = SummaryPdf(unpacked(packed(summary)))
    assert list(paper.pages())
    return pymupdf.open(stream=paper.finished(), filetype="pdf")


def text_of(document: pymupdf.Document) -> str:
    return " ".join(" ".join(page.get_text() for page in document).replace("\xa0", " ").split())


def test_what_is_said_can_be_read_and_copied() -> None:
    text = text_of(printed(a_summary(ROW)))
    for words in (
        *(
            "Health summary",
            "Rosa Harlow, born 3 Feb 1956",
            "Sex female",
            "It is no medical advice.",
        ),
        *("Allergies None recorded.", "Results Test Result Range Date Source"),
        *(
            "Glucose [Moles/volume] 5.4 mmol/L (high) 3.9 - 5.5 1 Mar 2024 labs.pdf, page 2",
            "A note.",
        ),
        "Page 1 of 1",
    ):
        assert words in text


def test_each_page_says_whose_it_is_and_how_many_there_are() -> None:
    document = printed(a_summary(*[ROW] * 100))
    assert document.page_count > 2
    for page in document:
        text = page.get_text()
        assert "Rosa Harlow, born 3 Feb 1956" in text
        assert f"Page {page.number + 1} of {document.page_count}" in text
        assert "Test" in text  # what stands in each column
    assert text_of(document).count("Glucose [Moles/volume]") == 100
    assert "Results, continued" in document[1].get_text()


def test_nothing_is_printed_off_the_page_or_over_its_foot() -> None:
    wide = Row(tuple("W" * 240 for _ in COLUMNS), "Earlier: " + "M" * 900)
    document = printed(a_summary(ROW, wide, *[ROW] * 60, wide))
    for page in document:
        boxes = [word[:4] for word in page.get_text("words")]
        assert min(box[0] for box in boxes) >= 47
        assert max(box[2] for box in boxes) <= page.rect.width - 47
        assert max(box[3] for box in boxes) <= page.rect.height - 24


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_paper_is_the_one_that_was_chosen(paper: str, size: tuple[int, int]) -> None:
    page = printed(a_summary(ROW, paper=paper))[0]
    assert (page.rect.width, page.rect.height) == size


def test_the_fonts_are_in_the_file() -> None:
    document = printed(a_summary(ROW, name="محمد Ελένη"))
    fonts = document.get_page_fonts(0)
    assert any("Inter" in font[3] for font in fonts)
    for xref, *_ in fonts:
        assert document.extract_font(xref)[3], "not embedded"


@pytest.mark.parametrize(
    "name",
    [
        "Ελένη Παπαδοπούλου",
        "Жанна Ёлкина",
        "王小明",
        "ひらがな カタカナ",
        "한국어 이름",
        "Trần Thị Ánh",
        "שלום",
        "Ångström",
    ],
)
def test_names_of_many_scripts_are_printed_as_they_are(name: str) -> None:
    text = text_of(printed(a_summary(Row((name, "", "", "", "")), name=name)))
    assert text.count(name) >= 3
    assert "[?]" not in text


@pytest.mark.parametrize("name", ["محمد بن عبد الله", "हिन्दी क्षत्रिय", "ภาษาไทย"])
def test_joined_scripts_are_shaped_by_a_font_that_has_them(name: str) -> None:
    document = printed(a_summary(name=name))
    assert "[?]" not in text_of(document)
    assert any("Noto" in font[3] for font in document.get_page_fonts(0))
    assert ".notdef" not in text_of(document)


def test_letters_that_no_font_has_are_named_and_never_a_box() -> None:
    text = text_of(printed(a_summary(Row(("Odd \U0001f9ff\ue000\ue001 end", "", "", "", "")))))
    assert "Odd [?] end" in text
    assert "can't be printed with the fonts of this program" in text


def test_nothing_in_it_is_markup() -> None:
    hostile = "<b>bold</b> &amp; <img src=x> 漢 </p><style>p{display:none}</style>"
    text = text_of(printed(a_summary(Row((hostile, "", "", "", "")), name="<h1>A & B</h1>")))
    assert "<h1>A & B</h1>, born" in text
    assert "&amp;" in text
    assert "A note." in text


def test_marks_that_turn_text_around_are_taken_out() -> None:
    text = text_of(printed(a_summary(Row(("abc\u202edef\x00\x1b", "", "", "", "")))))
    assert "\u202e" not in text
    assert "abc def" in text


def test_decomposed_letters_are_put_together() -> None:
    assert "Žák" in text_of(printed(a_summary(name="Z\u030ca\u0301k")))


def test_a_file_that_grows_too_long_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_pdf, "MOST_PAGES", 3)
    document = printed(a_summary(*[ROW] * 500))
    assert document.page_count == 3
    assert "The summary ends here" in document[2].get_text()
    assert "Page 3 of 3" in document[2].get_text()


def test_the_child_prints_it_and_says_how_far_it_is() -> None:
    work = Reader().print_summary(a_summary(*[ROW] * 100))
    steps = []
    while True:
        try:
            steps.append(next(work))
        except StopIteration as end:
            content: bytes = end.value
            break
    assert steps[-1] == (100, 100)
    assert steps == sorted(steps)
    assert "Glucose" in pymupdf.open(stream=content, filetype="pdf")[0].get_text()


def test_stopping_ends_the_child() -> None:
    before = set(psutil.Process().children())
    work = Reader().print_summary(a_summary(*[ROW] * 2000))
    next(work)
    (child,) = set(psutil.Process().children()) - before
    work.close()
    assert not child.is_running()


def test_a_child_that_dies_is_no_bug() -> None:
    before = set(psutil.Process().children())
    work = Reader().print_summary(a_summary(*[ROW] * 4000))
    next(work)
    (child,) = set(psutil.Process().children()) - before
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(UnreadableDocument, match="The summary could not be made"):
        list(work)


@pytest.mark.parametrize(
    "lie", [{"pdf": b"no"}, {"laid": [3, 2]}, {"laid": [1]}, {"png": b""}, {"pdf": "%PDF-"}]
)
def test_a_child_that_lies_is_not_believed(
    lie: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "Child", lambda *_, **__: _Liar({"ready": True}, lie))
    with pytest.raises(UnreadableDocument, match="The summary could not be made"):
        list(Reader().print_summary(a_summary()))


class _Liar:
    def __init__(self, *messages: dict[str, Any]) -> None:
        self._messages = list(messages)

    def send(self, message: dict[str, Any]) -> None: ...

    def receive(self, _seconds: float) -> dict[str, Any]:
        return self._messages.pop(0)

    def close(self) -> None: ...


def test_the_messages_of_the_child_are_progress_and_the_file() -> None:
    said = list(answer({"do": "print", "content": b"", "summary": packed(a_summary(ROW))}))
    assert said[0] == {"ready": True}
    assert said[1] == {"laid": [1, 1]}
    assert said[-1]["pdf"].startswith(b"%PDF-")
