"""What can happen to the library's files in the world, said so that a person knows what to do."""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING, ClassVar

from healthmate_desktop.errors import DiskFull, HealthMateError, NotEnoughMemory

if TYPE_CHECKING:
    from collections.abc import Iterator


class LibraryError(HealthMateError):
    code: ClassVar[str] = "library_error"


class LibraryDamaged(LibraryError):
    """The files of the library can't be read. Nothing is deleted because of it."""

    code = "library_damaged"


def damaged() -> LibraryDamaged:
    return LibraryDamaged(
        "Files of the medical library are damaged. Your records are safe. Remove and add the source again."
    )


def _of(error: Exception) -> HealthMateError:
    """LanceDB reports the system's errors as RuntimeError with the system's words in it."""
    number = getattr(error, "errno", None)
    words = str(error)
    if number in {errno.ENOSPC, errno.EDQUOT} or any(
        sign in words for sign in ("No space left", "os error 28", "Disk quota exceeded")
    ):
        return DiskFull()
    if number in {errno.EACCES, errno.EROFS, errno.EPERM} or any(
        sign in words for sign in ("Permission denied", "Read-only file system")
    ):
        return LibraryError(
            "The folder of the medical library cannot be read or written. Your records are safe. "
            "Check that you may write to HealthMate's data folder, then try again."
        )
    return damaged()


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what LanceDB, Arrow and the disk report into HealthMateErrors. Anything else is a bug."""
    try:
        yield
    except MemoryError as error:
        raise NotEnoughMemory from error
    except OSError as error:
        raise _of(error) from error
    except RuntimeError as error:
        if not str(error).startswith("lance error"):
            raise
        raise _of(error) from error
