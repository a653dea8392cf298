"""Files that a person names: which there are, and their bytes."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LARGEST_FILE = 200 * 1024 * 1024  # bytes, SECURITY 4.18


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """Each path, or the files below it in order where it is a folder. Hidden files are left out."""
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - never raises, whatever the name
            found = (file for file in sorted(path.rglob("*")) if file.is_file())
            yield from (f for f in found if not _hidden(f, path))
        else:
            yield path


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def file_content(path: Path) -> bytes:
    """Raises UnreadableDocument, also for a file over the limit."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableDocument(
                "This is a device or a pipe and not a file. Save it as a file first."
            )
        if found.st_size > LARGEST_FILE:
            raise UnreadableDocument(
                "This file is larger than 200 MB. Split it, then add the parts."
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableDocument(
            "There is no file of this name. Check the name and add it again."
        ) from error
    except OSError as error:
        raise UnreadableDocument(
            "This file could not be opened. Check that you may read it."
        ) from error
