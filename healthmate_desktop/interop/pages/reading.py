"""All that can be proposed from the pages of a document: people, results, vaccinations, and what letters say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.interop.pages.lab_tables import results_in, style_of
from healthmate_desktop.interop.pages.letters import letter_in
from healthmate_desktop.interop.pages.person import people_of
from healthmate_desktop.interop.pages.rows import left_out, rows_of
from healthmate_desktop.interop.pages.senders import senders_of, sent
from healthmate_desktop.interop.pages.vaccinations import vaccinations_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from healthmate_desktop.domain.documents import Page, Problem
    from healthmate_desktop.domain.measures.analytes import Vocabulary
    from healthmate_desktop.domain.proposals import NamedPerson, Proposal
    from healthmate_desktop.interop.pages.rows import Row


def read_pages(
    pages: Sequence[Page], vocabulary: Vocabulary
) -> Iterator[Proposal | NamedPerson | Problem]:
    """As `read_results` and `read_letter` together, but no row is proposed twice."""
    rows = [rows_of(page) for page in pages]
    yield from left_out(pages)
    style = style_of(pages)
    people = list(people_of(rows, style.order))
    yield from people
    yield from sent(_proposals(pages, rows, vocabulary, people), senders_of(pages, rows))


def _proposals(
    pages: Sequence[Page],
    rows: Sequence[list[Row]],
    vocabulary: Vocabulary,
    people: Sequence[NamedPerson],
) -> Iterator[Proposal]:
    used: set[tuple[int, int]] = set()
    for proposal, row in results_in(pages, rows, vocabulary):
        used.add((row.page, row.number))
        yield proposal
    shots = list(vaccinations_in(rows, style_of(pages), people, used))
    yield from (proposal for proposal, _ in shots)
    used |= {(row.page, row.number) for _, row in shots}
    yield from letter_in(pages, rows, vocabulary, used)
