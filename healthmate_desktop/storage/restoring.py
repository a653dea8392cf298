"""A backup takes the place of a vault: made whole beside it, checked, and only then swapped in.

A note, `restore.json`, says that the swap has begun; from then on it is carried through, also after a power cut.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from healthmate_desktop.errors import VaultBusy
from healthmate_desktop.storage.backup import CHECKING, checked_as, counted
from healthmate_desktop.storage.backup_database import copy_database
from healthmate_desktop.storage.backup_files import check_space, size_of, sync_folder
from healthmate_desktop.storage.backup_format import DATABASE, HEADER
from healthmate_desktop.storage.backup_reading import COPY, read_backup
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.files import make_private_file, put_in_place
from healthmate_desktop.storage.folder import take_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from healthmate_desktop.domain.backups import BackupProgress
    from healthmate_desktop.storage.backup import Checked
    from healthmate_desktop.storage.backup_format import Streams
    from healthmate_desktop.storage.backup_reading import Opened, Unlock

VAULT, DRAFT, REPLACED = "vault", "vault.restoring", "vault.replaced-"
NOTE, LOCK, WORK = "restore.json", "restore.lock", "backup.work"
NEW_NOTE, PREVIOUS = f"{NOTE}.new", f"{HEADER}.prev"
RESTORING = "Restoring"


def restore(  # noqa: PLR0913, PLR0917 - from where, to where, and how
    file: Path,
    data: Path,
    unlock: Unlock,
    streams: Streams,
    now: datetime,
    complete: Callable[[Path], None],
) -> Generator[BackupProgress, None, Checked]:
    """Put the backup in the place of `data/vault`. The vault there is kept as `vault.replaced-<time>`.

    Until the end nothing that was there is touched; closing the generator leaves it so. `unlock` gets the keys from
    the key file in a folder. `complete` is called with the folder of the new vault before it gets its place: what
    that writes is there whenever the new vault is. Raises VaultBusy, DiskFull, InvalidInput, VaultDamaged and what
    these two raise.
    """
    finish_restore(data)
    with disk_translated():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(data):
        draft = data / DRAFT
        try:
            size = size_of(file)
            with disk_translated():
                draft.mkdir(mode=0o700)
                (draft / WORK).mkdir(mode=0o700)
                check_space(draft, size)
            reading = read_backup(file, draft / WORK, unlock, streams, draft)
            opened = yield from counted(reading, 0, size, 2 * size, CHECKING)
            building = _build(draft, opened)
            yield from counted(building, size, 2 * size, 2 * size, RESTORING)
            complete(draft)
            _begin_swap(data, now)
        except BaseException:
            if not (data / NOTE).exists():
                _clear_away(data)
            raise
        _swap(data)
    return checked_as(opened, file)


def finish_restore(data: Path) -> None:
    """Carry through a swap that was cut off, or clear away a copy that was not finished. Quick where there is none.

    Raises VaultBusy while another process is restoring, or VaultError.
    """
    if not os.path.lexists(data / NOTE) and not os.path.lexists(data / DRAFT):
        return
    with _alone(data):
        if (data / NOTE).exists():
            _swap(data)
        else:
            _clear_away(data)


def _clear_away(data: Path) -> None:
    """The draft of the note first: without a draft of a vault nobody would look for it again."""
    with contextlib.suppress(OSError):
        (data / NEW_NOTE).unlink(missing_ok=True)
    shutil.rmtree(data / DRAFT, ignore_errors=True)


def _build(draft: Path, opened: Opened) -> Generator[int, None, None]:
    """A vault out of what was read: its key file, its database under its own key, its originals."""
    for stray in opened.strays:
        with disk_translated():
            (draft / stray).unlink(missing_ok=True)
    yield from copy_database(
        draft / WORK / COPY, opened.copy_key, draft / DATABASE, opened.keys.database_key
    )
    with disk_translated():
        header = (draft / WORK / HEADER).read_bytes()
        for name in (HEADER, PREVIOUS):
            make_private_file(draft / name, header)
        with (draft / DATABASE).open("r+b") as database:
            os.fsync(database.fileno())
        shutil.rmtree(draft / WORK)
        sync_folder(draft / "originals")
        sync_folder(draft)


def _begin_swap(data: Path, now: datetime) -> None:
    """After this the swap is carried through."""
    vault = data / VAULT
    if vault.is_dir() and any(vault.iterdir()):
        take_lock(vault).release()  # raises VaultBusy while it is open somewhere
    name = f"{REPLACED}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    while os.path.lexists(data / name):
        name += "x"
    with disk_translated():
        sync_folder(data / DRAFT)  # what was written to complete it
        draft = data / NEW_NOTE
        make_private_file(draft, json.dumps({"replaced": name}).encode())
        put_in_place(draft, data / NOTE)


def _swap(data: Path) -> None:
    """Each step can be the last before a power cut."""
    with disk_translated():
        vault, draft = data / VAULT, data / DRAFT
        if draft.exists():
            if os.path.lexists(vault):  # also a link to a disk that is not there
                vault.rename(data / _replaced_name(data))
                sync_folder(data)
            draft.rename(vault)
            sync_folder(data)
        (data / NOTE).unlink(missing_ok=True)
        sync_folder(data)


def _replaced_name(data: Path) -> str:
    """As the note says; a note that can't be read changes nothing but the name."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        name = str(json.loads((data / NOTE).read_bytes())["replaced"])
        if re.fullmatch(rf"{re.escape(REPLACED)}[0-9TZx]{{1,80}}", name):
            return name
    return f"{REPLACED}{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    lock = FileLock(data / LOCK, timeout=0, mode=0o600, thread_local=False)
    with disk_translated():
        try:
            lock.acquire()
        except Timeout as error:  # which is an OSError too
            raise VaultBusy from error
    try:
        yield
    finally:
        lock.release()
