"""Tar files of one spelling: plain files with a name, a size and a time and no more, so that no byte is unchecked."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, Protocol

from healthmate_desktop.storage.backup_errors import not_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK = 512
PIECE = 256 * 1024  # bytes that are carried at a time
END = bytes(2 * BLOCK)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Writable(Protocol):
    def write(self, piece: bytes, /) -> object: ...


def header(name: str, size: int, made_at: int) -> bytes:
    """`made_at` in seconds since 1970. Sizes have no limit."""
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, made_at, 0o600
    return info.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


def room(size: int) -> int:
    """Bytes that a file of this size takes in a tar."""
    return BLOCK + size + len(padding(size))


def write_member(
    target: Writable, name: str, size: int, made_at: int, pieces: Iterable[bytes]
) -> Iterator[int]:
    """Write the pieces, which have `size` bytes in all, as one file; yield the length of each after it is written."""
    target.write(header(name, size, made_at))
    for piece in pieces:
        target.write(piece)
        yield len(piece)
    target.write(padding(size))


class TarReader:
    """Walks through a tar that `write_member` made. Raises VaultDamaged for any other."""

    def __init__(self, source: Readable, made_at: int | None = None) -> None:
        self._source = source
        self.made_at = made_at  # of the first file, and then of all

    def next(self) -> Member | None:
        """The next file, to be read to its end before the next one, or None at the end of the tar."""
        block = self._exactly(BLOCK)
        if block == bytes(BLOCK):
            self._end()
            return None
        return self._member(block)

    def _member(self, block: bytes) -> Member:
        try:
            info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
            made_at = int(info.mtime)
            same = header(info.name, info.size, made_at) == block
        except (tarfile.TarError, ValueError) as error:
            raise not_whole() from error
        if self.made_at is None:
            self.made_at = made_at
        if not same or made_at != self.made_at:
            raise not_whole()
        return Member(info.name, info.size, self._source)

    def _end(self) -> None:
        if self._exactly(BLOCK) != bytes(BLOCK) or self._source.read(1):
            raise not_whole()

    def _exactly(self, size: int) -> bytes:
        return exactly(self._source, size)


class Member:
    """One file in a tar. Reading past its end gives nothing."""

    def __init__(self, name: str, size: int, source: Readable) -> None:
        self.name = name
        self.size = size
        self._source = source
        self._left = size

    def read(self, size: int) -> bytes:
        wanted = min(size, self._left)
        if not wanted:
            return b""
        piece = self._source.read(wanted)
        if not piece:
            raise not_whole()
        self._left -= len(piece)
        if not self._left and any(exactly(self._source, len(padding(self.size)))):
            raise not_whole()
        return piece

    def pieces(self) -> Iterator[bytes]:
        while piece := self.read(PIECE):
            yield piece


def exactly(source: Readable, size: int) -> bytes:
    """Raises VaultDamaged where there is less."""
    found = b""
    while len(found) < size:
        piece = source.read(size - len(found))
        if not piece:
            raise not_whole()
        found += piece
    return found
