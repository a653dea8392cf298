"""What an import tells while it works, and what became of each file."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.errors import UnsupportedDocument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.errors import HealthMateError

Status = Literal["imported", "proposed", "duplicate", "unreadable", "unsupported", "left_out"]
DONE = frozenset[Status]({"imported", "proposed"})
BAD = frozenset[Status]({"unreadable", "unsupported"})


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. `document_id` is "" where nothing was kept; one in an archive is "archive.zip/name"."""

    path: str
    status: Status
    kind: str
    document_id: str
    problems: tuple[Problem, ...]
    seconds: float
    records: Mapping[str, int] = field(default_factory=dict)  # by FHIR type


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """`done` of `total` files are through; of the one under way, `page` of `pages`."""

    done: int
    total: int
    name: str
    page: int = 0
    pages: int = 0
    outcome: FileOutcome | None = None  # set when the file is through, and for each file in it
    names: tuple[str, ...] = ()  # of all files, in order
    of_bytes: bool = False  # `page` and `pages` are bytes of a large file


def failed(path: str, document_id: str, error: HealthMateError, started: float) -> FileOutcome:
    status: Status = "unsupported" if isinstance(error, UnsupportedDocument) else "unreadable"
    problem = Problem("file", str(error))
    return FileOutcome(path, status, "", document_id, (problem,), time.monotonic() - started)


def left_out(path: str, started: float) -> FileOutcome:
    return FileOutcome(path, "left_out", "", "", (), time.monotonic() - started)


def duplicate(path: str, known: Document, started: float) -> FileOutcome:
    kind = known.kind.value if known.kind else ""
    return FileOutcome(path, "duplicate", kind, known.id, (), time.monotonic() - started)
