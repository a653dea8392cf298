"""Checks the log from its beginning, and each record against it. What it says, a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2 as sqlcipher

from healthmate_desktop.domain.audit import GONE, VerifyReport
from healthmate_desktop.errors import VaultDamaged
from healthmate_desktop.storage.chain_check import EVENTS, SIGNATURES, ChainCheck
from healthmate_desktop.storage.digests import all_digests
from healthmate_desktop.storage.errors import translated
from healthmate_desktop.storage.indexes import check_indexes

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from healthmate_desktop.domain.keys import Anchor
    from healthmate_desktop.storage.chain import LogKeys

_MOST = 50  # problems that are told one by one
_BATCH = 2000  # rows between two yields
_NEXT = "Copy the vault's folder to a safe place, then restore a backup."


def verify_log(
    raw: Any, keys: LogKeys, *, deep: bool, anchors: Sequence[Anchor]
) -> Generator[int, None, VerifyReport]:
    """`raw` is a bare connection of its own. Raises VaultError, but VaultDamaged is a problem like others."""
    problems: list[str] = []
    count = 0
    try:
        with translated():
            raw.execute("BEGIN")
            check = ChainCheck(keys, anchors, raw.execute(SIGNATURES).fetchall())
            check.problems = problems
            for count in _follow_chain(raw, check):
                yield count
            if deep:
                for _ in _compare_records(raw, keys.audit_key, check):
                    yield count
            raw.execute("COMMIT")
            if deep:
                problems += check_indexes(raw)
    except VaultDamaged as error:
        problems.append(str(error))
    except sqlcipher.OperationalError:  # bytes that are no text
        problems.append(f"A part of the database can't be read. {_NEXT}")
    left_out = len(problems) - _MOST
    told = problems[:_MOST] + ([f"And {left_out} more of this kind."] if left_out > 0 else [])
    return VerifyReport(count, deep, tuple(told))


def _follow_chain(raw: Any, check: ChainCheck) -> Generator[int, None, None]:
    events = raw.execute(EVENTS)
    while batch := events.fetchmany(_BATCH):
        check.follow(batch)
        yield check.count
    check.end()


def _compare_records(raw: Any, audit_key: bytes, check: ChainCheck) -> Generator[None, None, None]:
    """Each row is as its newest event says, none is without one, and none is missing."""
    expected = dict(check.digests)
    for number, (subject, digest) in enumerate(all_digests(raw.cursor(), audit_key)):
        if number % _BATCH == 0:
            yield
        wanted = expected.pop(subject, None)
        if wanted is None:
            check.problems.append(
                f"{_spoken(subject)} is here, but the log does not know of it: it was added by something "
                f"else than HealthMate. {_NEXT}"
            )
        elif wanted != digest:
            check.problems.append(
                f"{_spoken(subject)} is not as it was saved last: it was changed by something else than "
                f"HealthMate, or an older state was put back. {_NEXT}"
            )
    check.problems += [
        f"{_spoken(subject)} is missing, though the log says that it was saved. {_NEXT}"
        for subject, digest in expected.items()
        if digest != GONE
    ]


_WORDS = {
    "access_grant": "The entry that gives a person into someone's care",
    "document": "The entry of a document",
    "original": "The entry of a document's original file",
    "patient": "The entry of a person",
    "preference": "A setting",
    "thread": "A conversation",
    "turn": "A question with its answer",
    "user": "The entry of a user",
}


def _spoken(subject: str) -> str:
    table, _, row_id = subject.partition("/")
    if row_id.endswith("/content"):
        return f"What was read from a document ({subject})"
    return f"{_WORDS.get(table, 'An entry')} ({row_id})"
