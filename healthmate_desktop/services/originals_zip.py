"""The files of a person as they came, in one ZIP that is written piece by piece."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.file_names import safe_name, unique_names
from healthmate_desktop.errors import NotFound, VaultDamaged
from healthmate_desktop.interop.tables.own import guarded

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.ids import DocumentId

MANIFEST = "manifest.csv"
PIECE, STEP = 256 * 1024, 1024 * 1024  # bytes that are read at once, and that make a step
_HEADER = ("File", "Name", "Added", "Type", "Bytes", "SHA-256", "Problem")
_OLDEST, _NEWEST = 1980, 2107  # years that a ZIP can tell


class Stream(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none only at the end. Raises VaultDamaged."""
        ...


class OriginalStreams(Protocol):
    """A person's files, to be read piece by piece."""

    def open(self, document_id: DocumentId) -> AbstractContextManager[Stream]:
        """Raises NotFound or VaultDamaged."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    document: Document
    name: str  # in the ZIP
    problem: str


def write_zip(
    documents: Sequence[Document], originals: OriginalStreams, out: BinaryIO
) -> Generator[tuple[int, int], None, list[Problem]]:
    """Yield (kilobytes done, in all); return those that are damaged, which are left out and named in the manifest."""
    total, done, said = sum(document.size for document in documents), 0, 0
    yield 0, total // 1024
    wanted = [safe_name(document.name, document.kind) for document in documents]
    names = unique_names(wanted, [MANIFEST])
    kept: list[_Kept] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for document, name in zip(documents, names, strict=True):
            problem = ""
            try:
                with closing(_copied(document, name, originals, archive)) as sizes:
                    for size in sizes:
                        done += size
                        if done - said >= STEP:
                            said = done
                            yield done // 1024, total // 1024
            except (NotFound, VaultDamaged) as error:
                problem = str(error)
            kept.append(_Kept(document, name, problem))
        archive.writestr(MANIFEST, _manifest(kept))
    return [Problem(each.document.name, each.problem) for each in kept if each.problem]


def _copied(
    document: Document, name: str, originals: OriginalStreams, archive: zipfile.ZipFile
) -> Generator[int, None, None]:
    with originals.open(document.id) as stream:
        piece = stream.read(PIECE)  # before there is anything of it in the ZIP
        info = zipfile.ZipInfo(name, _moment(document))
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with archive.open(info, "w", force_zip64=True) as into:
            while piece:
                into.write(piece)
                yield len(piece)
                piece = stream.read(PIECE)


def _moment(document: Document) -> tuple[int, int, int, int, int, int]:
    at = document.added_at
    year = min(max(at.year, _OLDEST), _NEWEST)
    return year, at.month, at.day, at.hour, at.minute, at.second


def _manifest(kept: Sequence[_Kept]) -> bytes:
    """As a table, which Excel needs a mark for."""
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(_HEADER)
    for each in kept:
        document = each.document
        cells = (
            *(each.name, document.name, document.added_at.date().isoformat()),
            *(document.kind or "", str(document.size), document.sha256, each.problem),
        )
        rows.writerow([guarded(str(cell)) for cell in cells])
    return b"\xef\xbb\xbf" + table.getvalue().encode("utf-8", "replace")
