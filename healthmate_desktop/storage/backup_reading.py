"""Reads a backup from its first byte to its last and believes nothing of it before it was checked."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from healthmate_desktop.errors import VaultDamaged, VaultTooNew
from healthmate_desktop.storage import backup_format as form
from healthmate_desktop.storage.backup_database import check_database, describe
from healthmate_desktop.storage.backup_errors import (
    BackupTooNew,
    cannot_read,
    contents_differ,
    file_missing,
    not_whole,
)
from healthmate_desktop.storage.backup_files import make_durable, open_new
from healthmate_desktop.storage.backup_format import Entry, Manifest, Streams
from healthmate_desktop.storage.backup_pipe import Pipe, PipeReader, PipeWriter, made_by
from healthmate_desktop.storage.backup_tar import END, PIECE, Member, TarReader, exactly, room
from healthmate_desktop.storage.errors import disk_translated
from healthmate_desktop.storage.files import make_private_file

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from healthmate_desktop.domain.keys import VaultKeys

    Unlock = Callable[[Path], VaultKeys]

COPY = "copy.db"  # the database as it lies in the backup, under a key of its own


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup that was read and found whole. `strays`: files in it that its database knows nothing of."""

    manifest: Manifest
    keys: VaultKeys
    copy_key: bytes = field(repr=False)
    size: int
    sha256: str
    strays: tuple[str, ...]


def read_backup(
    file: Path, work: Path, unlock: Unlock, streams: Streams, keep: Path | None = None
) -> Generator[int, None, Opened]:
    """Decrypt and check everything; yield the bytes taken in since.

    The key file and the encrypted copy of the database are put into `work`, an empty private folder; `unlock` gets
    the keys from the key file there. Originals are put below `keep` as they are, or nowhere. Raises VaultDamaged,
    BackupTooNew, InvalidInput where there is no file, DiskFull, and what `unlock` raises.
    """
    with _opened(file) as raw:
        source = _Hashed(raw)
        size = os.fstat(raw.fileno()).st_size
        outer = TarReader(source)
        contents, heads = _read_outer(outer, size)
        with disk_translated():
            make_private_file(work / form.HEADER, heads[form.HEADER])
        keys = _unlocked(unlock, work)
        inner = _Inner(work, keys, streams, keep)
        pipe: Pipe[bytes]
        with made_by(lambda into: _unseal(streams, contents, into, keys)) as pipe:
            yield from inner.read(PipeReader(pipe))
        if contents.read(1) or outer.next() is not None:
            raise not_whole()
    manifest = inner.manifest()
    _check_outer(manifest, heads, {outer.made_at, inner.made_at}, keys)
    copy_key, strays = inner.check(manifest)
    return Opened(manifest, keys, copy_key, size, source.sha256(), strays)


def read_key_file(file: Path) -> bytes | None:
    """The key file of a backup of which nothing but the length is checked; None for anything else, links too."""
    try:
        if file.is_symlink() or not file.is_file():
            return None
        with file.open("rb") as raw:
            _, heads = _read_outer(TarReader(raw), file.stat().st_size)
    except (OSError, VaultDamaged):
        return None
    return heads[form.HEADER]


def _read_outer(outer: TarReader, size: int) -> tuple[Member, dict[str, bytes]]:
    """The sealed contents, not yet read, and what lies in the clear before them."""
    heads: dict[str, bytes] = {}
    taken = len(END)
    for name in form.OUTER:
        member = _named(outer, name)
        if member.size > form.LONGEST_OUTER:
            raise not_whole()
        heads[name] = exactly(member, member.size)
        taken += room(member.size)
    contents = _named(outer, form.CONTENTS)
    if taken + room(contents.size) != size:
        raise not_whole()
    return contents, heads


def _named(outer: TarReader, name: str) -> Member:
    member = outer.next()
    if member is None or member.name != name:
        raise not_whole()
    return member


def _unlocked(unlock: Unlock, work: Path) -> VaultKeys:
    try:
        return unlock(work)
    except VaultTooNew as error:
        raise BackupTooNew from error
    except VaultDamaged as error:  # it speaks of a vault
        raise not_whole() from error


def _unseal(streams: Streams, contents: Member, pipe: Pipe[bytes], keys: VaultKeys) -> None:
    try:
        streams.unseal(contents, PipeWriter(pipe), keys.document_identity)
    except VaultDamaged as error:  # the same, in words that speak of a backup
        raise not_whole() from error


