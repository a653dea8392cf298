"""ZIP files and what comes as one (Word, Excel, Apple Health), with a limit on everything. Nothing is unpacked to disk.

The list of entries is checked before any is opened. An entry gives no more bytes than it says it holds, so that a
lie about its size ends in a wrong checksum and not in more memory.
"""

from __future__ import annotations

import contextlib
import io
import posixpath
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.encodings import XML_PIECE, xml_steps
from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ENTRIES = 10_000
MOST_RATIO = 100  # unpacked to packed
FREE_OF_RATIO = 1024 * 1024  # bytes: what is smaller harms nobody, and small tables pack very well
LARGEST_TOTAL = 1024 * 1024 * 1024  # bytes unpacked, with the archives inside
DEEPEST = 2  # an archive in an archive
MOST_PROBLEMS = 100  # that are named
_MOST_SIGNATURES = 200_000  # of entries; archives that lie inside unpacked have theirs too
_LONGEST_NAME = 40  # to show
_PIECE = 1024 * 1024

_DAMAGED = (
    "This archive is damaged or cut off, so it could not be opened. It is kept. "
    "Add it again from where it came from."
)
_TOO_MANY = (
    "This archive holds more than 10,000 files, so it was not opened. It is kept. "
    "Make smaller archives of it, or add its files."
)
_TOO_LARGE = (
    "This archive would grow to more than 1 GB when unpacked, so it was not opened. It is kept. "
    "Unpack it yourself, and add the files you need."
)
_BOMB = "This part would grow to more than a hundred times its size, as no honest file does, so it was left out."
_PART_LARGE = "This part is larger than 200 MB, so it was left out. Unpack the archive yourself and split that file."
_LOCKED = "This part is locked with a password, so it was left out. Unpack it with the password and add that."
_OUTSIDE = (
    "The name of this part leads out of the archive, as no honest name does, so it was left out."
)
_LINK = "This part is a link to another place and no file, so it was left out."
_PACKING = "This part is packed in a way HealthMate does not know, so it was left out. Unpack it yourself and add that."
_BROKEN = "This part is damaged, so it was left out. Add it again from where it came from."
_MORE = "were left out for the same reasons. Unpack it yourself and add what you need."
_TOO_DEEP = "This archive lies too deep inside other archives, so it was left out. Unpack it yourself and add that."

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_LITTER = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")


class Inside(StrEnum):
    """What a ZIP file really is."""

    WORD = "docx"
    WORD_MACROS = "docm"
    WORKBOOK = "xlsx"
    WORKBOOK_MACROS = "xlsm"
    WORKBOOK_BINARY = "xlsb"
    SLIDES = "pptx"
    OPEN_DOCUMENT = "odf"  # text, sheets or slides
    BOOK = "epub"
    APPLE_HEALTH = "apple_health"
    FILES = "zip"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive. `name` is fit to show; `problem` says why it can't be opened, or is ""."""

    name: str
    size: int  # bytes unpacked, as the archive says
    problem: str
    info: zipfile.ZipInfo


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


class Archive:
    """An opened ZIP file whose entries were checked."""

    def __init__(self, content: bytes) -> None:
        """Raises UnreadableDocument."""
        if content.count(b"PK\x01\x02") > _MOST_SIGNATURES:
            raise UnreadableDocument(_TOO_MANY)
        with _damage_told(_DAMAGED):
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        found = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        if len(found) > MOST_ENTRIES:
            raise UnreadableDocument(_TOO_MANY)
        if sum(info.compress_size for info in found) > len(content):  # parts lie over one another
            raise UnreadableDocument(_DAMAGED)
        self.entries = tuple(_entries(found))
        self.total = sum(info.file_size for info in found)  # bytes unpacked, as it says
        self._places = {entry.info.filename.replace("\\", "/"): entry for entry in self.entries}

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def limit_total(self) -> None:
        """Raises UnreadableDocument if it would grow too large to be held. Apple Health exports may: they stream."""
        if self.total > LARGEST_TOTAL:
            raise UnreadableDocument(_TOO_LARGE)

    def open(self, entry: Entry | str) -> IO[bytes]:
        """The bytes of an entry, to be read inside `broken_part_told`. Raises UnreadableDocument."""
        if isinstance(entry, str):
            if entry not in self._places:
                raise UnreadableDocument(_DAMAGED)
            entry = self._places[entry]
        if entry.problem:
            raise UnreadableDocument(entry.problem)
        with broken_part_told():
            return self._zip.open(entry.info)

    def read(self, entry: Entry | str, most: int = limits.LARGEST_FILE) -> bytes:
        """All bytes of an entry, which may be `most`. Raises UnreadableDocument."""
        found: list[bytes] = []
        length = 0
        for piece in self.pieces(entry):
            found.append(piece)
            length += len(piece)
            if length > most:
                raise UnreadableDocument(_PART_LARGE)
        return b"".join(found)

    def pieces(self, entry: Entry | str, size: int = _PIECE) -> Iterator[bytes]:
        """The bytes of an entry bit by bit. Raises UnreadableDocument."""
        with self.open(entry) as stream:
            while True:
                with broken_part_told():
                    piece = stream.read(size)
                if not piece:
                    return
                yield piece


