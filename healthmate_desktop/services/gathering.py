"""What a dropped path is made of: which of its files become which source.

The rule: files of one public collection, such as all drug labels of DailyMed, are one source with the collection's
name; a folder in BEIR layout is one source; all other files of the path together are one source with its name.
Licences and notes that lie beside a collection are about it and are no part of it.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import ChildDied, DocumentError, UnreadableDocument
from healthmate_desktop.interop.beir import CORPUS_FILE
from healthmate_desktop.interop.sources import collection_of
from healthmate_desktop.interop.sources.detecting import HEAD
from healthmate_desktop.services.files import file_content, files_below

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from healthmate_desktop.services.library_ports import ArticleReader

_ZIP = b"PK\x03\x04"
_ABOUT = re.compile(
    r"(licen[cs]e|readme|read_me|copying|notice|citation|changelog|authors)([.-].{0,10})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Group:
    """Files that become one source."""

    path: Path  # as it was dropped
    kind: Literal["file", "beir"]
    title: str
    files: tuple[Path, ...]
    is_collection: bool = False

    def sizes(self) -> list[int]:
        """Of its files, in bytes; what can't be asked counts nothing."""
        return [_size(file) for file in self.files]

    def digest(self) -> str:
        """One SHA-256 over names and contents, so that the same thing is not added twice."""
        whole = hashlib.sha256()
        for file in self.files:
            whole.update(os.fsencode(file.name))
            if not os.path.isfile(file):  # noqa: PTH113 - a pipe would never end
                continue
            try:
                with file.open("rb") as content:
                    whole.update(hashlib.file_digest(content, "sha256").digest())
            except OSError:  # named again, with its reason, when it is read
                continue
        return whole.hexdigest()


def groups_of(path: Path, reader: ArticleReader) -> list[Group]:
    """In the order of their first file, what is left over last. Raises UnreadableDocument for an empty folder."""
    if not os.path.isdir(path):  # noqa: PTH112 - never raises, whatever the name
        if path.name == CORPUS_FILE:
            return [Group(path, "beir", storable(path.absolute().parent.name), (path,))]
        collection = _collection_of(path, reader)
        title = collection or storable(path.stem)
        return [Group(path, "file", title, (path,), is_collection=bool(collection))]
    files = list(files_below([path]))
    if not files:
        raise UnreadableDocument("This folder has no files in it. Choose another one.")
    corpora = [file for file in files if file.name == CORPUS_FILE]
    groups = [
        Group(path, "beir", storable(file.absolute().parent.name), (file,)) for file in corpora
    ]
    folders = {file.parent for file in corpora}
    return groups + _sorted_out(path, [f for f in files if not folders & set(f.parents)], reader)


def _sorted_out(path: Path, files: Sequence[Path], reader: ArticleReader) -> list[Group]:
    found: dict[str, list[Path]] = {}
    about = [file for file in files if _ABOUT.fullmatch(file.name)]
    if len(about) == len(files):  # nothing else was meant
        about = []
    for file in files:
        if file not in about:
            found.setdefault(_collection_of(file, reader), []).append(file)
    others = found.pop("", [])
    groups = [
        Group(path, "file", name, tuple(some), is_collection=True) for name, some in found.items()
    ]
    if others:
        groups.append(Group(path, "file", storable(path.name), tuple(others)))
    return groups


def _collection_of(file: Path, reader: ArticleReader) -> str:
    """The name of the public collection that a file belongs to, or an empty string."""
    if not os.path.isfile(file):  # noqa: PTH113 - a pipe would never end
        return ""
    try:
        with file.open("rb") as content:
            head = content.read(HEAD)
        if head.startswith(_ZIP):
            return reader.collection(file_content(file))
    except (OSError, DocumentError, ChildDied):  # named with its reason when it is read
        return ""
    return str(collection_of(head) or "")


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
