"""Passages: the pieces that documents and library articles are found by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.sentences import Span, sentence_spans

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import PassageId, SourceId

LONGEST = 1000  # characters of a passage; all-MiniLM reads about 256 word pieces
OVERLAP = 200  # characters that a passage repeats of the one before, in whole sentences

Shelf = Literal["person", "library"]


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` is `page.text[start:end]` of its document's page, letter for letter."""

    id: PassageId
    shelf: Shelf
    document_id: str  # a DocumentId in the vault, or the library's id of an article
    title: str
    text: str
    page: int = 1
    start: int = 0
    heading: str = ""  # path of headings above it, "Signs > In children"
    source_id: SourceId | None = None  # library only
    external_id: str = ""  # the source's own id, `_id` in BEIR
    url: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. `score` orders one result list and means nothing outside it."""

    passage: Passage
    score: float
    dense_rank: int | None = None  # from 1; None = not among the nearest vectors
    text_rank: int | None = None  # from 1; None = not among the full-text hits


def split(text: str) -> list[Span]:
    """Cut a page into passages of whole sentences, at most `LONGEST` characters each.

    Passages are cut at headings where the text has Markdown ones, and else overlap by up to `OVERLAP` characters.
    """
    passages: list[Span] = []
    current: list[Span] = []
    for sentence in sentence_spans(text):
        if current and (sentence.starts_section or sentence.end - current[0].start > LONGEST):
            passages.append(Span(current[0].start, current[-1].end))
            current = [] if sentence.starts_section else _tail(current, sentence)
        current.append(sentence)
    if current:
        passages.append(Span(current[0].start, current[-1].end))
    return passages


def _tail(sentences: list[Span], after: Span) -> list[Span]:
    """The last sentences that fit into the overlap and still leave room for `after`."""
    kept: list[Span] = []
    for sentence in reversed(sentences):
        span = sentences[-1].end - sentence.start
        if span > OVERLAP or after.end - sentence.start > LONGEST:
            break
        kept.insert(0, sentence)
    return kept
