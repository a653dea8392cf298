"""The corpus of a BEIR folder: one JSON object a line, with `_id`, `title`, `text` and perhaps `metadata`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CORPUS_FILE = "corpus.jsonl"
LONGEST_LINE = (
    4_000_000  # characters; the longest records of public corpora are well below 1 million
)
LONGEST_ID = 500
LONGEST_TITLE = 2000  # also of an address
MOST_PROBLEMS = 100


class _Unreadable(Exception):
    """Why a line was left out, fit to show."""


def articles_of(lines: Iterable[str], problems: list[Problem]) -> Iterator[Article]:
    """An article a line. Lines that can't be used are named in `problems`, the first 100 of them, and left out."""
    seen: set[str] = set()
    left_out = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            article = _article(line, seen)
        except _Unreadable as error:
            left_out += 1
            if left_out <= MOST_PROBLEMS:
                problems.append(Problem(f"line {number}", str(error)))
            continue
        seen.add(article.external_id)
        yield article
    if left_out > MOST_PROBLEMS:
        problems.append(Problem("other lines", f"{left_out - MOST_PROBLEMS} more were left out."))


def _article(line: str, seen: set[str]) -> Article:
    if len(line) > LONGEST_LINE:
        raise _Unreadable("It is longer than 4 million characters.")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _Unreadable("It is not a JSON record.") from error
    if not isinstance(record, dict):
        raise _Unreadable("It is not a JSON record.")
    external_id, title, text = (_text(record, name) for name in ("_id", "title", "text"))
    if not external_id or len(external_id) > LONGEST_ID:
        raise _Unreadable("It has no usable _id.")
    if external_id in seen:
        raise _Unreadable("Its _id came before. The first record was kept.")
    if not title and not text:
        raise _Unreadable("It has neither title nor text.")
    return Article(
        id="",
        source_id=SourceId(""),
        title=title[:LONGEST_TITLE],
        pages=(text or title,),
        external_id=external_id,
        url=_url(record),
        kind="record",
    )


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and name == "_id":
        return str(value)
    if not isinstance(value, str):
        raise _Unreadable(f"Its {name} is not text.")
    # Half a surrogate pair is legal in JSON and can't be stored.
    return value.encode("utf-8", "replace").decode("utf-8").strip()


def _url(record: dict[str, Any]) -> str:
    metadata = record.get("metadata")
    url = metadata.get("url") if isinstance(metadata, dict) else None
    if not isinstance(url, str) or len(url) > LONGEST_TITLE:
        return ""
    url = url.strip()
    return url if url.startswith(("https://", "http://")) and url.isprintable() else ""
