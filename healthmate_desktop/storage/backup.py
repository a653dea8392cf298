"""Backups of the open vault: made, checked, listed, and thinned out."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from healthmate_desktop.domain.backups import (
    SUFFIX,
    BackupFile,
    BackupProgress,
    BackupReport,
    to_keep,
)
from healthmate_desktop.errors import DiskFull, InvalidInput, VaultDamaged, VaultError
from healthmate_desktop.storage.backup_errors import (
    cannot_write,
    contents_differ,
    folder_missing,
    inside_vault,
    of_another_vault,
    of_older_keys,
    renewal_under_way,
    under_way,
)
from healthmate_desktop.storage.backup_files import (
    check_space,
    move_durably,
    open_new,
    same_disk,
    size_of,
    target_translated,
)
from healthmate_desktop.storage.backup_format import (
    DATABASE,
    HEADER,
    OPENER,
    README,
    KeyFileCopy,
    Streams,
    file_name,
    time_in_name,
    vault_of,
)
from healthmate_desktop.storage.backup_reading import read_backup, read_key_file
from healthmate_desktop.storage.backup_writing import Recipe, rows_now, write_backup
from healthmate_desktop.storage.errors import disk_translated

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime
    from pathlib import Path

    from healthmate_desktop.domain.keys import VaultKeys
    from healthmate_desktop.storage.backup_format import Manifest
    from healthmate_desktop.storage.backup_reading import Opened
    from healthmate_desktop.storage.vault import Vault

T = TypeVar("T")
COPYING, CHECKING = "Copying", "Checking"
WORK = "backup.work"  # in the vault's folder; may be deleted whenever nothing is under way
BAD = ".bad"  # after the name of a backup that did not pass its check


@dataclass(frozen=True, slots=True)
class Checked:
    """`lost`: documents whose originals were already missing or damaged in the vault when it was made."""

    report: BackupReport
    sha256: str  # of the file
    lost: int


class Backups:
    """Of one open vault. One backup or check at a time.

    `keys` and `key_file` tell what holds at the moment, since keys can be renewed; `key_file` must have made sure
    that the file on the disk is genuine, for a backup is sealed to the recovery key it names. `guides` is the
    folder with what lies readable in each backup.
    """

    def __init__(
        self,
        vault: Vault,
        keys: Callable[[], VaultKeys],
        key_file: Callable[[], KeyFileCopy],
        streams: Streams,
        guides: Path,
    ) -> None:
        self._vault = vault
        self._keys = keys
        self._key_file = key_file
        self._streams = streams
        self._guides = guides
        self._free = threading.Lock()  # whether the folder for work is

    def clear_away(self) -> None:
        """What a backup or check that was cut off left in the vault's folder; asked when none is under way."""
        shutil.rmtree(self._vault.folder / WORK, ignore_errors=True)

    def make(self, place: Path, now: datetime) -> Generator[BackupProgress, None, Checked]:
        """Write a backup into a folder, or to a file of this name, and check all of it before it gets its name.

        Closing the generator leaves nothing behind. Raises DiskFull, VaultError, or VaultDamaged when the backup did
        not pass; it is then kept under a name that ends in `.bad`.
        """
        keys = self._keys()
        if keys.renewing is not None:
            raise renewal_under_way()
        made_at = now.replace(microsecond=0)
        with target_translated():
            target = place / file_name(keys.vault_id, made_at) if place.is_dir() else place
        self.check_folder(target.parent)
        size = self._size()
        with target_translated():
            check_space(target.parent, size)
        with self._work() as work, _draft_of(target.parent, keys.vault_id) as draft:
            recipe = Recipe(
                vault=self._vault,
                keys=keys,
                key_file=self._key_file(),
                readme=(self._guides / README).read_bytes(),
                opener=(self._guides / OPENER).read_bytes(),
                streams=self._streams,
                made_at=made_at,
                work=work,
            )
            total = 2 * size + self._database_size()  # it is copied apart before it is taken in
            steps = _written(recipe, draft)
            manifest = yield from counted(steps, 0, total - size, total, COPYING)
            checking = self._checked(draft, work, target, manifest)
            checked = yield from counted(checking, total - size, total, total, CHECKING)
            with target_translated():
                move_durably(draft, target)
        return checked

    def check(self, file: Path) -> Generator[BackupProgress, None, Checked]:
        """Decrypt all of a backup of this vault to nowhere. Raises InvalidInput or VaultError."""
        with self._work() as work:
            size = size_of(file)
            opened = yield from counted(self._read(file, work), 0, size, size, CHECKING)
        return checked_as(opened, file)

    def existing(self, folder: Path) -> list[BackupFile]:
        """Those of this vault that were made into this folder, newest first."""
        vault_id = self._keys().vault_id
        found = []
        with contextlib.suppress(OSError):
            for path in folder.iterdir():
                made_at = time_in_name(path.name, vault_id)
                if made_at and self._is_ours(path):
                    found.append(BackupFile(str(path), made_at, path.stat().st_size))
        return sorted(found, key=lambda file: file.made_at, reverse=True)

    def thin_out(self, folder: Path) -> int:
        """Remove the backups of this vault that are not to be kept, and tell how many. The newest always stays."""
        files = self.existing(folder)
        kept = to_keep([file.made_at for file in files])
        gone = [file for file in files[1:] if file.made_at not in kept]
        with target_translated():
            for file in gone:
                os.unlink(file.path)  # noqa: PTH108 - it is text
        return len(gone)

    def on_same_disk(self, folder: Path) -> bool:
        """Whether one broken disk would take the vault and its backups."""
        try:
            return same_disk(folder, self._vault.folder)
        except OSError:
            return False

    def check_folder(self, folder: Path) -> None:
        """Raises InvalidInput or VaultError for a place that no backup can be made in."""
        with target_translated():
            if not folder.is_dir():
                raise folder_missing()
        vault = self._vault.folder.resolve()
        if folder.resolve() == vault or vault in folder.resolve().parents:
            raise inside_vault()
        if not os.access(folder, os.W_OK):
            raise cannot_write()

    def _read(self, file: Path, work: Path) -> Generator[int, None, Opened]:
        return (yield from read_backup(file, work, self._unlock, self._streams))

    def _checked(
        self, draft: Path, work: Path, target: Path, manifest: Manifest
    ) -> Generator[int, None, Checked]:
        try:
            opened = yield from self._read(draft, work)
            if opened.manifest != manifest:
                raise contents_differ()
        except InvalidInput as error:  # the draft is gone, with the disk it was on
            raise folder_missing() from error
        except DiskFull:
            raise  # it could not be checked, which says nothing of it
        except VaultError:
            with contextlib.suppress(OSError):
                self._set_aside(draft, target)
            raise
        return checked_as(opened, target)

    def _set_aside(self, draft: Path, target: Path) -> None:
        """Keep the newest that failed, for whoever looks into it; more would only fill the disk."""
        for path in target.parent.glob(f"*{SUFFIX}{BAD}"):
            if time_in_name(path.name.removesuffix(BAD), self._keys().vault_id):
                path.unlink()
        draft.replace(target.with_name(target.name + BAD))

    def _unlock(self, folder: Path) -> VaultKeys:
        """With the keys that are open: no passphrase is asked for."""
        keys = self._keys()
        vault_id, epoch = vault_of((folder / HEADER).read_bytes())
        if vault_id != keys.vault_id:
            raise of_another_vault()
        if epoch != keys.epoch:
            raise of_older_keys()
        return keys

    def _is_ours(self, path: Path) -> bool:
        header = read_key_file(path)
        if header is None:
            return False
        try:
            return vault_of(header)[0] == self._keys().vault_id
        except VaultDamaged:
            return False

    def _size(self) -> int:
        """Bytes that a backup will take, nearly."""
        return self._database_size() + sum(row.size for row in rows_now(self._vault))

    def _database_size(self) -> int:
        path = self._vault.folder / DATABASE
        log = path.with_name(f"{DATABASE}-wal")
        return sum(part.stat().st_size for part in (path, log) if part.exists())

    @contextlib.contextmanager
    def _work(self) -> Iterator[Path]:
        folder = self._vault.folder / WORK
        if not self._free.acquire(blocking=False):
            raise under_way()
        try:
            with disk_translated():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(mode=0o700)
                check_space(folder, self._database_size())
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self._free.release()


def counted(
    steps: Generator[int, None, T], done: int, most: int, total: int, words: str
) -> Generator[BackupProgress, None, T]:
    """Progress from `done` to at most `most` of `total` bytes."""
    with contextlib.closing(steps):
        yield BackupProgress(done, total, words)
        while True:
            try:
                done += next(steps)
            except StopIteration as end:
                result: T = end.value
                return result
            yield BackupProgress(min(done, most), total, words)


def _written(recipe: Recipe, draft: Path) -> Generator[int, None, Manifest]:
    with target_translated(), open_new(draft) as file:
        return (yield from write_backup(recipe, file))


@contextlib.contextmanager
def _draft_of(folder: Path, vault_id: str) -> Iterator[Path]:
    """One for each vault, so that what a power cut left is written over by the next try."""
    draft = folder / f"healthmate-{vault_id}.new"
    try:
        yield draft
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def checked_as(opened: Opened, file: Path) -> Checked:
    contents = opened.manifest.contents
    report = BackupReport(
        file=str(file),
        made_at=opened.manifest.made_at,
        size=opened.size,
        people=contents.people,
        documents=contents.documents,
        events=contents.events,
    )
    return Checked(report, opened.sha256, len(opened.manifest.missing))
