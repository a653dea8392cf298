"""Rows and cells are found from where words stand, whichever way the page lies."""

from __future__ import annotations

import math

import pytest
from lab_builders import Sheet, results, shown, turned

from healthmate_desktop.domain.documents import Box, Page
from healthmate_desktop.interop.pages.rows import MOST_ROWS, boxes_of_tokens, left_out, rows_of

pytestmark = pytest.mark.unit


def _cells(page: Page) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows_of(page)]


def _table() -> Page:
    xs = (50, 200, 260, 330)
    heads = ("Test", "Result", "Units", "Reference Range")
    return (
        Sheet()
        .table(
            xs,
            heads,
            ("Total bilirubin", "0.8", "mg/dL", "0.1 - 1.2"),
            ("Sodium", "141", "mmol/L", "136 - 145"),
        )
        .page()
    )


def test_wide_gaps_divide_cells_and_spaces_do_not() -> None:
    assert _cells(_table())[1] == ["Total bilirubin", "0.8", "mg/dL", "0.1 - 1.2"]


def test_row_of_a_ruled_table_has_cells_of_several_lines() -> None:
    page = (
        Sheet()
        .words_in_one_line(
            ("02/11/2014", 50, 0),
            ("13:54", 50, 1),
            ("SODIUM", 130, 0),
            ("141", 200, 0),
            ("mgAlb/", 222, 0),
            ("gCre", 200, 1),
        )
        .page()
    )
    assert _cells(page) == [["02/11/2014 13:54", "SODIUM", "141 mgAlb/gCre"]]


@pytest.mark.parametrize(
    "place",
    [
        lambda b: Box(792 - b.y1, b.x0, 792 - b.y0, b.x1),
        lambda b: Box(612 - b.x1, 792 - b.y1, 612 - b.x0, 792 - b.y0),
        lambda b: Box(b.y0, 612 - b.x1, b.y1, 612 - b.x0),
    ],
    ids=["quarter", "half", "three quarters"],
)
def test_turned_pages_read_as_upright_ones(place: object) -> None:
    page = turned(_table(), place)
    assert _cells(page) == _cells(_table())
    assert shown(results(page)) == shown(results(_table()))
    assert results(page)[0].spot.boxes[0].x0 == pytest.approx(page.words[5].box.x0, abs=30)


def test_scan_that_lies_askew_reads_as_a_level_one() -> None:
    slope = math.tan(math.radians(2.5))

    def askew(box: Box) -> Box:
        down = slope * (box.x0 + box.x1) / 2
        return Box(box.x0, box.y0 + down, box.x1, box.y1 + down)

    assert shown(results(turned(_table(), askew))) == shown(results(_table()))


def test_plain_text_has_columns_where_spaces_or_tabs_are() -> None:
    page = Page(1, "Sodium    141 mmol/L   (136 - 145)\nPotassium\t4,4\tmmol/L\n\nA | B")
    assert _cells(page) == [
        ["Sodium", "141 mmol/L", "(136 - 145)"],
        ["Potassium", "4,4", "mmol/L"],
        ["A", "B"],
    ]


def test_paragraphs_of_plain_text_run_on() -> None:
    long = "This is a sentence which is long enough to fill a whole line"
    rows = rows_of(Page(1, f"{long}\nand goes on here.\n- an item\nshort"))
    assert [row.flows for row in rows] == [False, True, False, False]


def test_paragraphs_of_pages_run_on_as_their_text_says() -> None:
    page = (
        Sheet()
        .row((50, "One line"))
        .row((50, "and the next"), flows=True)
        .row((50, "apart"))
        .page()
    )
    assert [row.flows for row in rows_of(page)] == [False, True, False]


def test_boxes_join_along_a_line() -> None:
    rows = rows_of(_table())
    assert len(boxes_of_tokens(rows[1].tokens)) == 1
    assert len(boxes_of_tokens((*rows[1].tokens, *rows[2].tokens))) == 2
    assert boxes_of_tokens(rows_of(Page(1, "no boxes"))[0].tokens) == ()


def test_page_of_endless_lines_is_cut_off_and_says_so() -> None:
    page = Page(3, "Glucose: 95 mg/dL\n" * (MOST_ROWS + 10))
    assert len(rows_of(page)) == MOST_ROWS
    (problem,) = left_out([page, Page(4, "short")])
    assert problem.where == "page 3"


def test_empty_pages_have_no_rows() -> None:
    assert rows_of(Page(1, "")) == []
    assert rows_of(Page(1, "  \n \n")) == []
