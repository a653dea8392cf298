"""Marked-up prose becomes Markdown whose every line makes sense alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.interop.ccda.nodes import Node
from healthmate_desktop.interop.sources.blocks import Script, inline, rows_as_lines
from healthmate_desktop.interop.sources.markup import node_of_html

pytestmark = pytest.mark.unit


def markdown(html: str) -> str:
    script = Script()
    script.add(node_of_html(html))
    return script.text


def rows(html: str) -> list[str]:
    return list(rows_as_lines(next(node_of_html(html).anywhere("table"))))


def test_headings_paragraphs_and_lists_keep_their_order() -> None:
    html = """<h2>What is it?</h2><p>It is <b>common</b>.</p><p>It can:</p>
        <ul><li>hurt</li><li>itch <ul><li>at night</li></ul></li></ul>End."""
    assert markdown(html) == (
        "## What is it?\n\nIt is common.\n\nIt can:\n\n- hurt\n- itch\n- at night\n\nEnd."
    )


def test_section_carries_its_title_and_number() -> None:
    section = Node("sec")
    for tag, words in (("label", "2.1"), ("title", "Methods"), ("p", "We looked.")):
        part = Node(tag)
        part.add(words)
        section.add(part)
    holder = Node("div")
    holder.add(section)
    script = Script()
    script.add(holder, 3)
    assert script.text == "### 2.1 Methods\n\nWe looked."


def test_row_of_a_table_names_its_columns() -> None:
    html = """<table><thead><tr><td>Effect</td><td>Drug</td><td>Placebo</td></tr></thead>
        <tbody><tr><td>Headache</td><td>16%</td><td>4%</td></tr>
        <tr><td colspan="3">Of the skin</td></tr>
        <tr><td>Rash</td><td></td><td>1%</td></tr></tbody></table>"""
    assert rows(html) == [
        "Effect: Headache; Drug: 16%; Placebo: 4%",
        "Of the skin",
        "Effect: Rash; Placebo: 1%",
    ]


def test_heads_of_two_rows_and_cells_over_several_rows_are_understood() -> None:
    html = """<table><tr><th rowspan="2">Age</th><th colspan="2">Dose</th></tr>
        <tr><th>Day</th><th>Night</th></tr>
        <tr><td rowspan="2">Adults</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>"""
    assert rows(html) == [
        "Age: Adults; Dose Day: 1; Dose Night: 2",
        "Age: Adults; Dose Day: 3; Dose Night: 4",
    ]


def test_table_without_a_head_says_its_cells() -> None:
    assert rows("<table><tr><td>Sodium</td><td>141</td></tr></table>") == ["Sodium; 141"]
    assert rows("<table><tr><th>Only</th><th>heads</th></tr></table>") == ["Only", "heads"]


def test_long_column_name_is_cut_after_a_word() -> None:
    head = "word " * 60
    (line,) = rows(
        f"<table><tr><th>{head}</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>"
    )
    assert len(line) < 100
    assert line.endswith("word: 1; B: 2")


def test_footnotes_of_a_table_stand_below_it() -> None:
    text = Node("div")
    table, row, cell, note = Node("table"), Node("tr"), Node("td"), Node("footnote")
    note.add("Not in children.")
    cell.add("10 mg")
    cell.add(note)
    row.add(cell)
    table.add(row)
    text.add(table)
    script = Script()
    script.add(text)
    assert script.text == "- 10 mg\n\nNot in children."


def test_powers_and_formulas_keep_their_sense() -> None:
    assert markdown("<p>10<sup>6</sup> cells, H<sub>2</sub>O, word<sup>a</sup></p>") == (
        "10^6 cells, H2O, worda"
    )


def test_numbers_of_references_are_left_out_where_nothing_frames_them() -> None:
    text = Node("p")
    for part in ("Proven", ("1", "bibr"), " and [", ("2", "bibr"), "] in ", ("Table 3", "table")):
        if isinstance(part, str):
            text.add(part)
        else:
            link = Node("xref", ("ref-type", part[1]))
            link.add(part[0])
            text.add(link)
    assert inline(text) == "Proven and [2] in Table 3"


def test_scripts_and_styles_are_never_read() -> None:
    assert markdown("<style>p{}</style><p>Seen</p><script>bad()</script>") == "Seen"


def test_hash_that_begins_a_paragraph_is_no_heading() -> None:
    assert markdown("<p># 5 is the number</p>") == "5 is the number"


@pytest.mark.security
def test_table_of_absurd_spans_stays_small() -> None:
    html = '<table><tr><td colspan="999999" rowspan="999999">x</td></tr><tr><td>y</td></tr></table>'
    assert sum(map(len, rows(html))) < 1000


@pytest.mark.security
@given(st.text(alphabet="<>/abtrdhp1 =\"'&;", max_size=200))
def test_any_markup_is_read_without_an_error(html: str) -> None:
    markdown(html)


@pytest.mark.security
def test_markup_nested_without_end_is_cut() -> None:
    assert "deep" in markdown("<div>" * 5000 + "deep")
