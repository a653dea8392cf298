"""The header's bytes on disk: written whole or not at all, with the generation before it kept beside it."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING

from healthmate_desktop.errors import DiskFull, VaultError
from healthmate_desktop.security.slots import damaged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME, PREVIOUS = "vault.hmv", "vault.hmv.prev"
TRACES = (NAME, PREVIOUS, "vault.db")  # any of them: a vault is, or was, here
LONGEST = 64 * 1024  # bytes


def has_traces(folder: Path) -> bool:
    return any(os.path.lexists(folder / name) for name in TRACES)


def read_file(path: Path) -> bytes | None:
    """None where there is no such file. Raises VaultDamaged for one that can't be read or is too long."""
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise damaged() from error
    if len(content) > LONGEST:
        raise damaged()
    return content


def write_header(folder: Path, content: bytes) -> None:
    """Durable when it returns. Raises DiskFull or VaultError; the header there was stays whole then.

    The older generation is a copy, not a link, so that no damage to one file reaches the other.
    """
    with _translated():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        current = read_file(folder / NAME)
        if current is not None:
            _replace(folder / PREVIOUS, current)
        _replace(folder / NAME, content)


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    if sys.platform != "win32":  # Windows can't open a folder, and writes names in order
        names = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(names)
        finally:
            os.close(names)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull from error
        raise VaultError(
            "Nothing can be saved in this place. Your records were not changed. Check that you may write there, "
            "or choose another folder."
        ) from error
