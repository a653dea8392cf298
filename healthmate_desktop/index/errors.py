"""What can happen to the library's files in the world, said so that a person knows what to do."""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING, ClassVar

from healthmate_desktop.errors import DiskFull, HealthMateError, NotEnoughMemory

if TYPE_CHECKING:
    from types import TracebackType


_OF_LANCE = (
    "lance error",
    "Invalid input, file does not appear to be a Lance file",
    "Table '",  # ... was not found
)


class LibraryError(HealthMateError):
    code: ClassVar[str] = "library_error"


class LibraryBusy(LibraryError):
    code = "library_busy"

    def __init__(self) -> None:
        super().__init__(
            "The medical library is being changed in another HealthMate window or command. "
            "Wait until it is done, then try again."
        )


class LibraryDamaged(LibraryError):
    """The files of the library can't be read. Nothing is deleted because of it."""

    code = "library_damaged"


def damaged() -> LibraryDamaged:
    return LibraryDamaged(
        "Files of the medical library are damaged. Your records are safe. Remove and add the source again."
    )


def _of(error: BaseException) -> HealthMateError:
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


class translated(contextlib.AbstractContextManager[None]):  # noqa: N801 - used as a verb
    """Turn what LanceDB, Arrow and the disk report into HealthMateErrors. Anything else is a bug and travels up."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, MemoryError):
            raise NotEnoughMemory from error
        if isinstance(error, OSError) or (error is not None and _is_of_lance(error)):
            raise _of(error) from error


def _is_of_lance(error: BaseException) -> bool:
    """LanceDB has no exception classes of its own, and its RustPanic can't be imported."""
    return type(error).__name__ == "RustPanic" or (
        isinstance(error, RuntimeError | ValueError) and str(error).startswith(_OF_LANCE)
    )
