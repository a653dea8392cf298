"""Files of a vault: private, and whole or not there at all."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.storage.errors import disk_translated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


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
    if os.path.lexists(file) or not file.parent.is_dir():
        raise InvalidInput(
            "Nothing can be written there: the name is in use, or there is no such folder. Choose a new name."
        )
    draft = file.with_name(file.name + ".new")
    try:
        with disk_translated():
            draft.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as out:
                out.writelines(pieces)
            put_in_place(draft, file)
    finally:
        draft.unlink(missing_ok=True)
