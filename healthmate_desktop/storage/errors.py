"""What can happen to a database file in the world, said so that a person knows what to do."""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlcipher3 import dbapi2 as sqlcipher

from healthmate_desktop.errors import DiskFull, VaultBusy, VaultDamaged, VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PRIMARY = 0xFF  # the low byte of an extended result code
# where nothing can be written, whatever the disk
_NO_PLACE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR, errno.EISDIR}
_NO_ROOM_FOR_SHM = 4874  # SQLITE_IOERR_SHMSIZE; the module does not name it


class DiskFailed(VaultError):
    """The disk itself reported an error (EIO), so nothing more should be written to it."""

    code: ClassVar[str] = "disk_failed"

    def __init__(self) -> None:
        super().__init__(
            "The disk reported an error. What was saved before is kept. Close HealthMate, copy the vault's folder to "
            "another disk, then open it there."
        )


def damaged() -> VaultDamaged:
    return VaultDamaged(
        "The database of this vault is damaged, or it does not belong to this key. Nothing was changed. "
        "Copy the vault's folder to a safe place, then restore a backup."
    )


def read_only() -> VaultError:
    return VaultError(
        "Nothing can be saved in this place. Your records are safe. Check that you may write to the vault's "
        "folder, then try again."
    )


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what the database reports into VaultErrors. Anything else is a bug and travels up."""
    try:
        yield
    except (DBAPIError, sqlcipher.Error) as error:
        original = error.orig if isinstance(error, DBAPIError) else error
        known = _of_result(getattr(original, "sqlite_errorcode", None))
        if known is None:
            raise
        raise known from error
    except NoConnectionFree as error:
        raise VaultBusy from error


@contextlib.contextmanager
def disk_translated() -> Iterator[None]:
    """The same for our own files. Apart, because work inside a transaction may have other files at hand."""
    try:
        yield
    except FileNotFoundError:
        raise  # what that means depends on the file
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        if error.errno in _NO_PLACE:
            raise read_only() from error
        raise DiskFailed from error


def _of_result(code: int | None) -> VaultError | None:
    if code is None:
        return None
    if code == _NO_ROOM_FOR_SHM:
        return DiskFull()
    return _RESULTS.get(code & _PRIMARY, lambda: None)()


_RESULTS: dict[int, Callable[[], VaultError | None]] = {
    sqlcipher.SQLITE_FULL: DiskFull,
    sqlcipher.SQLITE_BUSY: VaultBusy,
    sqlcipher.SQLITE_LOCKED: VaultBusy,
    sqlcipher.SQLITE_NOTADB: damaged,
    sqlcipher.SQLITE_CORRUPT: damaged,
    sqlcipher.SQLITE_READONLY: read_only,
    sqlcipher.SQLITE_CANTOPEN: read_only,
    sqlcipher.SQLITE_IOERR: DiskFailed,
}
