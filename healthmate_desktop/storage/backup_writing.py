"""Writes a backup while others read and write: originals first, the database after them, the list last."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.storage.backup_database import (
    check_database,
    copy_database,
    describe,
    original_rows,
)
from healthmate_desktop.storage.backup_errors import keeps_changing
from healthmate_desktop.storage.backup_files import make_durable
from healthmate_desktop.storage.backup_format import (
    CONTENTS,
    DATABASE,
    HEADER,
    KEYS,
    MANIFEST,
    OPENER,
    README,
    Contents,
    Entry,
    KeyFileCopy,
    Manifest,
    Streams,
    encode_keys,
    encode_manifest,
)
from healthmate_desktop.storage.backup_pipe import read_by
from healthmate_desktop.storage.backup_tar import BLOCK, END, PIECE, header, padding, write_member
from healthmate_desktop.storage.errors import damaged

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from healthmate_desktop.domain.keys import VaultKeys
    from healthmate_desktop.storage.backup_database import OriginalRow
    from healthmate_desktop.storage.backup_tar import Writable
    from healthmate_desktop.storage.vault import Vault

_ROUNDS = 5  # copies of the database, when documents go away under the work


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a backup is made from. `work` is an empty private folder on the vault's disk."""

    vault: Vault
    keys: VaultKeys
    key_file: KeyFileCopy
    readme: bytes
    opener: bytes
    streams: Streams
    made_at: datetime  # whole seconds
    work: Path


def write_backup(recipe: Recipe, file: BinaryIO) -> Generator[int, None, Manifest]:
    """Yield the bytes taken in since; durable when it returns. Raises VaultError, or OSError of `file`."""
    seconds = int(recipe.made_at.timestamp())
    outer = _Tar(file, seconds)
    for name, content in (
        (README, recipe.readme),
        (HEADER, recipe.key_file.content),
        (OPENER, recipe.opener),
    ):
        outer.add_bytes(name, content)
    start = file.tell()
    file.write(header(CONTENTS, 0, seconds))  # the size is not known yet

    identity, recipients = recipe.keys.document_identity, recipe.key_file.recipients
    with read_by(lambda source: recipe.streams.seal(source, file, identity, recipients)) as sealed:
        manifest = yield from _write_contents(recipe, _Tar(sealed, seconds), tuple(outer.entries))

    size = file.tell() - start - BLOCK
    file.write(padding(size) + END)
    file.seek(start)
    file.write(header(CONTENTS, size, seconds))
    make_durable(file)
    return manifest


def _write_contents(
    recipe: Recipe, tar: _Tar, outer: tuple[Entry, ...]
) -> Generator[int, None, Manifest]:
    database_key = os.urandom(32)
    tar.add_bytes(KEYS, encode_keys(recipe.keys, database_key))
    copy = recipe.work / DATABASE
    contents, lost = yield from _copy_records(recipe, tar, copy, database_key)
    with copy.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        yield from tar.add(DATABASE, size, _pieces(file, size))
    copy.unlink()
    manifest = Manifest(
        vault_id=recipe.keys.vault_id,
        epoch=recipe.keys.epoch,
        made_at=recipe.made_at,
        contents=contents,
        outer=outer,
        inner=tuple(tar.entries),
        missing=tuple(row.document_id for row in lost),
    )
    tar.add_bytes(MANIFEST, encode_manifest(manifest, recipe.keys))
    tar.end()
    return manifest


def _copy_records(
    recipe: Recipe, tar: _Tar, copy: Path, database_key: bytes
) -> Generator[int, None, tuple[Contents, list[OriginalRow]]]:
    """Put the originals into the tar and make the copy of the database that knows no others.

    Also returns which of them are lost or damaged in the vault itself: they must not keep the rest from being saved.
    """
    folder = recipe.vault.folder
    tried: set[OriginalRow] = set()
    yield from _copy_originals(folder, tar, rows_now(recipe.vault), tried)
    for _ in range(_ROUNDS):
        yield from copy_database(folder / DATABASE, recipe.keys.database_key, copy, database_key)
        contents, rows = describe(copy, database_key)
        yield from _copy_originals(folder, tar, rows, tried)  # what has come in meanwhile
        lost = [row for row in rows if tar.latest.get(row.name) != row.sha256]
        if not lost or set(lost) <= set(rows_now(recipe.vault)):  # not just removed meanwhile
            if not check_database(copy, database_key):
                raise damaged()
            return contents, lost
    raise keeps_changing()


def _copy_originals(
    folder: Path, tar: _Tar, rows: Iterable[OriginalRow], tried: set[OriginalRow]
) -> Iterator[int]:
    for row in rows:
        if row in tried:
            continue
        tried.add(row)
        try:
            file = (folder / row.name).open("rb")
        except OSError:
            continue  # gone, or lost: the database tells later
        with file:
            size = os.fstat(file.fileno()).st_size
            yield from tar.add(row.name, size, _pieces(file, size))


def rows_now(vault: Vault) -> list[OriginalRow]:
    with vault.connection(writing=False) as connection:
        return original_rows(connection)


class _Tar:
    """A tar under way, and the list of what is in it."""

    def __init__(self, target: Writable, made_at: int) -> None:
        self._target = target
        self._made_at = made_at
        self.entries: list[Entry] = []
        self.latest: dict[str, str] = {}  # SHA-256 by name

    def add(self, name: str, size: int, pieces: Iterable[bytes]) -> Iterator[int]:
        digest = hashlib.sha256()

        def watched() -> Iterator[bytes]:
            for piece in pieces:
                digest.update(piece)
                yield piece

        yield from write_member(self._target, name, size, self._made_at, watched())
        self.entries.append(Entry(name, size, digest.hexdigest()))
        self.latest[name] = digest.hexdigest()

    def add_bytes(self, name: str, content: bytes) -> None:
        for _ in self.add(name, len(content), [content]):
            pass

    def end(self) -> None:
        self._target.write(END)


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    """`size` bytes, with zeros for what the disk does not give back: the hash then tells."""
    left = size
    while left:
        piece = b""
        with contextlib.suppress(OSError):
            piece = file.read(min(left, PIECE))
        piece = piece or bytes(min(left, PIECE))
        left -= len(piece)
        yield piece
