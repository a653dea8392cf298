"""Files of a vault: private, and whole or not there at all."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING

from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.storage.errors import disk_translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

_IN_USE = "Nothing can be written there: the name is in use, or there is no such folder. Choose a new name."

_MAY_NOT = "You may not write in that folder, so nothing was written. Choose another folder."


def make_private_file(path: Path, content: bytes = b"") -> None:
    """A new file that only its owner reads, durable but for its name. Replaces what is left of an earlier try."""
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    flags |= getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(draft: Path, path: Path) -> None:
    """Give a finished draft its name; durable when it returns."""
    with draft.open("r+b") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Names given and taken there are durable when it returns."""
    if sys.platform != "win32":  # Windows can't open a folder, and writes names in order
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def write_for_others(file: Path, pieces: Iterable[bytes]) -> None:
    """A new file outside the vault, readable to whoever has it. Durable when it returns, else not there.

    Raises InvalidInput for a name in use or a folder that is not there, DiskFull or VaultError.
    """
    with writing_for_others(file) as out:
        out.writelines(pieces)


@contextlib.contextmanager
def writing_for_others(file: Path) -> Iterator[BinaryIO]:
    """The same, written within the block; what ends it with an exception leaves nothing behind."""
    if os.path.lexists(file) or not file.parent.is_dir():
        raise InvalidInput(_IN_USE)
    draft = file.with_name(file.name + ".new")
    try:
        with disk_translated():
            draft.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            flags |= getattr(os, "O_BINARY", 0)
            try:
                opened = os.open(draft, flags, 0o600)
            except OSError as error:
                if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
                    raise InvalidInput(_MAY_NOT) from error
                raise
            with os.fdopen(opened, "wb") as out:
                yield out
            if os.path.lexists(file):  # made by another program meanwhile
                raise InvalidInput(_IN_USE)
            put_in_place(draft, file)
    finally:
        draft.unlink(missing_ok=True)