def members(content: bytes) -> Iterator[tuple[str, bytes] | Problem]:
    """The files of a plain ZIP in their order, those of archives inside it too; a problem for each that is left out.

    Names are fit to show and differ from each other. Raises UnreadableDocument when the whole can't be opened.
    """
    archive = Archive(content)
    archive.limit_total()
    room = _Room()
    room.take(archive)
    problems = 0
    for each in _members(archive, "", 1, room):
        problems += isinstance(each, Problem)
        if problems <= MOST_PROBLEMS or not isinstance(each, Problem):
            yield each
    if problems > MOST_PROBLEMS:
        yield Problem("the archive", f"{problems - MOST_PROBLEMS} more of its parts {_MORE}")


def inside(archive: Archive) -> Inside:
    """Told by what the archive holds and never by its name."""
    if "[Content_Types].xml" in archive:
        with contextlib.suppress(UnreadableDocument):
            types = archive.read("[Content_Types].xml", _PIECE)
            for words, kind in _CONTENT_TYPES:
                if words in types:
                    return kind
    if "mimetype" in archive:
        with contextlib.suppress(UnreadableDocument):
            said = archive.read("mimetype", 200)
            if said.startswith(b"application/vnd.oasis.opendocument."):
                return Inside.OPEN_DOCUMENT
            if said.startswith(b"application/epub"):
                return Inside.BOOK
    return Inside.APPLE_HEALTH if apple_health_part(archive) else Inside.FILES


def apple_health_part(archive: Archive) -> Entry | None:
    """The export itself. Its name is in the phone's language, so the content tells."""
    named = [
        entry
        for entry in archive.entries
        if entry.name.lower().endswith(".xml") and entry.name.count("/") <= 2 and not entry.problem
    ]
    for entry in named[:20]:
        with contextlib.suppress(UnreadableDocument), archive.open(entry) as stream:
            with broken_part_told():
                head = stream.read(64 * 1024)
            if b"<HealthData" in head or b"<!DOCTYPE HealthData" in head:
                return entry
    return None


