"""Passages: the pieces that documents and library articles are found by."""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.ids import PassageId, SourceId, new_id
from healthmate_desktop.domain.sentences import Span, sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from healthmate_desktop.domain.library import Article, Heading

LONGEST = 1000  # characters of a passage; all-MiniLM reads about 256 word pieces
OVERLAP = 200  # characters that a passage repeats of the one before, in whole sentences

_HEADING = re.compile(r"^[ \t]*(#{1,6})[ \t](.*)$", re.MULTILINE)
_NEXT_WORD = re.compile(r"\S")
_HEADINGS_FIRST = re.compile(r"(?:[ \t]*#{1,6}[ \t][^\n]*\s*)*")

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
    language: str = ""  # en, es; "" = not known

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. `score` is the chance that it bears on it, as judged sets had it."""

    passage: Passage
    score: float
    dense: float = 0.0  # cosine of the question and the passage
    title: float = 0.0  # and of the question and the title
    words: float = 0.0  # BM25; 0 where no word of the question was found


def split(text: str, headings: Sequence[int] = ()) -> list[Span]:
    """Cut a page into passages of whole sentences, at most `LONGEST` characters each.

    Passages are cut at headings, which are Markdown's or begin at `headings`, and else overlap by up to `OVERLAP`
    characters. A heading with nothing below it stays with the next one.
    """
    passages: list[Span] = []
    current: list[Span] = []
    for sentence in _marked(text, headings):
        new_section = sentence.starts_section and not all(s.starts_section for s in current)
        if current and (new_section or sentence.end - current[0].start > LONGEST):
            passages.append(Span(current[0].start, current[-1].end))
            current = [] if new_section else _tail(current, sentence)
        current.append(sentence)
    if current:
        passages.append(Span(current[0].start, current[-1].end))
    return passages


def passages_of(article: Article) -> list[Passage]:
    """The passages of a library article, with fresh ids, in reading order."""
    like = Passage(
        id=PassageId(""),
        shelf="library",
        document_id=article.id,
        title=article.title,
        text="",
        source_id=article.source_id,
        external_id=article.external_id,
        url=article.url,
        language=article.language,
    )
    return passages_of_pages(enumerate(article.pages, start=1), like, article.headings)


def passages_of_pages(
    pages: Iterable[tuple[int, str]], like: Passage, headings: Sequence[Heading] = ()
) -> list[Passage]:
    """The passages of numbered pages; all but id, text, page, start and heading is taken from `like`.

    `headings`, in their order, are those that the pages' text has no marks for; each holds until the next.
    """
    passages: list[Passage] = []
    trail: list[tuple[int, str]] = []
    for number, text in pages:
        told = [heading for heading in headings if heading.page == number]
        if headings:
            outline = [(0, _path(trail, like.title))]
            outline += _followed(trail, ((h.start, h.level, h.text) for h in told), like.title)
        else:
            outline = _outline(text, like.title)
        for span in split(text, [heading.start for heading in told]):
            passages.append(  # noqa: PERF401 - two loops deep it reads better so
                replace(
                    like,
                    id=PassageId(new_id()),
                    text=text[span.start : span.end],
                    page=number,
                    start=span.start,
                    heading=_heading_over(_first_words(text, span.start, told), outline),
                )
            )
    return passages


def searchable_text(passage: Passage) -> str:
    """What is embedded and looked through for a passage: its title and headings, then its text."""
    return "\n".join(part for part in (passage.title, passage.heading, passage.text) if part)


def _outline(page: str, title: str) -> list[tuple[int, str]]:
    """Where each Markdown heading stands, and the path to it, outermost first, without `title` itself."""
    found = (
        (match.start(), len(match[1]), match[2].strip().rstrip("#").rstrip())
        for match in _HEADING.finditer(page)
    )
    return _followed([], found, title)


def _followed(
    trail: list[tuple[int, str]], found: Iterable[tuple[int, int, str]], title: str
) -> list[tuple[int, str]]:
    """The path at each heading (start, level, name); `trail` is left as it is after the last one."""
    outline: list[tuple[int, str]] = []
    for start, level, name in found:
        trail[:] = [above for above in trail if above[0] < level]
        trail.append((level, name))
        outline.append((start, _path(trail, title)))
    return outline


def _path(trail: list[tuple[int, str]], title: str) -> str:
    return " > ".join(name for _, name in trail if name and name != title)


def _marked(text: str, headings: Sequence[int]) -> list[Span]:
    """The sentences of a page, cut and marked also where a heading without a mark begins."""
    if not headings:
        return sentence_spans(text)
    spans: list[Span] = []
    edges = [0, *headings, len(text)]
    for begin, end in itertools.pairwise(edges):
        found = sentence_spans(text[begin:end])
        for place, span in enumerate(found):
            first = place == 0 and begin in headings
            spans.append(Span(begin + span.start, begin + span.end, starts_section=first))
    return spans


def _first_words(page: str, start: int, told: Sequence[Heading]) -> int:
    """Where the words of the passage at `start` begin, which may begin with headings."""
    match = _HEADINGS_FIRST.match(page, start)
    place = match.end() if match and match.end() > start else start
    for heading in told:
        if heading.start == place:
            words = _NEXT_WORD.search(page, place + len(heading.text))
            place = words.start() if words else len(page)
    return max(place, start + 1)


def _heading_over(first_words: int, outline: list[tuple[int, str]]) -> str:
    """The path that stands over them."""
    above = bisect.bisect_left(outline, first_words, key=lambda heading: heading[0])
    return outline[above - 1][1] if above else ""


def _tail(sentences: list[Span], after: Span) -> list[Span]:
    """The last sentences that fit into the overlap and still leave room for `after`."""
    kept: list[Span] = []
    for sentence in reversed(sentences):
        span = sentences[-1].end - sentence.start
        if span > OVERLAP or after.end - sentence.start > LONGEST:
            break
        kept.insert(0, sentence)
    return kept
