"""A source on its way into the library: batches in Arrow files that no search sees."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Any

from healthmate_desktop.index.errors import translated
from healthmate_desktop.index.tables import (
    ARTICLES,
    PASSAGES,
    article_batch,
    articles_schema,
    passage_batch,
    passages_schema,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from healthmate_desktop.domain.library import Article
    from healthmate_desktop.domain.passages import Passage


class SourceDraft:
    """Takes batches; holds none of them in memory."""

    def __init__(self, folder: Path) -> None:
        import pyarrow as pa

        self.articles = 0
        self.passages = 0
        self._folder = folder
        with translated():
            folder.mkdir(parents=True)
            self._files = {
                ARTICLES: pa.ipc.new_stream(self._path(ARTICLES), articles_schema()),
                PASSAGES: pa.ipc.new_stream(self._path(PASSAGES), passages_schema()),
            }

    def add(
        self,
        articles: Sequence[Article],
        passages: Sequence[Passage],
        vectors: npt.NDArray[np.float32],
    ) -> None:
        """Vectors have the shape (len(passages), 384). Raises DiskFull."""
        with translated():
            if articles:
                self._files[ARTICLES].write_batch(article_batch(articles))
            if passages:
                self._files[PASSAGES].write_batch(passage_batch(passages, vectors))
        self.articles += len(articles)
        self.passages += len(passages)

    def close(self) -> None:
        """No more is added. Raises DiskFull."""
        with translated():
            for file in self._files.values():
                file.close()

    def discard(self) -> None:
        with contextlib.suppress(OSError):
            for file in self._files.values():
                file.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def batches(self, table: str) -> Any:
        """A reader over all batches of a table. The draft is closed."""
        import pyarrow as pa

        return pa.ipc.open_stream(pa.memory_map(str(self._path(table))))

    def _path(self, table: str) -> Path:
        return self._folder / f"{table}.arrow"
