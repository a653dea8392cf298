"""The small file of events from before a vault is open."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST = 64 * 1024  # bytes
KEPT = LARGEST // 2  # when it would grow over that


def append(path: Path, lines: Sequence[str]) -> None:
    """Add whole lines; the oldest go when the file is full. Other processes may add too. Raises OSError."""
    new = _last("".join(f"{line}\n" for line in lines).encode(), KEPT)
    handle = _open(path, os.O_RDWR | os.O_APPEND)
    try:
        size = os.fstat(handle).st_size
        if size + len(new) <= LARGEST:
            os.write(handle, new)
            return
        os.lseek(handle, max(0, size - KEPT), os.SEEK_SET)
        old = os.read(handle, KEPT)
    finally:
        os.close(handle)
    _replace(path, (_last(old, KEPT - 1) if size > KEPT else old) + new)


def _last(content: bytes, longest: int) -> bytes:
    """The last whole lines of it."""
    if len(content) <= longest:
        return content
    return content[-longest:].partition(b"\n")[2]


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all. Two processes may do it at once: the lines of one of them are lost then."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = _open(draft, os.O_WRONLY | os.O_EXCL)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.replace(path)
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _open(path: Path, how: int) -> int:
    """For this user alone; only a file, neither through a link nor waiting for the other end of a pipe."""
    unlinked = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, how | os.O_CREAT | unlinked | getattr(os, "O_BINARY", 0), 0o600)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a file")
    if sys.platform != "win32":
        os.fchmod(handle, 0o600)
    return handle
