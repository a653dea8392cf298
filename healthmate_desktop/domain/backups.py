"""Backups: one encrypted file each, checked after it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

SUFFIX = ".hmb"
KEEP_DAILY, KEEP_WEEKLY = 7, 4


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds, after all of it was decrypted and checked."""

    file: str
    made_at: datetime
    size: int  # bytes of the file
    people: int
    documents: int  # originals in it
    events: int  # of the log


@dataclass(frozen=True, slots=True)
class BackupProgress:
    """`done` of `total` bytes, and what is being done: "Copying", "Checking"."""

    done: int
    total: int
    words: str


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup that lies in the chosen folder; not yet opened."""

    path: str
    made_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """Where backups go and when the last good one and the last drill were. "" and None: not yet."""

    folder: str = ""
    last_backup: datetime | None = None
    last_drill: datetime | None = None
    last_problem: str = ""  # why the newest try failed, "" when it did not
    same_disk: bool = False  # the folder is on the vault's own disk


def to_keep(times: list[datetime]) -> set[datetime]:
    """Which of the backups made at `times` stay: the newest of each of the last 7 days and of the last 4 weeks.

    Days and weeks are counted among those that have a backup, so that a computer left off loses none.
    """
    kept: set[datetime] = set()
    for count, name in ((KEEP_DAILY, "%Y-%m-%d"), (KEEP_WEEKLY, "%G-%V")):
        periods: dict[str, datetime] = {}
        for time in sorted(times):
            periods[time.strftime(name)] = time
        kept |= {periods[period] for period in sorted(periods)[-count:]}
    return kept