def _check_outer(
    manifest: Manifest, heads: dict[str, bytes], times: set[int | None], keys: VaultKeys
) -> None:
    found = tuple(
        Entry(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in heads.items()
    )
    if (
        manifest.outer != found
        or times != {int(manifest.made_at.timestamp())}
        or (manifest.vault_id, manifest.epoch) != (keys.vault_id, keys.epoch)
    ):
        raise not_whole()


class _Inner:
    """The sealed tar."""

    def __init__(self, work: Path, keys: VaultKeys, streams: Streams, keep: Path | None) -> None:
        self._work = work
        self._keys = keys
        self._streams = streams
        self._keep = keep
        self._entries: list[Entry] = []
        self._small: dict[str, bytes] = {}
        self._opens: dict[str, bool] = {}
        self.made_at: int | None = None

    def read(self, source: PipeReader) -> Iterator[int]:
        tar = TarReader(source)
        if self._keep is not None:
            with disk_translated():
                (self._keep / "originals").mkdir(mode=0o700, exist_ok=True)
        while (member := tar.next()) is not None:
            if form.MANIFEST in self._small:
                raise contents_differ()  # the list comes last
            yield from self._take(member)
        self.made_at = tar.made_at

    def manifest(self) -> Manifest:
        """Raises BackupTooNew or VaultDamaged."""
        if form.MANIFEST not in self._small:
            raise contents_differ()
        manifest = form.decode_manifest(self._small[form.MANIFEST], self._keys)
        if manifest.inner != tuple(self._entries):
            raise contents_differ()
        return manifest

    def check(self, manifest: Manifest) -> tuple[bytes, tuple[str, ...]]:
        """Compare the database with the list and with the originals; its key, and what it does not know."""
        copy = self._work / COPY
        if form.KEYS not in self._small or not copy.exists():
            raise contents_differ()
        key = form.decode_keys(self._small[form.KEYS], self._keys)
        try:
            contents, rows = describe(copy, key)
            fits = contents == manifest.contents and check_database(copy, key)
        except VaultDamaged as error:  # it speaks of a vault
            raise contents_differ() from error
        latest = {entry.name: entry.sha256 for entry in self._entries}
        lost = {row.document_id for row in rows if latest.get(row.name) != row.sha256}
        good = {row.name for row in rows if row.document_id not in lost}
        opens = all(self._opens[name] for name in good)
        if not (fits and opens) or lost != set(manifest.missing):
            raise contents_differ()
        return key, tuple(name for name in self._opens if name not in good)

    def _take(self, member: Member) -> Iterator[int]:
        limits = {form.KEYS: form.LONGEST_KEYS, form.MANIFEST: form.LONGEST_MANIFEST}
        if member.name in limits and member.size <= limits[member.name]:
            self._take_small(member)
        elif member.name == form.DATABASE:
            yield from self._take_database(member)
        elif form.ORIGINAL.fullmatch(member.name):
            yield self._take_original(member)
        else:
            raise contents_differ()

    def _take_small(self, member: Member) -> None:
        content = exactly(member, member.size)
        self._small[member.name] = content
        if member.name == form.KEYS:
            form.decode_keys(content, self._keys)  # a newer version shows here, before its news
            digest = hashlib.sha256(content).hexdigest()
            self._entries.append(Entry(member.name, member.size, digest))

    def _take_database(self, member: Member) -> Iterator[int]:
        digest = hashlib.sha256()
        with disk_translated(), open_new(self._work / COPY) as file:
            for piece in member.pieces():
                digest.update(piece)
                file.write(piece)
                yield len(piece)
        self._entries.append(Entry(member.name, member.size, digest.hexdigest()))

    def _take_original(self, member: Member) -> int:
        """Keep it, and try whether it opens; whether it has to is known only at the end."""
        with contextlib.ExitStack() as stack:
            file: BinaryIO | None = None
            if self._keep is not None:
                stack.enter_context(disk_translated())
                file = stack.enter_context(open_new(self._keep / member.name))
            source = _Tee(member, file)
            try:
                self._streams.unseal(source, _Nowhere(), self._keys.document_identity)
                self._opens[member.name] = True
            except VaultDamaged:
                self._opens[member.name] = False
            while source.read(PIECE):
                pass
            if file is not None:
                make_durable(file)
        self._entries.append(Entry(member.name, member.size, source.sha256()))
        return member.size


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        if not file.is_file():
            raise file_missing()
        raw = file.open("rb")
    except OSError as error:
        raise cannot_read() from error
    with raw:
        yield raw


class _Hashed:
    """The file itself, with the hash of what was read of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        try:
            piece = self._file.read(size)
        except OSError as error:
            raise cannot_read() from error
        self._digest.update(piece)
        return piece

    def sha256(self) -> str:
        return self._digest.hexdigest()


class _Tee:
    """A file in the tar, written down as it is read."""

    def __init__(self, member: Member, file: BinaryIO | None) -> None:
        self._member = member
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        piece = self._member.read(size)
        self._digest.update(piece)
        if self._file is not None:
            self._file.write(piece)
        return piece

    def sha256(self) -> str:
        return self._digest.hexdigest()


class _Nowhere:
    def write(self, piece: bytes) -> None:
        """Forget it: that it could be decrypted is all that is asked."""
