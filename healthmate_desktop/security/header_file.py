"""The header's bytes on disk: written whole or not at all, with the generation before it kept beside it."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from healthmate_desktop.errors import DiskFull, VaultDamaged, VaultError
from healthmate_desktop.security.durable import replace_file
from healthmate_desktop.security.header_document import is_whole
from healthmate_desktop.security.sealing import damaged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
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


def whole_header(folder: Path) -> bytes | None:
    """The newest header; None where it is missing or damaged."""
    try:
        content = read_file(folder / NAME)
    except VaultDamaged:
        return None
    return content if content is not None and is_whole(content) else None


def write_header(folder: Path, content: bytes, *, sound: Collection[bytes] = ()) -> None:
    """Durable when it returns. Raises DiskFull or VaultError; the header there was stays whole then.

    What the newest copy held becomes the previous one if it is `content` or one of `sound`: damage is not carried on.
    It is a copy, not a link, so that no damage to one file reaches the other.
    """
    if len(content) > LONGEST:
        raise VaultError(
            "The key file of this vault would grow too large. Nothing was changed. "
            "Remove people who no longer sign in, then try again."
        )
    with _translated():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        current = whole_header(folder)
        if current is not None and current in {content, *sound}:
            replace_file(folder / PREVIOUS, current)
        replace_file(folder / NAME, content)


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
