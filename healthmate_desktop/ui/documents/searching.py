"""Where words stand in the text of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.services.documents import DocumentService

MOST_HITS = 1000  # on one page


def hits_in(text: str, words: str) -> list[tuple[int, int]]:
    """Start and end of each place, whatever the case and the gaps; of single words where the whole is not there."""
    parts = [re.escape(word) for word in words.split()]
    if not parts:
        return []
    return _found(text, r"\s+".join(parts)) or _found(text, "|".join(parts))


def _found(text: str, pattern: str) -> list[tuple[int, int]]:
    found = re.finditer(pattern, text, re.IGNORECASE)
    return [match.span() for _, match in zip(range(MOST_HITS), found, strict=False)]


def page_with(
    service: DocumentService, document: Document, words: str, start: int, step: int
) -> Generator[None, None, int]:
    """The next page after `start` that has the words, all round; 0 where no other has. Off the GUI thread."""
    for turn in range(1, document.page_count):
        number = (start - 1 + turn * step) % document.page_count + 1
        try:
            text = service.page(document.id, number).text
        except NotFound:  # that page was lost when the file was read
            continue
        if hits_in(text, words):
            return number
        yield
    return 0
