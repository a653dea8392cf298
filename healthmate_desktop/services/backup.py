"""Backups: where they go, when the next one is due, and whether they would open."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from healthmate_desktop.domain.backups import BackupPlan
from healthmate_desktop.domain.ids import JobId, new_id
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.errors import HealthMateError, InvalidInput, VaultError

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.backups import BackupFile, BackupProgress, BackupReport
    from healthmate_desktop.services.access import Access

FOLDER, LAST, DRILLED, PROBLEM = (
    "backup.folder",
    "backup.last",
    "backup.drilled",
    "backup.problem",
)
EVERY = timedelta(days=1)
CUT_OFF = "The last backup was cut off, so it does not count. Your records are safe. Back up again."


class Checked(Protocol):
    """A backup that was made or checked, with the SHA-256 of its file."""

    @property
    def report(self) -> BackupReport: ...
    @property
    def sha256(self) -> str: ...
    @property
    def lost(self) -> int:
        """Originals that were lost in the vault itself."""
        ...


class BackupFiles(Protocol):
    """Makes, reads and lists the files."""

    def make(self, place: Path, now: datetime) -> Generator[BackupProgress, None, Checked]: ...

    def check(self, file: Path) -> Generator[BackupProgress, None, Checked]: ...

    def existing(self, folder: Path) -> list[BackupFile]: ...

    def thin_out(self, folder: Path) -> int: ...

    def check_folder(self, folder: Path) -> None: ...

    def on_same_disk(self, folder: Path) -> bool: ...


class BackupService:
    """For who may make backups. What is chosen and what came of it is kept in the vault."""

    def __init__(self, access: Access, files: BackupFiles) -> None:
        self._access = access
        self._files = files

    def plan(self) -> BackupPlan:
        """Also tells whether the folder is on the vault's own disk, which breaks with it."""
        with self._access.read(Action.BACKUP) as tx:
            folder, last, drilled, problem = (
                tx.preferences.get(key, "") for key in (FOLDER, LAST, DRILLED, PROBLEM)
            )
            if not problem and any(job.kind == "backup" for job in tx.jobs.unfinished()):
                problem = CUT_OFF
        same = bool(folder) and self._files.on_same_disk(Path(folder))
        return BackupPlan(folder, _time(last), _time(drilled), problem, same_disk=same)

    def choose_folder(self, folder: str) -> None:
        """Raises InvalidInput or VaultError for a place that takes no backups."""
        self._access.session.require(Action.BACKUP)
        path = Path(folder).absolute()
        self._files.check_folder(path)
        with self._access.write(Action.BACKUP) as tx:
            tx.preferences.set(FOLDER, str(path))

    def due(self, now: datetime) -> bool:
        """Whether a folder is chosen and the last good backup is older than a day."""
        plan = self.plan()
        return bool(plan.folder) and (
            plan.last_backup is None or not timedelta() <= now - plan.last_backup < EVERY
        )

    def make(self, file: Path | None = None) -> Generator[BackupProgress, None, BackupReport]:
        """Into the chosen folder, or to a file or folder of one's own; checked before it counts.

        In the chosen folder seven daily and four weekly ones stay. Raises InvalidInput without a folder, DiskFull or
        VaultError; the reason is kept for the plan.
        """
        self._access.session.require(Action.BACKUP)
        place = file or Path(self._chosen())
        job = Job(JobId(new_id()), "backup")
        with self._access.write(Action.BACKUP) as tx:
            for old in [job for job in tx.jobs.unfinished() if job.kind == "backup"]:
                tx.jobs.remove(old.id)
            tx.jobs.add(job)
        try:
            if file is None:  # where the disk is not plugged in, no file may take the folder's name
                self._files.check_folder(place)
            checked = yield from self._files.make(place, datetime.now(UTC))
        except HealthMateError as error:
            self._end(job, PROBLEM, str(error))
            raise
        except GeneratorExit:  # stopped by the person, or by a lock
            self._end(job, PROBLEM, "")
            raise
        self._log("backup.made", checked, job)
        if file is None:
            self._files.thin_out(place)
        return checked.report

    def drill(self, file: Path) -> Generator[BackupProgress, None, BackupReport]:
        """Decrypt all of a backup of this vault to nowhere. Raises InvalidInput or VaultError."""
        self._access.session.require(Action.BACKUP)
        checked = yield from self._files.check(file)
        self._log("backup.drilled", checked)
        return checked.report

    def existing(self) -> list[BackupFile]:
        """In the chosen folder, newest first."""
        folder = self.plan().folder
        return self._files.existing(Path(folder)) if folder else []

    def _chosen(self) -> str:
        folder = self.plan().folder
        if not folder:
            raise InvalidInput("Choose a folder for backups first, best on another disk.")
        return folder

    def _end(self, job: Job, key: str, words: str) -> None:
        with contextlib.suppress(VaultError), self._access.write(Action.BACKUP) as tx:
            tx.jobs.remove(job.id)
            tx.preferences.set(key, words)

    def _log(self, action: str, checked: Checked, job: Job | None = None) -> None:
        report = checked.report
        with self._access.write(Action.BACKUP) as tx:
            tx.audit.add(
                action,
                details={
                    "sha256": checked.sha256,
                    "people": report.people,
                    "documents": report.documents,
                    "events": report.events,
                    "lost": checked.lost,
                },
            )
            if job is None:
                tx.preferences.set(DRILLED, datetime.now(UTC).isoformat())
            else:
                tx.jobs.remove(job.id)
                tx.preferences.set(LAST, report.made_at.isoformat())
                tx.preferences.set(PROBLEM, "")


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
