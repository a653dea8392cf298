"""What the pages of a document say as records. They are looked for when all pages are out, so that none can be lost."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from healthmate_desktop.children import read_message, write_message
from healthmate_desktop.documents import limits, wire
from healthmate_desktop.documents.structured import Gathered
from healthmate_desktop.domain.documents import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.children import Message
    from healthmate_desktop.documents.structured import Found
    from healthmate_desktop.domain.documents import Page, ReadDocument

TOGETHER = 100  # pages; a longer file is many papers, and each tells its own dates and people
_LOST = (
    "These pages were read and can be searched, but HealthMate failed to look for results and medicines in them. "
    "Add the values that matter to you by hand."
)


class PagesRead:
    """The pages of one document, kept packed: as words, those of a thick book would not fit."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._packed = io.BytesIO()

    def add(self, page: Page, looked_at: Page | None = None) -> Message:
        """The message that hands the page over. `looked_at` is looked through in its place."""
        message = wire.packed_page(page)
        write_message(self._packed, wire.packed_page(looked_at) if looked_at else message)
        self.numbers.append(page.number)
        return message

    def end(self, document: ReadDocument) -> Iterator[Message]:
        """The end of the pages, what they say, and the end of `document`, which has none of it yet."""
        yield wire.packed_pages_end(document)
        gathered = Gathered()
        numbers = iter(self.numbers)
        pages = self._unpacked()
        while some := list(islice(numbers, TOGETHER)):
            limits.allow_another_page()
            try:
                yield from gathered.messages(_found(tuple(islice(pages, len(some)))))
            except Exception:  # noqa: BLE001 - whatever it is, the pages count
                gathered.problems.append(Problem(_named(some), _LOST))
            yield wire.packed_proposals(())  # a sign of life
        found = gathered.document(document.kind, document.title)
        problems = (*document.problems, *found.problems)
        yield wire.packed_end(replace(found, problems=problems))

    def _unpacked(self) -> Iterator[Page]:
        self._packed.seek(0)
        while (message := read_message(self._packed)) is not None:
            yield wire.unpacked_page(message["page"])


def _found(pages: tuple[Page, ...]) -> Iterator[Found]:
    from healthmate_desktop.documents.grids import load_vocabulary
    from healthmate_desktop.interop.pages.reading import read_pages

    yield from read_pages(pages, load_vocabulary())


def _named(numbers: list[int]) -> str:
    return f"page {numbers[0]}" if len(numbers) == 1 else f"pages {numbers[0]} to {numbers[-1]}"
