"""Room on the disk: said early, asked before each write, and no more writes where the disk failed one."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from healthmate_desktop.errors import DiskFull, VaultReadOnly
from healthmate_desktop.logs import Event, log
from healthmate_desktop.storage.errors import DiskFailed, disk_translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.errors import VaultError

WARN_BELOW = 1_000_000_000  # bytes
_TOO_LITTLE_TO_OPEN = 1024**2
KEPT_FREE = 64 * 1024**2  # so that a write under way, and closing, always have room


class _NoRoom(DiskFull):
    """Refused before anything was written, so later writes may be tried."""


def disk_words(folder: Path) -> str:
    """A sentence for the person when the disk of this folder is nearly full, else "". Raises VaultError."""
    free = _free(folder)
    if free >= WARN_BELOW:
        return ""
    left = f"only {free // 1_000_000} MB are left" if free >= KEPT_FREE else "no room is left"
    return f"The disk with your records is nearly full: {left}. Make room soon, so that new papers can be kept."


def check_room(folder: Path, size: int = 0) -> None:
    """Raises DiskFull where writing `size` bytes would leave too little."""
    if _free(folder) < KEPT_FREE + size:
        raise _NoRoom


@contextlib.contextmanager
def told_when_full(folder: Path) -> Iterator[None]:
    """SQLite has one error for a broken disk and for one without room for the file it works with."""
    try:
        yield
    except DiskFailed as error:
        if _free(folder) < _TOO_LITTLE_TO_OPEN:
            raise DiskFull from error
        raise


class DiskGuard:
    """Stands before the writes to one vault. Once the disk failed one, nothing is written until it is opened anew.

    After a failed fsync nobody knows what is on the disk, and a second one would say that all is well.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read_only = False

    @property
    def read_only(self) -> bool:
        return self._read_only

    def check(self) -> None:
        """Call before a write. Raises VaultReadOnly or DiskFull."""
        if self._read_only:
            raise VaultReadOnly
        check_room(self._folder)

    def met(self, error: VaultError) -> None:
        """Tell what a write ended with."""
        if isinstance(error, DiskFailed | DiskFull) and not isinstance(error, _NoRoom):
            self._read_only = True
            log(Event.VAULT_READ_ONLY, error=type(error))


def _free(folder: Path) -> int:
    with disk_translated():
        return shutil.disk_usage(folder).free
