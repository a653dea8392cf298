"""What a DICOM file says of its picture: the wanted elements and where the pixels are."""

from __future__ import annotations

import math
import re
import struct
import zlib
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from healthmate_desktop.documents.dicom.elements import (
    BIG,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    ITEM,
    PIXELS,
    TANGLED,
    UNDEFINED,
    Elements,
    syntax_of,
)
from healthmate_desktop.documents.text import clean
from healthmate_desktop.domain.proposals import NamedPerson
from healthmate_desktop.errors import UnreadableDocument

MOST_INFLATED = 300 * 1024 * 1024  # bytes
MOST_RATIO = 100  # inflated to deflated
MOST_RECORDS = 10_000  # of a DICOMDIR
LONGEST_TABLE = 200_000  # bytes of a palette
LONGEST_VALUE = 10_000  # bytes of a text
BROKEN = (
    "This picture file is damaged or cut off, so it could not be read. It is kept. "
    "Add it again from where it came from."
)
_ENCODINGS = {
    "ISO_IR 100": "latin-1", "ISO_IR 101": "iso8859-2", "ISO_IR 109": "iso8859-3", "ISO_IR 110": "iso8859-4",
    "ISO_IR 144": "iso8859-5", "ISO_IR 127": "iso8859-6", "ISO_IR 126": "iso8859-7", "ISO_IR 138": "iso8859-8",
    "ISO_IR 148": "iso8859-9", "ISO_IR 203": "iso8859-15", "ISO_IR 13": "shift_jis", "ISO_IR 166": "iso8859-11",
    "ISO_IR 192": "utf-8", "GB18030": "gb18030", "GBK": "gbk", "ISO 2022 IR 87": "iso2022_jp_2",
    "ISO 2022 IR 159": "iso2022_jp_2", "ISO 2022 IR 13": "iso2022_jp_3", "ISO 2022 IR 149": "euc_kr",
    "ISO 2022 IR 58": "gb2312",
}  # fmt: skip
_SEXES = {"M": "male", "F": "female", "O": "other"}


class Tag(IntEnum):
    """The elements that are read."""

    SYNTAX = 0x00020010
    RECORD_KIND = 0x00041430
    LETTERS = 0x00080005
    SOP_CLASS = 0x00080016
    SOP = 0x00080018
    DATE = 0x00080020
    MODALITY = 0x00080060
    PLACE = 0x00080080
    ABOUT = 0x00081030
    SERIES_ABOUT = 0x0008103E
    NAME = 0x00100010
    PERSON_ID = 0x00100020
    BORN = 0x00100030
    SEX = 0x00100040
    BODY_PART = 0x00180015
    STUDY = 0x0020000D
    SERIES = 0x0020000E
    SAMPLES = 0x00280002
    COLOURS = 0x00280004
    PLANAR = 0x00280006
    ROWS = 0x00280010
    COLUMNS = 0x00280011
    BITS = 0x00280100
    BITS_USED = 0x00280101
    SIGNED = 0x00280103
    CENTRE = 0x00281050
    WIDTH = 0x00281051
    OFFSET = 0x00281052
    SLOPE = 0x00281053
    RED = 0x00281201
    GREEN = 0x00281202
    BLUE = 0x00281203


_WANTED = frozenset(Tag)


