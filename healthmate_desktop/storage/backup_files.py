"""Files on disks that are not the vault's: a stick, a share, another drive."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from typing import TYPE_CHECKING, BinaryIO

from healthmate_desktop.errors import DiskFull
from healthmate_desktop.storage import files
from healthmate_desktop.storage.backup_errors import cannot_write, folder_missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPARE = 64 * 2**20  # bytes that must be left over


@contextlib.contextmanager
def target_translated() -> Iterator[None]:
    """Errors of the disk that a backup is written to, in words."""
    try:
        yield
    except FileNotFoundError as error:
        raise folder_missing() from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        raise cannot_write() from error


def open_new(path: Path) -> BinaryIO:
    """A new file that only its owner reads, in place of what is left of an earlier try."""
    path.unlink(missing_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    flags |= getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "w+b")


def make_durable(file: BinaryIO) -> None:
    """On the disk when it returns; and reading it again asks the disk, where the system can be told so."""
    file.flush()
    os.fsync(file.fileno())
    if sys.platform == "linux":
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def move_durably(draft: Path, place: Path) -> None:
    """`place` is the old file or folder, or the new one, whenever the power fails."""
    draft.replace(place)
    sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """The same as for a vault, but some shares know no such thing."""
    try:
        files.sync_folder(folder)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise


def check_space(folder: Path, size: int) -> None:
    """Raises DiskFull unless there is room for this twice."""
    if shutil.disk_usage(folder).free < 2 * size + SPARE:
        raise DiskFull


def size_of(file: Path) -> int:
    """0 for what can't be looked at: whoever reads it finds out why."""
    with contextlib.suppress(OSError):
        return file.stat().st_size
    return 0


def same_disk(first: Path, second: Path) -> bool:
    return first.stat().st_dev == second.stat().st_dev
