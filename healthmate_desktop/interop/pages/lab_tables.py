"""Laboratory results and vital signs from tables and lists of any layout, by where words stand and what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.measures.dates import date_order
from healthmate_desktop.domain.measures.numbers import decimal_mark
from healthmate_desktop.interop.pages.cells import Style
from healthmate_desktop.interop.pages.flow import Flow
from healthmate_desktop.interop.pages.observations import proposals_of
from healthmate_desktop.interop.pages.page_dates import report_date
from healthmate_desktop.interop.pages.person import people_of
from healthmate_desktop.interop.pages.rows import left_out, rows_of
from healthmate_desktop.interop.pages.words import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from healthmate_desktop.domain.documents import Page, Problem
    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.proposals import NamedPerson, Proposal
    from healthmate_desktop.interop.pages.rows import Row

_ENOUGH = 50_000  # characters of a page to tell its style from


def read_results(
    pages: Sequence[Page], vocabulary: Vocabulary
) -> Iterator[Proposal | NamedPerson | Problem]:
    """Everybody whom the pages name, then their results in the order of the pages. Nothing for pages without any."""
    rows = [rows_of(page) for page in pages]
    yield from left_out(pages)
    yield from people_of(rows, style_of(pages).order)
    for proposal, _ in results_in(pages, rows, vocabulary):
        yield proposal


def results_in(
    pages: Sequence[Page], rows: Sequence[list[Row]], vocabulary: Vocabulary
) -> Iterator[tuple[Proposal, Row]]:
    """Each result with the row that it stands in."""
    style = style_of(pages)
    report = report_date(rows, style)
    flow = Flow(vocabulary, style)
    for page, page_rows in zip(pages, rows, strict=True):
        flow.begin(page)
        for row in page_rows:
            flow.read(row)
    flow.finish()
    for result in flow.results:
        around = result.around
        if around.date is None and report is not None:
            around = replace(around, date=report, date_is_of_report=True)
        around = replace(around, mixed=(around.page, result.group) in flow.urine_groups)
        for proposal in proposals_of(result.entry, around, vocabulary):
            yield proposal, result.row


def style_of(pages: Sequence[Page]) -> Style:
    """How the pages write numbers and dates."""
    texts = [page.text[:_ENOUGH] for page in pages]
    order = date_order(texts)
    if not order and language_of(" ".join(texts)) in {"es", "fr", "de"}:
        order = "DMY"
    return Style(decimal_mark(texts), order)
