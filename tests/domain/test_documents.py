"""Documents: which words of a page are lit for a quote."""

from __future__ import annotations

import pytest

from healthmate_desktop.domain.documents import Box, DocumentKind, Page, Word, boxes_of

pytestmark = pytest.mark.unit

TEXT = "one two three four"
#       first line    second line


def a_page(*boxes: Box) -> Page:
    words, start = [], 0
    for word, box in zip(TEXT.split(), boxes, strict=True):
        words.append(Word(start, start + len(word), box))
        start += len(word) + 1
    return Page(1, TEXT, 595, 842, tuple(words))


LINES = a_page(Box(10, 10, 30, 20), Box(35, 10, 55, 20), Box(10, 30, 40, 40), Box(45, 30, 70, 40))


def test_quote_in_one_line_has_one_box_around_its_words() -> None:
    assert boxes_of(LINES, 0, 7) == (Box(10, 10, 55, 20),)


def test_quote_over_two_lines_has_a_box_in_each() -> None:
    assert boxes_of(LINES, 4, 13) == (Box(35, 10, 55, 20), Box(10, 30, 40, 40))


def test_words_beside_the_quote_stay_dark() -> None:
    assert boxes_of(LINES, 4, 7) == (Box(35, 10, 55, 20),)
    assert boxes_of(LINES, 3, 4) == ()


def test_word_that_the_quote_only_touches_is_lit_whole() -> None:
    assert boxes_of(LINES, 9, 10) == (Box(10, 30, 40, 40),)


def test_page_without_words_has_no_boxes() -> None:
    assert boxes_of(Page(1, TEXT), 0, len(TEXT)) == ()


def test_raised_word_of_a_line_stays_in_its_box() -> None:
    page = a_page(Box(10, 10, 30, 20), Box(31, 8, 34, 17), Box(35, 12, 55, 21), Box(0, 40, 9, 50))
    assert boxes_of(page, 0, 13) == (Box(10, 8, 55, 21),)


def test_second_column_at_the_same_height_starts_its_own_box_when_it_stands_before() -> None:
    page = a_page(
        Box(300, 10, 330, 20), Box(335, 10, 355, 20), Box(10, 10, 40, 20), Box(45, 10, 70, 20)
    )
    assert boxes_of(page, 0, len(TEXT)) == (Box(300, 10, 355, 20), Box(10, 10, 70, 20))


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_only_pdfs_and_pictures_can_be_drawn(kind: DocumentKind) -> None:
    drawn = {DocumentKind.PDF, DocumentKind.IMAGE, DocumentKind.DICOM}
    assert kind.has_pictures == (kind in drawn)
