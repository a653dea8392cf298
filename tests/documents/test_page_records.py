"""What pages say as records goes out with them, and looking for it never costs a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
import pytest
from document_samples import letter_pdf, read, scan_of_table, table_pdf
from honest_files import word
from test_word_files import table

from healthmate_desktop.documents import child, limits, page_records
from healthmate_desktop.documents.client import Reader
from healthmate_desktop.domain.documents import DocumentKind, Page, ReadDocument
from healthmate_desktop.domain.facts import Facts, facts_of
from healthmate_desktop.interop.pages import reading
from healthmate_desktop.services.steps import finished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.proposals import Proposal

pytestmark = pytest.mark.integration

TABLE = "Patient: Ann Lee\n\nTest       Result  Unit    Range\nSodium     141     mmol/L  136-145\n"
HTML = b"""<!doctype html><title>Results</title><p>Patient: Ann Lee</p><table>
<tr><th>Test<th>Result<th>Unit<th>Range<tr><td>Sodium<td>141<td>mmol/L<td>136-145</table>"""


def results(document: ReadDocument) -> list[tuple[str, str]]:
    found = [facts_of(proposal.resource) for proposal in document.proposals]
    return [(facts.display, facts.value) for facts in found]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (table_pdf(), "lab.pdf", DocumentKind.PDF),
        (table_pdf(ruled=True), "ruled.pdf", DocumentKind.PDF),
        (scan_of_table(), "scan.png", DocumentKind.IMAGE),
        (TABLE.encode(), "lab.txt", DocumentKind.TEXT),
        (TABLE.encode(), "lab.md", DocumentKind.MARKDOWN),
        (HTML, "lab.html", DocumentKind.HTML),
    ],
)
def test_results_of_a_page_are_proposed(content: bytes, name: str, kind: DocumentKind) -> None:
    document = read(content, name)
    assert document.kind == kind
    assert ("Sodium", "141 mmol/L") in results(document)
    assert document.problems == ()


def test_columns_of_a_word_table_hold_over_empty_cells() -> None:
    content = word(
        table(
            ("Test", "2024-01-03", "2024-02-04"),
            ("Sodium (mmol/L)", "141", ""),
            ("Potassium (mmol/L)", "", "4.5"),
        )
    )
    document = read(content, "lab.docx")
    assert document.pages[0].text.endswith("Potassium (mmol/L) | 4.5")
    found = {facts.display: facts.effective for facts in map(facts_in, document.proposals)}
    assert found == {"Sodium": "2024-01-03", "Potassium": "2024-02-04"}


@pytest.mark.parametrize(
    "row",
    [
        "<tr><td>Potassium (mmol/L)</td><td></td><td>4.5</td></tr>",
        "<tr><td colspan=2>Potassium (mmol/L)<td>4.5",
    ],
)
def test_columns_of_a_web_page_hold_over_empty_cells(row: str) -> None:
    content = (
        "<!doctype html><p>Results of Ann Lee</p><p>Each with its day.</p><table>"
        "<tr><th>Test</th><th>2024-01-03</th><th>2024-02-04</th></tr>"
        f"<tr><td>Sodium (mmol/L)</td><td>141</td><td>&nbsp;</td></tr>{row}</table><p>End</p>"
    )
    document = read(content.encode(), "lab.html")
    assert document.pages[0].text.startswith("Results of Ann Lee\n\nEach with its day.\n\nTest")
    assert document.pages[0].text.endswith("Potassium (mmol/L) 4.5\n\nEnd")
    found = {facts.display: facts.effective for facts in map(facts_in, document.proposals)}
    assert found == {"Sodium": "2024-01-03", "Potassium": "2024-02-04"}


def facts_in(proposal: Proposal) -> Facts:
    return facts_of(proposal.resource)


def test_each_result_of_a_pdf_has_its_box_on_its_page() -> None:
    document = read(table_pdf())
    assert len(document.proposals) == 4
    for proposal in document.proposals:
        (box, *_) = proposal.spot.boxes
        assert proposal.spot.page == 1
        assert 0 < box.x0 < box.x1 < 595


def test_people_whom_the_page_names_are_told() -> None:
    (person,) = read(TABLE.encode(), "lab.txt").people
    assert person.name == "Ann Lee"


def test_failure_to_look_for_records_is_told_and_costs_no_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> Iterator[None]:
        raise RecursionError
        yield

    monkeypatch.setattr(reading, "read_pages", fail)
    document = read(letter_pdf(2), "letter.pdf")
    assert [page.number for page in document.pages] == [1, 2]
    (problem,) = document.problems
    assert problem.where == "pages 1 to 2"
    assert "can be searched" in problem.message
    assert read(b"Slept well.", "note.txt").problems[0].where == "page 1"


def test_pages_go_out_before_anything_is_looked_for_in_them() -> None:
    request = {"do": "read", "content": table_pdf(), "name": "lab.pdf"}
    keys = [next(iter(message)) for message in child.answer(request)]
    assert keys == ["ready", "total", "page", "pages_end", "proposals", "proposals", "done"]


def test_child_that_hangs_over_records_costs_only_them(monkeypatch: pytest.MonkeyPatch) -> None:
    reading_it = Reader().read(letter_pdf(300), "letter.pdf")
    while next(reading_it) != (300, 300):
        pass
    next(reading_it)  # told that all pages are out
    psutil.Process().children()[0].suspend()
    monkeypatch.setattr(limits, "WALL_SECONDS", 2.0)
    document = finished(reading_it)
    assert len(document.pages) == 300
    assert [problem.where for problem in document.problems] == ["the records"]
    assert psutil.Process().children() == []


def test_thick_book_is_looked_through_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed: list[int] = []
    monkeypatch.setattr(page_records, "TOGETHER", 2)
    monkeypatch.setattr(limits, "allow_another_page", lambda: allowed.append(1))
    pages = page_records.PagesRead()
    for number in (1, 2, 4):
        pages.add(Page(number, TABLE))
    end = list(pages.end(ReadDocument(DocumentKind.TEXT, "", ())))
    found = [row for message in end for row in message.get("proposals", [])]
    assert [row[2] for row in found] == [1, 2, 4]  # the page of each
    assert len(allowed) == 2
