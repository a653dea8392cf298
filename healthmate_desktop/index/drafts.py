"""A source on its way into the library: batches in Arrow files that no search sees, kept through a crash.

A batch is whole when its last file, with how far the source has come, is there under its name.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from typing import TYPE_CHECKING, Any

from healthmate_desktop.index.cards import SourceCards
from healthmate_desktop.index.errors import damaged, translated
from healthmate_desktop.index.tables import (
    ARTICLES,
    PASSAGES,
    SCHEMAS,
    article_batch,
    passage_batch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from healthmate_desktop.domain.ids import SourceId
    from healthmate_desktop.domain.library import Article, Source
    from healthmate_desktop.domain.passages import Passage

KEPT_SECONDS = 30 * 24 * 3600.0  # that a source which was begun waits to be gone on with
_MARK = ".mark"


class SourceDraft:
    """Takes batches; holds none of them in memory."""

    def __init__(self, folder: Path, source: Source) -> None:
        """Goes on with what is in the folder, under the id that it was begun with, or anew after an older version."""
        self.given_up = False
        self.damaged = False
        self.articles = 0
        self.passages = 0
        self.mark: dict[str, Any] = {}
        self._folder = folder
        self._batches = 0
        with translated():
            if not _of_this_version(folder):
                self.discard()
            self.source = _begun(folder) or source
            SourceCards(folder).put(self.source)
            for path in sorted(folder.glob(f"*{_MARK}")):
                self._count(path)

    @property
    def digests(self) -> set[str]:
        """Of the articles in it."""
        found: set[str] = set()
        for batch in self.batches(ARTICLES):
            found.update(batch.column("digest").to_pylist())
        return found

    def add(
        self,
        articles: Sequence[Article],
        passages: Sequence[Passage],
        vectors: npt.NDArray[np.float32],
        mark: dict[str, Any] | None = None,
        *,
        titles: npt.NDArray[np.float32] | None = None,
    ) -> None:
        """Durable when it returns. A row of zeros in `titles` is a title that says nothing.

        Vectors have the shape (len(passages), 384). Raises DiskFull.
        """
        parts = {
            ARTICLES: article_batch(articles),
            PASSAGES: passage_batch(passages, vectors, vectors * 0 if titles is None else titles),
        }
        counts = {"articles": len(articles), "passages": len(passages), "mark": mark or {}}
        with translated():
            for table, batch in parts.items():
                _keep(self._path(self._batches, table), _as_stream(batch))
            path = self._folder / f"{self._batches:08}{_MARK}"
            _keep(path, json.dumps(counts, ensure_ascii=False).encode())
            self._count(path)

    def give_up(self) -> None:
        """Nothing of it is wanted."""
        self.given_up = True

    def discard(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def batches(self, table: str) -> Iterator[Any]:
        """All batches of a table in order. Raises LibraryDamaged, and then they are gone."""
        import pyarrow as pa

        for number in range(self._batches):
            try:
                with translated(), pa.OSFile(str(self._path(number, table))) as file:
                    yield from pa.ipc.open_stream(file)
            except pa.ArrowInvalid as error:
                self.damaged = True
                self.discard()
                raise damaged() from error

    def _path(self, number: int, table: str) -> Path:
        return self._folder / f"{number:08}.{table}.arrow"

    def _count(self, path: Path) -> None:
        counts = json.loads(path.read_text(encoding="utf-8"))
        self.articles += counts["articles"]
        self.passages += counts["passages"]
        self.mark = counts["mark"]
        self._batches += 1


def begun(drafts: Path) -> set[SourceId]:
    """The sources that wait to be gone on with."""
    return {
        source.id for folder in drafts.glob("*") if folder.is_dir() and (source := _begun(folder))
    }


def clear(drafts: Path, listed: set[SourceId]) -> None:
    """Delete drafts of sources that are listed, that wait too long, or that can't be read."""
    for folder in drafts.glob("*"):
        source = _begun(folder)
        with contextlib.suppress(OSError):
            old = time.time() - folder.stat().st_mtime > KEPT_SECONDS
            if source is None or source.id in listed or old:
                shutil.rmtree(folder, ignore_errors=True)


def _begun(folder: Path) -> Source | None:
    try:
        sources = SourceCards(folder).all()
    except OSError:
        return None
    return sources[0] if len(sources) == 1 and sources[0].sha256 else None


def _of_this_version(folder: Path) -> bool:
    """Whether the batches have the columns of today. Damaged ones are found when they are read."""
    import pyarrow as pa

    for table, schema in SCHEMAS.items():
        for path in sorted(folder.glob(f"*.{table}.arrow"))[:1]:
            with contextlib.suppress(pa.ArrowInvalid), pa.OSFile(str(path)) as file:
                if not pa.ipc.open_stream(file).schema.equals(schema()):
                    return False
    return True


def _as_stream(batch: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def _keep(path: Path, content: bytes) -> None:
    """Durable when it returns; whole or not at all."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
