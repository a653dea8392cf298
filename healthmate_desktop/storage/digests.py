"""Keyed digests of records as they are stored, so that an edit or an older page is noticed."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.audit import GONE
from healthmate_desktop.storage.chain import canonical
from healthmate_desktop.storage.tables import (
    DOCUMENT,
    GRANT,
    ORIGINAL,
    PAGE,
    PASSAGE,
    PATIENT,
    PREFERENCE,
    RECORD,
    SAMPLE,
    THREAD,
    TURN,
    USER,
    VECTOR,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa

# The tables whose every row is in the log, in the order in which a log begins.
AUDITED: dict[str, sa.Table] = {
    table.name: table
    for table in (USER, PATIENT, GRANT, DOCUMENT, ORIGINAL, RECORD, THREAD, TURN, PREFERENCE)
}
CONTENT = "content"  # ends the subject of a document's pages, passages, vectors and samples


def _columns(table: sa.Table) -> list[str]:
    return [column.name for column in table.columns]


def _qualified(table: sa.Table) -> list[str]:
    return [f"{table.name}.{name}" for name in _columns(table)]


_SELECT = {
    name: f"SELECT {', '.join(_columns(table))} FROM {name}"  # noqa: S608 - names of our own tables
    for name, table in AUDITED.items()
}
_KEY = {name: next(iter(table.primary_key)).name for name, table in AUDITED.items()}
_OF_PAGE = _qualified(PAGE)
_OF_PASSAGE = _qualified(PASSAGE) + _qualified(VECTOR)
_PAGES = f"SELECT {', '.join(_OF_PAGE)} FROM page WHERE document_id = ? ORDER BY number"  # noqa: S608
_PASSAGES = (
    f"SELECT {', '.join(_OF_PASSAGE)} "  # noqa: S608
    "FROM passage LEFT JOIN vector ON vector.passage_number = passage.number "
    "WHERE passage.document_id = ? ORDER BY passage.number"
)


# Those of a document that is not read to its end are made again.
_OF_SAMPLE = _qualified(SAMPLE)
_READ_SAMPLES = (
    "FROM sample JOIN document ON document.id = sample.document_id AND document.state = 'ready'"
)
_SAMPLES = (
    f"SELECT {', '.join(_OF_SAMPLE)} {_READ_SAMPLES} "
    "WHERE sample.document_id = ? ORDER BY sample.number"
)


def digest_of(cursor: Any, audit_key: bytes, subject: str) -> str:
    """Of the row, or the content, that a subject names. `cursor` is the driver's, inside the transaction."""
    table, _, row_id = subject.partition("/")
    if row_id.endswith(f"/{CONTENT}"):
        return _content_digest(cursor, audit_key, row_id.removesuffix(f"/{CONTENT}"))
    row = cursor.execute(f"{_SELECT[table]} WHERE {_KEY[table]} = ?", (row_id,)).fetchone()
    return GONE if row is None else _row_digest(audit_key, table, row)


def all_digests(cursor: Any, audit_key: bytes) -> Iterator[tuple[str, str]]:
    """Subject and digest of all there is. `cursor` is not to be used for anything else meanwhile."""
    for name, table in AUDITED.items():
        place = _columns(table).index(_KEY[name])
        for row in cursor.execute(_SELECT[name]):
            yield f"{name}/{row[place]}", _row_digest(audit_key, name, row)
    query = (
        "SELECT document_id FROM page UNION SELECT document_id FROM passage "  # noqa: S608
        f"UNION SELECT sample.document_id {_READ_SAMPLES}"
    )
    for (document_id,) in cursor.execute(query).fetchall():
        yield (
            f"document/{document_id}/{CONTENT}",
            _content_digest(cursor, audit_key, document_id),
        )


def _row_digest(audit_key: bytes, table: str, row: tuple[Any, ...]) -> str:
    kept = _kept(_columns(AUDITED[table]), row)
    return hmac.digest(audit_key, canonical([table, kept]), "sha256").hex()


def _content_digest(cursor: Any, audit_key: bytes, document_id: str) -> str:
    digest = hmac.new(audit_key, CONTENT.encode(), "sha256")
    empty = True
    for query, names in ((_PAGES, _OF_PAGE), (_PASSAGES, _OF_PASSAGE)):
        for row in cursor.execute(query, (document_id,)):
            empty = False
            digest.update(canonical(_kept(names, row)) + b"\n")
        digest.update(b"\n")
    for row in cursor.execute(_SAMPLES, (document_id,)):  # without any, as before there were some
        empty = False
        digest.update(canonical(_kept(_OF_SAMPLE, row)) + b"\n")
    return GONE if empty else digest.hexdigest()


def _kept(names: Sequence[str], row: tuple[Any, ...]) -> dict[str, Any]:
    """What is NULL is left out, so that a later version may add columns."""
    values = zip(names, row, strict=True)
    return {name: _hashed(value) for name, value in values if value is not None}


def _hashed(value: Any) -> Any:
    return [hashlib.sha256(value).hexdigest()] if isinstance(value, bytes) else value
