"""The messages between the reader child and its client. The child is not trusted: all it says is checked here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

from healthmate_desktop.documents import limits
from healthmate_desktop.domain.documents import (
    Box,
    DocumentKind,
    Page,
    Problem,
    Word,
)
from healthmate_desktop.errors import DocumentError, UnreadableDocument, UnsupportedDocument

if TYPE_CHECKING:
    from healthmate_desktop.children import Message
    from healthmate_desktop.domain.documents import ReadDocument

_T = TypeVar("_T")
_LONGEST_MESSAGE_TO_SHOW = 400
_FARTHEST = 100_000.0  # points


class BrokenPromise(Exception):
    """The child sent something that it must not send."""


def packed_page(page: Page) -> Message:
    words = [
        [word.start, word.end, word.box.x0, word.box.y0, word.box.x1, word.box.y1, word.confidence]
        for word in page.words
    ]
    return {
        "page": {
            "number": page.number,
            "text": page.text,
            "width": page.width,
            "height": page.height,
            "by_ocr": page.by_ocr,
            "words": words,
        }
    }


def packed_end(document: ReadDocument) -> Message:
    """All but the pages, which went before."""
    problems = [[problem.where, problem.message] for problem in document.problems]
    return {"done": {"kind": document.kind.value, "title": document.title, "problems": problems}}


def packed_error(error: DocumentError) -> Message:
    return {"error": {"code": error.code, "message": str(error)}}


def unpacked_error(value: Any) -> DocumentError:
    """The error to raise. Raises BrokenPromise."""
    fields = _is(value, dict)
    text = _text(fields.get("message"), _LONGEST_MESSAGE_TO_SHOW)
    kinds = {kind.code: kind for kind in (UnreadableDocument, UnsupportedDocument)}
    kind = kinds.get(_is(fields.get("code"), str))
    if kind is None or not text:
        raise BrokenPromise
    return kind(text)


def unpacked_total(value: Any) -> int:
    return _whole(value, 1, limits.MOST_PAGES)


def unpacked_page(value: Any) -> Page:
    """Raises BrokenPromise."""
    fields = _is(value, dict)
    text = _text(fields.get("text"), limits.LONGEST_TEXT)
    rows = _is(fields.get("words"), list)
    if len(rows) > limits.MOST_WORDS:
        raise BrokenPromise
    return Page(
        _whole(fields.get("number"), 1, limits.MOST_PAGES),
        text,
        _number(fields.get("width"), 0, _FARTHEST),
        _number(fields.get("height"), 0, _FARTHEST),
        tuple(_unpacked_word(row, len(text)) for row in rows),
        by_ocr=_is(fields.get("by_ocr"), bool),
    )


def unpacked_end(value: Any) -> tuple[DocumentKind, str, tuple[Problem, ...]]:
    """Raises BrokenPromise."""
    fields = _is(value, dict)
    kind = _is(fields.get("kind"), str)
    rows = _is(fields.get("problems"), list)
    if kind not in set(DocumentKind) or len(rows) > limits.MOST_PAGES + 1:
        raise BrokenPromise
    problems = []
    for row in rows:
        where, message = _row(row, 2)
        problems.append(Problem(_text(where, 40), _text(message, _LONGEST_MESSAGE_TO_SHOW)))
    return DocumentKind(kind), _text(fields.get("title"), 200), tuple(problems)


def unpacked_png(value: Any) -> bytes:
    content = _is(value, bytes)
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        raise BrokenPromise
    return content


def _unpacked_word(value: Any, length: int) -> Word:
    start, end, x0, y0, x1, y1, confidence = _row(value, 7)
    box = Box(*(_number(side, -_FARTHEST, _FARTHEST) for side in (x0, y0, x1, y1)))
    if box.x1 <= box.x0 or box.y1 <= box.y0:
        raise BrokenPromise
    first = _whole(start, 0, length)
    return Word(first, _whole(end, first + 1, length), box, _number(confidence, 0, 1))


def _is(value: Any, kind: type[_T]) -> _T:
    if type(value) is not kind:
        raise BrokenPromise
    return value


def _row(value: Any, length: int) -> list[Any]:
    row: list[Any] = _is(value, list)
    if len(row) != length:
        raise BrokenPromise
    return row


def _text(value: Any, longest: int) -> str:
    text = _is(value, str)
    if len(text) > longest or "\x00" in text:
        raise BrokenPromise
    return text


def _whole(value: Any, least: int, most: int) -> int:
    number = _is(value, int)
    if not least <= number <= most:
        raise BrokenPromise
    return number


def _number(value: Any, least: float, most: float) -> float:
    if type(value) not in (int, float) or not math.isfinite(value) or not least <= value <= most:
        raise BrokenPromise
    return float(value)
