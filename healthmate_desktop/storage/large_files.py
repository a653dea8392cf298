"""Sealed files too large for memory: written and read piece by piece, whole on the disk or not there at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING, Protocol

from healthmate_desktop.errors import VaultDamaged
from healthmate_desktop.storage.backup_files import open_new
from healthmate_desktop.storage.backup_pipe import Pipe, PipeReader, PipeWriter, made_by, read_by
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.files import put_in_place
from healthmate_desktop.storage.free_space import check_room

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path
    from typing import BinaryIO

PIECE = 256 * 1024  # bytes
UNFINISHED = ".part"  # ends the name of what is being written; without a row, so it is removed after a power cut


class Source(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none only at the end."""
        ...


class Target(Protocol):
    def write(self, piece: bytes, /) -> object:
        """Take all of it."""
        ...


class Streams(Protocol):
    """Seals and opens piece by piece, under the keys of one moment."""

    @property
    def epoch(self) -> int:
        """Of the keys it seals with."""
        ...

    def seal_stream(self, source: Source, target: Target) -> None: ...

    def unseal_stream(self, source: Source, target: Target, epoch: int) -> None:
        """Raises VaultDamaged."""
        ...


def write_sealed(
    path: Path, stream: Source, size: int, streams: Streams
) -> Generator[int, None, tuple[int, str]]:
    """Yield the bytes taken in so far; return size and SHA-256 of the sealed file, which is durable then.

    `size` is about how much comes, so that room is asked for first. Closing the generator leaves nothing behind.
    Raises DiskFull or VaultError.
    """
    draft = path.with_name(f"{path.name}{UNFINISHED}")
    with disk_translated():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        check_room(path.parent, size + size // 1024 + 1024)  # each 64 KiB gets 16 bytes more
        try:
            with open_new(draft) as file:
                target = _Hashed(file)
                with read_by(lambda pieces: streams.seal_stream(pieces, target)) as into:
                    done = 0
                    while piece := stream.read(PIECE):
                        into.write(piece)
                        done += len(piece)
                        yield done
                file.flush()
            put_in_place(draft, path)
        except BaseException:
            with contextlib.suppress(OSError):  # it would only fill the disk
                draft.unlink(missing_ok=True)
            raise
    return target.size, target.digest.hexdigest()


@contextlib.contextmanager
def opened(path: Path, size: int, sha256: str) -> Iterator[BinaryIO]:
    """The sealed file, read once to see that it is the right one. Raises VaultDamaged."""
    with contextlib.ExitStack() as stack:
        try:
            with disk_translated():
                file = stack.enter_context(path.open("rb"))
                whole = os.fstat(file.fileno()).st_size == size
                right = whole and hashlib.file_digest(file, "sha256").hexdigest() == sha256
                file.seek(0)
        except FileNotFoundError as error:
            raise lost() from error
        if not right:
            raise lost()
        yield file


@contextlib.contextmanager
def unsealed(sealed: Source, epoch: int, streams: Streams) -> Iterator[PipeReader]:
    """What was sealed, as a stream; reading it raises VaultDamaged where it is damaged."""
    pipe: Pipe[bytes]
    with made_by(lambda into: streams.unseal_stream(sealed, PipeWriter(into), epoch)) as pipe:
        yield PipeReader(pipe)


def lost() -> VaultDamaged:
    return VaultDamaged(
        "The original of this document is missing, or it is not the file that was kept here. "
        "What was read from it is still here. Restore a backup to get the file back."
    )


class _Hashed:
    """A file under way, with what was written into it."""

    def __init__(self, file: BinaryIO) -> None:
        self.size = 0
        self.digest = hashlib.sha256()
        self._file = file

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self.digest.update(piece)
        self.size += len(piece)
