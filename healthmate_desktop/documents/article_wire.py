"""How articles go from the reader child to its client, which does not trust it and checks all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.wire import BrokenPromise, _is, _number, _row, _text, _whole
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article, Heading, partial_date

if TYPE_CHECKING:
    from healthmate_desktop.children import Message

_LONGEST = {
    "title": 500,
    "external_id": 500,
    "url": 2000,
    "publisher": 300,
    "licence": 100,
    "published": 10,
    "language": 10,
    "kind": 20,
}
_LONGEST_PLACE = 120
_LONGEST_MESSAGE = 400
_LONGEST_HEADING = 500
_MOST_HEADINGS = 50_000


def packed_article(article: Article, share: float) -> Message:
    """`share` is how much of the file was read, 0 to 1."""
    fields = {name: _fit(getattr(article, name), most) for name, most in _LONGEST.items()}
    address = fields["url"].strip()
    safe = address.startswith(("https://", "http://")) and address.isprintable()
    pages, room = [], limits.LONGEST_TEXT
    for page in article.pages[: limits.MOST_PAGES]:
        pages.append(_fit(page, room))
        room -= len(pages[-1])
    headings = [
        [heading.page, heading.start, heading.level, _fit(heading.text, _LONGEST_HEADING)]
        for heading in article.headings[:_MOST_HEADINGS]
    ]
    return {
        "article": fields | {"url": address if safe else "", "pages": pages, "headings": headings},
        "share": share,
    }


def packed_problem(problem: Problem) -> Message:
    return {
        "problem": [_fit(problem.where, _LONGEST_PLACE), _fit(problem.message, _LONGEST_MESSAGE)]
    }


def _fit(text: str, longest: int) -> str:
    return text.replace("\x00", " ").encode("utf-8", "replace").decode()[:longest]


def unpacked_article(value: Any) -> Article:
    """Raises BrokenPromise."""
    fields = _is(value, dict)
    said = {name: _text(fields.get(name), most) for name, most in _LONGEST.items()}
    rows = _is(fields.get("pages"), list)
    if not 1 <= len(rows) <= limits.MOST_PAGES:
        raise BrokenPromise
    pages = tuple(_text(page, limits.LONGEST_TEXT) for page in rows)
    heads = _is(fields.get("headings"), list)
    if sum(map(len, pages)) > limits.LONGEST_TEXT or len(heads) > _MOST_HEADINGS:
        raise BrokenPromise
    return Article(
        id="",
        source_id=SourceId(""),
        pages=pages,
        headings=tuple(_unpacked_heading(row, pages) for row in heads),
        **said | {"published": partial_date(said["published"])},
    )


def _unpacked_heading(row: Any, pages: tuple[str, ...]) -> Heading:
    page, start, level, text = _row(row, 4)
    number = _whole(page, 1, len(pages))
    place = _whole(start, 0, len(pages[number - 1]))
    return Heading(number, place, _whole(level, 1, 100), _text(text, _LONGEST_HEADING))


def unpacked_problem(value: Any) -> Problem:
    """Raises BrokenPromise."""
    where, message = _row(value, 2)
    return Problem(_text(where, _LONGEST_PLACE), _text(message, _LONGEST_MESSAGE))


def unpacked_share(value: Any) -> float:
    """Raises BrokenPromise."""
    return _number(value, 0, 1)
