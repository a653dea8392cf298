"""The messages between the reader child and its client. The child is not trusted: all it says is checked here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from healthmate_desktop.documents import limits
from healthmate_desktop.domain.documents import (
    Box,
    DocumentKind,
    Page,
    Problem,
    ReadDocument,
    Word,
)
from healthmate_desktop.domain.json_text import BadJson, json_text, value_at
from healthmate_desktop.domain.proposals import NamedPerson, Proposal, Spot
from healthmate_desktop.errors import (
    DocumentError,
    InvalidInput,
    UnreadableDocument,
    UnsupportedDocument,
)
from healthmate_desktop.interop.tables.asking import Ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.children import Message
    from healthmate_desktop.interop.tables import KnownColumns, Look

_T = TypeVar("_T")
_LONGEST_MESSAGE_TO_SHOW = 400
_LONGEST_PLACE = 120
_LONGEST_NAME = 300
_LONGEST_MEMBER = 1200  # letters of its name, with those of the archives around it
_LONGEST_WORDS = 10_000  # of what a proposal was read from
_LONGEST_RESOURCE = 8_000_000  # letters; a note with its scan in it
_MOST_PROBLEMS = limits.MOST_PAGES + 200
_MOST_PEOPLE = 50
_MOST_LOOKS = 200  # sheets of a workbook
_MOST_SHOWN = 20  # rows of a table, and records read from it
_MOST_ROWS = 10_000_000
_WIDEST_TABLE = 1000  # cells
_LONGEST_CELL = 200  # letters, as it is shown
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


def packed_proposals(proposals: Sequence[Proposal]) -> Message:
    """Each resource as JSON text, so that its numbers keep their digits."""
    rows = [
        [
            json_text(proposal.resource),
            _fit(proposal.spot.where, _LONGEST_PLACE),
            proposal.spot.page,
            [[box.x0, box.y0, box.x1, box.y1] for box in proposal.spot.boxes],
            _fit(proposal.text, _LONGEST_WORDS),
            [_fit(doubt, _LONGEST_MESSAGE_TO_SHOW) for doubt in proposal.doubts],
        ]
        for proposal in proposals
    ]
    return {"proposals": rows}


def packed_looks(looks: Sequence[Look]) -> Message:
    return {
        "looks": [
            [
                look.number,
                _fit(look.name, _LONGEST_PLACE),
                [[row, [cell.replace("\x00", " ") for cell in cells]] for row, cells in look.rows],
                look.width,
                look.mapping.as_json(),
                look.origin,
                list(look.asks),
                look.results,
                look.doubtful,
                packed_proposals(look.preview)["proposals"],
            ]
            for look in looks
        ]
    }


def packed_end(document: ReadDocument) -> Message:
    """All but the pages and proposals, which went before."""
    problems = [_packed_problem(problem) for problem in document.problems[:_MOST_PROBLEMS]]
    people = [
        [_fit(part, _LONGEST_NAME) for part in (named.name, named.birth_date, named.sex)]
        for named in document.people[:_MOST_PEOPLE]
    ]
    return {
        "done": {
            "kind": document.kind.value,
            "title": document.title,
            "problems": problems,
            "people": people,
        }
    }


def packed_pages_end(document: ReadDocument) -> Message:
    """All pages went before, and from now on nothing can cost them."""
    return {"pages_end": packed_end(document)["done"]}


def packed_member(name: str, content: bytes) -> Message:
    return {"member": [_fit(name, _LONGEST_MEMBER), content]}


def packed_left_out(problem: Problem) -> Message:
    return {"left_out": _packed_problem(problem)}


def _packed_problem(problem: Problem) -> list[str]:
    return [_fit(problem.where, _LONGEST_PLACE), _fit(problem.message, _LONGEST_MESSAGE_TO_SHOW)]


def _fit(text: str, longest: int) -> str:
    """What files of strangers say, as the other side takes it."""
    return text.replace("\x00", " ")[:longest]


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


def unpacked_proposals(value: Any) -> list[Proposal]:
    """Raises BrokenPromise."""
    return [_unpacked_proposal(row) for row in _is(value, list)]


def unpacked_columns(request: Message) -> KnownColumns:
    """What is known of columns, none where nothing is said. Raises UnreadableDocument for nonsense."""
    from healthmate_desktop.interop.tables import KnownColumns

    if "columns" not in request:
        return KnownColumns()
    try:
        return KnownColumns.from_json(request["columns"])
    except InvalidInput as error:
        raise UnreadableDocument(str(error)) from error


def unpacked_looks(value: Any) -> list[Look]:
    """Raises BrokenPromise."""
    rows = _is(value, list)
    if len(rows) > _MOST_LOOKS:
        raise BrokenPromise
    return [_unpacked_look(_row(row, 10)) for row in rows]


def _unpacked_look(row: list[Any]) -> Look:
    from healthmate_desktop.interop.tables import Look, TableMapping

    number, name, rows, width, mapping, origin, asks, results, doubtful, preview = row
    if len(_is(rows, list)) > _MOST_SHOWN or len(_is(preview, list)) > _MOST_SHOWN:
        raise BrokenPromise
    if origin not in ("guessed", "kept", "said") or not {*_is(asks, list)} <= set(get_args(Ask)):
        raise BrokenPromise
    try:
        meant = TableMapping.from_json(_is(mapping, dict))
    except InvalidInput as error:
        raise BrokenPromise from error
    return Look(
        _whole(number, 1, _MOST_LOOKS),
        _text(name, _LONGEST_PLACE),
        tuple(_unpacked_cells(_row(cells, 2)) for cells in rows),
        _whole(width, 0, _WIDEST_TABLE),
        meant,
        origin,
        tuple(asks),
        _whole(results, 0, limits.MOST_PROPOSALS),
        _whole(doubtful, 0, limits.MOST_PROPOSALS),
        tuple(unpacked_proposals(preview)),
    )


def _unpacked_cells(row: Sequence[Any]) -> tuple[int, tuple[str, ...]]:
    number, cells = row
    if len(_is(cells, list)) > _WIDEST_TABLE:
        raise BrokenPromise
    return _whole(number, 0, _MOST_ROWS), tuple(_text(cell, _LONGEST_CELL) for cell in cells)


def unpacked_end(value: Any, pages: Sequence[Page], proposals: Sequence[Proposal]) -> ReadDocument:
    """The document with what came before. Raises BrokenPromise."""
    fields = _is(value, dict)
    kind = _is(fields.get("kind"), str)
    rows = _is(fields.get("problems"), list)
    named = _is(fields.get("people"), list)
    if kind not in set(DocumentKind) or len(rows) > _MOST_PROBLEMS or len(named) > _MOST_PEOPLE:
        raise BrokenPromise
    return ReadDocument(
        DocumentKind(kind),
        _text(fields.get("title"), 200),
        tuple(pages),
        tuple(unpacked_problem(row) for row in rows),
        tuple(proposals),
        tuple(_unpacked_person(row) for row in named),
    )


def unpacked_problem(value: Any) -> Problem:
    where, message = _row(value, 2)
    return Problem(_text(where, _LONGEST_PLACE), _text(message, _LONGEST_MESSAGE_TO_SHOW))


def unpacked_member(value: Any) -> tuple[str, bytes]:
    """The name of a file in an archive, which has no way out of it, and its bytes. Raises BrokenPromise."""
    name, content = _row(value, 2)
    name, content = _text(name, _LONGEST_MEMBER), _is(content, bytes)
    if not name or name.startswith("/") or ".." in name.split("/"):
        raise BrokenPromise
    if len(content) > limits.LARGEST_FILE:
        raise BrokenPromise
    return name, content


def unpacked_png(value: Any) -> bytes:
    content = _is(value, bytes)
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        raise BrokenPromise
    return content


def unpacked_progress(value: Any) -> tuple[int, int]:
    """Things done and things in all. Raises BrokenPromise."""
    done, total = _row(value, 2)
    most = _whole(total, 0, limits.MOST_PROPOSALS)
    return _whole(done, 0, most), most


def unpacked_pdf(value: Any) -> bytes:
    """Raises BrokenPromise."""
    content = _is(value, bytes)
    if not content.startswith(b"%PDF-"):
        raise BrokenPromise
    return content


def _unpacked_person(row: Any) -> NamedPerson:
    name, birth_date, sex = (_text(field, _LONGEST_NAME) for field in _row(row, 3))
    return NamedPerson(name, birth_date, sex)


def _unpacked_proposal(row: Any) -> Proposal:
    text, where, page, boxes, words, doubts = _row(row, 6)
    try:
        resource, _ = value_at(_text(text, _LONGEST_RESOURCE), 0)
    except BadJson as error:
        raise BrokenPromise from error
    spot = Spot(
        _text(where, _LONGEST_PLACE),
        _whole(page, 0, limits.MOST_PAGES),
        tuple(_unpacked_box(_row(box, 4)) for box in _is(boxes, list)),
    )
    told = tuple(_text(doubt, _LONGEST_MESSAGE_TO_SHOW) for doubt in _is(doubts, list))
    return Proposal(_is(resource, dict), spot, _text(words, _LONGEST_WORDS), told)


def _unpacked_box(sides: Sequence[Any]) -> Box:
    box = Box(*(_number(side, -_FARTHEST, _FARTHEST) for side in sides))
    if box.x1 <= box.x0 or box.y1 <= box.y0:
        raise BrokenPromise
    return box


def _unpacked_word(value: Any, length: int) -> Word:
    start, end, x0, y0, x1, y1, confidence = _row(value, 7)
    box = _unpacked_box((x0, y0, x1, y1))
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
