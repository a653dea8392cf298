"""Text in reading order, cut the way domain/sentences.py expects."""

from __future__ import annotations

import pytest
from document_samples import (
    COLUMN_ONE,
    COLUMN_TWO,
    LETTER,
    ROWS,
    columns_pdf,
    form_pdf,
    framed_table_pdf,
    letter_pdf,
    read,
    saved,
    table_pdf,
    wrapped_table_pdf,
)

from healthmate_desktop.documents.layout import lay_out, together
from healthmate_desktop.documents.lines import Token
from healthmate_desktop.domain.documents import Box, Page
from healthmate_desktop.domain.sentences import sentence_spans

pytestmark = pytest.mark.unit


def _check_words(page: Page) -> None:
    """Each word is where it says, and together they are the whole text."""
    assert "".join(page.text.split()) == "".join(
        page.text[word.start : word.end].replace(" ", "") for word in page.words
    )
    for word in page.words:
        assert 0 <= word.box.x0 < word.box.x1 <= page.width
        assert 0 <= word.box.y0 < word.box.y1 <= page.height


def test_letter_reads_as_one_paragraph_under_its_heading() -> None:
    document = read(letter_pdf())
    page = document.pages[0]
    _check_words(page)
    assert document.title == "Clinic letter 1"
    heading, paragraph = page.text.split("\n\n")
    assert heading == "Clinic letter 1"
    assert paragraph.replace("\n", " ") == LETTER
    assert (page.number, page.width, page.height, page.by_ocr) == (1, 595.0, 842.0, False)


def test_word_boxes_lie_on_the_printed_words() -> None:
    import pymupdf

    page = read(letter_pdf()).pages[0]
    start = page.text.index("inhaler")
    box = next(word.box for word in page.words if word.start == start)
    printed = pymupdf.open(stream=letter_pdf(), filetype="pdf")[0].search_for("inhaler")[0]
    assert abs(box.x0 - printed.x0) < 1
    assert abs(box.y1 - printed.y1) < 2


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_sideways_page_reads_the_same_with_boxes_as_shown(rotation: int) -> None:
    page = read(letter_pdf(rotation=rotation)).pages[0]
    _check_words(page)
    assert LETTER.split(".")[0] in page.text.replace("\n", " ")
    assert (page.width > page.height) is (rotation != 180)


def test_prose_in_columns_is_not_interleaved() -> None:
    text = read(columns_pdf()).pages[0].text.replace("\n", " ")
    assert text == f"Two leaflets  {COLUMN_ONE}  {COLUMN_TWO}"


@pytest.mark.parametrize("ruled", [False, True])
def test_each_table_row_is_one_sentence(ruled: bool) -> None:
    text = read(table_pdf(ruled=ruled)).pages[0].text
    assert [text[span.start : span.end] for span in sentence_spans(text)] == [
        " ".join(row) for row in ROWS
    ]


def test_ruled_cells_of_two_lines_stay_one_row() -> None:
    page = read(wrapped_table_pdf()).pages[0]
    _check_words(page)
    assert page.text.split("\n\n") == [
        "Medicine Directions Status",
        "Atenolol tablets 25 mg one tablet every 12 hours Active",
        "Folic acid once a day Stopped",
    ]


def test_rows_without_rules_between_them_are_not_merged() -> None:
    """Upright rules and a frame alone do not tell where a row ends."""
    page = read(framed_table_pdf()).pages[0]
    assert page.text.split("\n\n") == [" ".join(row) for row in ROWS]


def test_filled_in_form_fields_are_read() -> None:
    assert "Penicillin" in read(form_pdf()).pages[0].text


def test_watermark_and_upright_words_do_not_mix_into_the_text() -> None:
    import pymupdf

    document = pymupdf.open(stream=letter_pdf(), filetype="pdf")
    document[0].insert_text((20, 700), "Margin note", fontsize=11, rotate=90)
    pivot = pymupdf.Point(150, 500)
    slanted = pymupdf.Matrix(40)
    document[0].insert_text(pivot, "NOT VALID", fontsize=40, morph=(pivot, slanted))
    page = read(saved(document)).pages[0]
    _check_words(page)
    assert LETTER in page.text.replace("\n", " ")
    assert page.text.endswith("Margin note\n\nNOT VALID")


def test_list_items_end_and_long_ones_run_on() -> None:
    lines = [
        "Problems",
        "• Pneumonia of the left lower lobe, seen on the picture of the",
        "chest and treated with tablets",
        "• Chest pain",
        "Weight: 80 kg",
        "Height: 177 cm",
    ]
    text = lay_out(_tokens(lines)).text
    assert text == (
        "Problems\n\n• Pneumonia of the left lower lobe, seen on the picture of the\n"
        "chest and treated with tablets\n\n• Chest pain\n\nWeight: 80 kg\n\nHeight: 177 cm"
    )


def test_sloping_lines_of_a_scan_stay_lines() -> None:
    words = [f"word{number}" for number in range(10)]
    tokens = [
        token
        for line in range(5)
        for token in _tokens([" ".join(words)], top=100 + 14 * line, slope=0.03)
    ]
    assert lay_out(tokens).text.replace("\n\n", "\n").split("\n") == [" ".join(words)] * 5


def test_superscript_does_not_break_its_line() -> None:
    tokens = _tokens(["7.6 10 9 per litre"])
    up = tokens[2]
    tokens[2] = Token("9", up.x0, up.y0 - 3, up.x1, up.y0 + 4, up.box)
    assert lay_out(tokens).text == "7.6 10 9 per litre"


def test_page_without_words_is_empty() -> None:
    assert (lay_out([]).text, together([]).words) == ("", ())


def _tokens(lines: list[str], *, top: float = 100, slope: float = 0) -> list[Token]:
    tokens = []
    for number, line in enumerate(lines):
        x = 72.0
        for word in line.split(" "):
            y = top + 13 * number + slope * x
            width = 5.0 * len(word)
            box = Box(x, y, x + width, y + 11)
            tokens.append(Token(word, box.x0, box.y0, box.x1, box.y1, box))
            x += width + 2.8
    return tokens