@dataclass(slots=True)
class Header:
    """The wanted elements of a file, or of one record of a DICOMDIR."""

    values: dict[int, bytes] = field(default_factory=dict)
    big: bool = False
    syntax: str = IMPLICIT
    pixels: memoryview | None = None  # None: there are none, or they are compressed
    packed: bool = False
    cut: bool = False
    records: list[Header] = field(default_factory=list)
    letters: str = ""

    def text(self, tag: int) -> str:
        raw = self.values.get(tag, b"")[:LONGEST_VALUE]
        return clean(raw.decode(self._encoding(), "replace")).replace("\\", ", ").strip()

    def number(self, tag: int, otherwise: int = 0) -> int:
        """An unsigned whole number of two bytes."""
        raw = self.values.get(tag, b"")
        return (
            int.from_bytes(raw[:2], "big" if self.big else "little") if len(raw) >= 2 else otherwise
        )

    def decimal(self, tag: int, otherwise: float) -> float:
        first = self.values.get(tag, b"")[:64].decode("ascii", "replace").split("\\")[0]
        try:
            number = float(first.strip("\x00 "))
        except ValueError:
            return otherwise
        return number if math.isfinite(number) and abs(number) < 1e9 else otherwise

    def day(self, tag: int) -> str:
        """An ISO date, "" if it is none."""
        digits = re.sub(r"[.\-]", "", self.text(tag))[:8]
        try:
            return date.fromisoformat(digits).isoformat() if digits.isdecimal() else ""
        except ValueError:
            return ""

    def person(self) -> NamedPerson:
        parts = [part.strip() for part in self.text(Tag.NAME).split("=")[0].split("^")]
        family, given, middle, title, after = (parts + [""] * 5)[:5]
        name = " ".join(filter(None, (title, given, middle, family, after)))
        number = self.text(Tag.PERSON_ID)[:200]
        sex = _SEXES.get(self.text(Tag.SEX).upper(), "")
        return NamedPerson(name[:200], self.day(Tag.BORN), sex, (number,) if number else ())

    def _encoding(self) -> str:
        """The first encoding that names more letters than English has."""
        said = self.values.get(Tag.LETTERS, b"").decode("ascii", "replace") or self.letters
        for name in said.split("\\"):
            plain = name.strip("\x00 ")
            found = _ENCODINGS.get(plain) or _ENCODINGS.get(plain.replace("ISO 2022 IR", "ISO_IR"))
            if found:
                return found
        return "latin-1"


def header_of(content: bytes) -> Header:
    try:
        return _parsed(content)
    except (struct.error, zlib.error, OverflowError) as error:
        raise UnreadableDocument(BROKEN) from error


def _parsed(content: bytes) -> Header:
    start = 132 if content[128:132] == b"DICM" else 0
    header = Header()
    data, at = content, start
    if content[start : start + 2] == b"\x02\x00":
        at = _read_meta(content, start, header)
        header.syntax = header.text(Tag.SYNTAX) or syntax_of(content[at:])
        if header.syntax == DEFLATED:
            data, at = _inflated(content[at:]), 0
    else:
        header.syntax = syntax_of(content[start:])
    header.big = header.syntax == BIG
    header.packed = header.syntax not in (IMPLICIT, EXPLICIT, DEFLATED, BIG)
    elements = Elements(data, at, header.syntax)
    for tag, nested, value, length in elements:
        here = header.records[-1] if nested and header.records else header
        if tag == ITEM and len(header.records) < MOST_RECORDS:
            header.records.append(Header(big=header.big))
        elif tag == PIXELS:
            header.packed = header.packed or length == UNDEFINED
            header.pixels = None if header.packed else memoryview(data)[value : value + length]
            header.cut = not header.packed and value + length > len(data)
        elif tag in _WANTED:
            here.values.setdefault(tag, data[value : value + min(length, LONGEST_TABLE)])
    header.cut = header.cut or elements.cut
    said = header.values.get(Tag.LETTERS, b"").decode("ascii", "replace")
    for record in header.records:
        record.letters = said
    if not header.values.keys() - {Tag.SYNTAX, Tag.SOP_CLASS} and not header.records:
        raise UnreadableDocument(BROKEN)
    return header


def _read_meta(content: bytes, start: int, header: Header) -> int:
    """The group that says how the others are written; it is always explicit itself."""
    at = start
    for tag, _, value, length in Elements(content, start, EXPLICIT):
        if tag >> 16 != 2:
            break
        at = value + length
        if tag in _WANTED:
            header.values[tag] = content[value : min(at, value + LONGEST_VALUE)]
    return at


def _inflated(packed: bytes) -> bytes:
    inflater = zlib.decompressobj(-15)
    data = inflater.decompress(packed, MOST_INFLATED)
    if inflater.unconsumed_tail or len(data) > max(1024 * 1024, MOST_RATIO * len(packed)):
        raise UnreadableDocument(TANGLED)
    return data