def relations(archive: Archive, part: str) -> Iterator[tuple[str, str, str]]:
    """Id, kind and name of the parts that `part` of an Office file refers to; "" is the file as a whole."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", name + ".rels")
    if listed not in archive:
        return
    for kind, name, attributes in xml_steps(archive.pieces(listed, XML_PIECE)):
        if (
            kind == "start"
            and name == "Relationship"
            and attributes.get("TargetMode") != "External"
        ):
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            what = attributes.get("Type", "").rpartition("/")[2]
            yield attributes.get("Id", ""), what, target.lstrip("/")


def main_part(archive: Archive, usual: str) -> str:
    """The part of an Office file that its text or its list of sheets is in."""
    named = (name for _, kind, name in relations(archive, "") if kind == "officeDocument")
    return next(named, usual)


def refuse_unread(kind: Inside) -> None:
    """Raises UnsupportedDocument for what HealthMate does not read."""
    if kind in _UNREAD:
        raise UnsupportedDocument(
            f"{_UNREAD[kind]} The file is kept. Save it as a PDF and add that."
        )


_CONTENT_TYPES = (
    (b"ms-word.document.macroEnabled", Inside.WORD_MACROS),
    (b"ms-word.template.macroEnabled", Inside.WORD_MACROS),
    (b"wordprocessingml.document.main", Inside.WORD),
    (b"wordprocessingml.template.main", Inside.WORD),
    (b"ms-excel.sheet.binary", Inside.WORKBOOK_BINARY),
    (b"ms-excel.sheet.macroEnabled", Inside.WORKBOOK_MACROS),
    (b"ms-excel.template.macroEnabled", Inside.WORKBOOK_MACROS),
    (b"spreadsheetml.sheet.main", Inside.WORKBOOK),
    (b"spreadsheetml.template.main", Inside.WORKBOOK),
    (b"presentationml.", Inside.SLIDES),
)
_UNREAD = {
    Inside.WORD_MACROS: "This Word file holds macros, small programs, and HealthMate does not open such files.",
    Inside.WORKBOOK_MACROS: "This Excel file holds macros, small programs, and HealthMate does not open such files.",
    Inside.WORKBOOK_BINARY: "HealthMate can not read binary Excel files (.xlsb).",
    Inside.SLIDES: "HealthMate can not read presentations.",
    Inside.OPEN_DOCUMENT: "HealthMate can not read OpenDocument files (.odt, .ods).",
    Inside.BOOK: "HealthMate can not read e-books (.epub).",
}


class _Room:
    """What may still be unpacked, shared by an archive and those inside it."""

    def __init__(self) -> None:
        self.left = LARGEST_TOTAL
        self.entries = MOST_ENTRIES

    def take(self, archive: Archive) -> bool:
        self.left -= archive.total
        self.entries -= len(archive.entries)
        return self.left >= 0 and self.entries >= 0


def _members(
    archive: Archive, above: str, depth: int, room: _Room
) -> Iterator[tuple[str, bytes] | Problem]:
    for entry in archive.entries:
        name = above + entry.name
        try:
            content = archive.read(entry)
            within = Archive(content) if is_zip(content) else None
        except UnreadableDocument as error:
            yield Problem(shown(name), str(error))
            continue
        if within is None or inside(within) is not Inside.FILES:
            yield name, content
        elif depth >= DEEPEST:
            yield Problem(shown(name), _TOO_DEEP)
        elif not room.take(within):
            yield Problem(shown(name), _TOO_LARGE)
        else:
            del content
            yield from _members(within, name + "/", depth + 1, room)


def _entries(found: list[zipfile.ZipInfo]) -> Iterator[Entry]:
    numbers: Counter[str] = Counter()
    for info in found:
        name = unique = _name(info)
        if _LITTER.search(name):
            continue
        while unique in numbers:
            numbers[name] += 1
            stem, dot, ending = name.rpartition(".")
            unique = (
                f"{stem} ({numbers[name]}){dot}{ending}" if dot else f"{name} ({numbers[name]})"
            )
        numbers[unique] += 1
        yield Entry(unique, info.file_size, _problem(info, name), info)


def _name(info: zipfile.ZipInfo) -> str:
    """Fit to show. Many programs write UTF-8 without saying so."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return _UNSEEN.sub("", name).replace("\\", "/")[:500].strip() or "a file without a name"


def _problem(info: zipfile.ZipInfo, name: str) -> str:
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        return _OUTSIDE
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.create_system == 3 and kind not in (0, stat.S_IFREG):
        return _LINK
    if info.flag_bits & 0x1:
        return _LOCKED
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return _PACKING
    if info.file_size > max(FREE_OF_RATIO, MOST_RATIO * info.compress_size):
        return _BOMB
    return ""


def shown(name: str) -> str:
    """The end of a long name, which tells more than its beginning."""
    return name if len(name) <= _LONGEST_NAME else "…" + name[1 - _LONGEST_NAME :]


@contextlib.contextmanager
def _damage_told(message: str) -> Iterator[None]:
    """What zipfile raises for broken files, in our words."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError) as error:
        raise UnreadableDocument(message) from error
    except (ValueError, IndexError, KeyError, OverflowError, NotImplementedError) as error:
        raise UnreadableDocument(message) from error
    except (RuntimeError, MemoryError) as error:
        raise UnreadableDocument(message) from error


def broken_part_told() -> contextlib.AbstractContextManager[None]:
    """Around every read from what `Archive.open` gave."""
    return _damage_told(_BROKEN)
