"""Whether the database is whole in itself: its pages, its indexes, what refers to what, and the words for search."""

from __future__ import annotations

from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

_SEARCH = (
    ("passage_fts", "The words for searching documents"),
    ("patient_fts", "The words for finding people"),
)
_PEOPLE = "SELECT id, name, coalesce(birth_date, '') FROM patient WHERE deleted_at IS NULL"
_FOUND = "SELECT patient_id, name, birth_date FROM patient_fts"
_DIFFERENT = (
    f"SELECT EXISTS ({_PEOPLE} EXCEPT {_FOUND}) OR EXISTS ({_FOUND} EXCEPT {_PEOPLE}) "  # noqa: S608
    f"OR (SELECT count(*) FROM ({_PEOPLE})) != (SELECT count(*) FROM patient_fts)"
)
_PRIMARY = 0xFF  # the low byte of an extended result code
_NEXT = "Copy the vault's folder to a safe place, then restore a backup."


def check_indexes(raw: Any) -> list[str]:
    """`raw` is a bare connection outside of a transaction. Raises sqlcipher3's errors."""
    told = [str(row[0]) for row in raw.execute("PRAGMA integrity_check(100)")]
    problems = [f"The database is damaged: {text}. {_NEXT}" for text in told if text != "ok"]
    lost = {row[0] for row in raw.execute("PRAGMA foreign_key_check")}
    problems += [
        f"Something in the table {table} belongs to a record that is not here. {_NEXT}"
        for table in sorted(lost)
    ]
    for index, words in _SEARCH:
        if not _is_whole(raw, index):
            problems.append(f"{words} do not match the records. {_NEXT}")
    if raw.execute(_DIFFERENT).fetchone() != (0,):
        problems.append(f"The words for finding people are not those of the people here. {_NEXT}")
    return problems


def _is_whole(raw: Any, index: str) -> bool:
    """FTS5 compares the index with the text it was made of; the command changes nothing."""
    try:
        raw.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except sqlcipher.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY == sqlcipher.SQLITE_CORRUPT:
            return False
        raise
    return True
