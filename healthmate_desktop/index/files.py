"""Library files that have pages to draw, kept as they came. Public, not encrypted."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from healthmate_desktop.errors import DiskFull, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNFINISHED = ".new"


class LibraryFiles:
    """One file an article, named by the article's id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, article_id: str, content: bytes) -> None:
        """Durable when it returns. Raises DiskFull."""
        draft = self._folder / f"{article_id}{_UNFINISHED}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / article_id)
        except OSError as error:
            draft.unlink(missing_ok=True)
            if error.errno == errno.ENOSPC:
                raise DiskFull from error
            raise

    def names(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob("*") if path.suffix != _UNFINISHED)

    def sizes(self) -> dict[str, int]:
        """Bytes of each, by name."""
        return {path.name: size for path, size in sizes_in(self._folder)}

    def get(self, article_id: str) -> bytes:
        """Raises NotFound."""
        try:
            return (self._folder / article_id).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                "The file of this source is gone. Remove the source and add it again."
            ) from error

    def remove(self, article_id: str) -> None:
        (self._folder / article_id).unlink(missing_ok=True)


def sizes_in(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file below a folder with its bytes; one that goes while it is looked at is passed over."""
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file():
                yield path, path.stat().st_size
