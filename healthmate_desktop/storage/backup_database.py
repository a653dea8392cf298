"""The database of a backup: copied under another key, looked through, described."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.storage.backup_errors import BackupTooNew, contents_differ
from healthmate_desktop.storage.backup_format import Contents
from healthmate_desktop.storage.backup_pipe import made_by
from healthmate_desktop.storage.engine import open_keyed
from healthmate_desktop.storage.errors import disk_translated, translated
from healthmate_desktop.storage.files import make_private_file
from healthmate_desktop.storage.schema import SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from healthmate_desktop.storage.backup_pipe import Pipe

_PAGES, _PAGE = 1024, 4096  # copied at a time, and the bytes of one


@dataclass(frozen=True, slots=True)
class OriginalRow:
    """What the file of an original must be."""

    document_id: str
    size: int
    sha256: str
    epoch: int = 1

    @property
    def name(self) -> str:
        """Where it lies, from the vault's folder."""
        epoch = "" if self.epoch == 1 else f".{self.epoch}"
        return f"originals/{self.document_id}{epoch}.age"


def copy_database(
    source: Path, source_key: bytes, target: Path, target_key: bytes
) -> Iterator[int]:
    """Copy the records of one moment, while others read and write; yield the bytes copied since.

    The copy is one file, encrypted from its first byte. Raises VaultError.
    """

    def work(pipe: Pipe[int]) -> None:
        with (
            contextlib.closing(open_keyed(source, source_key)) as original,
            contextlib.closing(open_keyed(target, target_key)) as copy,
        ):
            original.execute("BEGIN")
            original.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the moment
            before = 0

            def tell(_: int, left: int, pages: int) -> None:
                nonlocal before
                done, before = pages - left - before, pages - left
                pipe.put(done * _PAGE)

            original.backup(copy, pages=_PAGES, progress=tell)
            original.execute("ROLLBACK")
            copy.execute("PRAGMA journal_mode=DELETE").fetchall()  # so that it is one file

    with disk_translated(), translated():
        make_private_file(target)
        with made_by(work) as pipe:
            while (done := pipe.take()) is not None:
                yield done


def check_database(path: Path, key: bytes) -> bool:
    """Whether every page and every row is whole."""
    with translated(), contextlib.closing(open_keyed(path, key)) as raw:
        pages = raw.execute("PRAGMA cipher_integrity_check").fetchall()
        rows = raw.execute("PRAGMA integrity_check(1)").fetchall()
    return not pages and rows == [("ok",)]


def describe(path: Path, key: bytes) -> tuple[Contents, list[OriginalRow]]:
    """What is in it, and which originals belong to it. Raises BackupTooNew or VaultDamaged."""
    with translated(), contextlib.closing(open_keyed(path, key)) as raw:
        tables = [
            name
            for (name,) in raw.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name"
            )
        ]
        if not {"alembic_version", "patient", "original", "audit"} <= set(tables):
            raise contents_differ()
        (revision,) = raw.execute("SELECT version_num FROM alembic_version").fetchone()
        if revision not in _known_revisions():
            raise BackupTooNew
        rows = {name: _one(raw, f'SELECT count(*) FROM "{name}"') for name in tables}  # noqa: S608
        contents = Contents(
            revision=revision,
            rows=rows,
            people=_one(raw, "SELECT count(*) FROM patient WHERE deleted_at IS NULL"),
            documents=rows["original"],
            events=rows["audit"],
            log_head=_log_head(raw),
        )
        return contents, list(_originals(raw))


def original_rows(connection: Any) -> list[OriginalRow]:
    """The same of the open vault, through a connection of SQLAlchemy."""
    result = connection.exec_driver_sql("SELECT * FROM original ORDER BY document_id")
    return list(_rows(result.keys(), result))


def _originals(raw: Any) -> Iterator[OriginalRow]:
    cursor = raw.execute("SELECT * FROM original ORDER BY document_id")
    yield from _rows([column[0] for column in cursor.description], cursor)


def _rows(columns: Iterable[str], rows: Iterable[Any]) -> Iterator[OriginalRow]:
    names = list(columns)
    for row in rows:
        found = dict(zip(names, row, strict=True))
        yield OriginalRow(
            found["document_id"],
            found["sealed_size"],
            found["sealed_sha256"],
            found["epoch"],
        )


def _log_head(raw: Any) -> Anchor:
    row = raw.execute("SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return Anchor(row[0], bytes(row[1]).hex()) if row else Anchor(0, "")


def _one(raw: Any, query: str) -> int:
    return int(raw.execute(query).fetchone()[0])


def _known_revisions() -> set[str]:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
