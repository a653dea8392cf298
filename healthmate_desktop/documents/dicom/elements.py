"""The elements of a DICOM file: where each begins and how long it is. Nothing is read into memory here."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ELEMENTS = 200_000
DEEPEST = 32  # sequences in one another
UNDEFINED = 0xFFFFFFFF  # a length that a mark at the end tells instead
ITEM, PIXELS, RECORDS = 0xFFFEE000, 0x7FE00010, 0x00041220
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
DEFLATED, BIG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
TANGLED = (
    "This picture file is built in a way that no honest program builds one, so it was not read. It is kept. "
    "Ask for the pictures again, as JPEG if you can."
)
_ITEM_END, _SEQUENCE_END = 0xFFFEE00D, 0xFFFEE0DD
_LONG_KINDS = frozenset((
    *(b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"),
))  # fmt: skip
_SHORT_KINDS = frozenset((
    *(b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT", b"PN", b"SH"),
    *(b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"),
))  # fmt: skip


def syntax_of(data: bytes) -> str:
    """Where the file does not say it: whether the first element spells out its kind."""
    return EXPLICIT if data[4:6] in _LONG_KINDS | _SHORT_KINDS else IMPLICIT


class Elements:
    """Steps over the elements of a data set, without recursion. `cut` tells that the data ended too early."""

    def __init__(self, data: bytes, start: int, syntax: str) -> None:
        self.cut = False
        self._data, self._at = data, start
        self._explicit = syntax != IMPLICIT
        order = ">" if syntax == BIG else "<"
        self._tag, self._short, self._long = (
            struct.Struct(order + code) for code in ("HH", "H", "I")
        )
        self._open: list[
            int | None
        ] = []  # where each open sequence and item ends; None = at its mark
        self._left = MOST_ELEMENTS
        self._listed = -1  # how deep the records of a DICOMDIR are

    def __iter__(self) -> Iterator[tuple[int, bool, int, int]]:
        """Tag, whether it lies in a record of a DICOMDIR, and where its value begins and how long it is.

        A record begins with the tag of an item. The length of a compressed picture is undefined.
        """
        while not self.cut and self._at + 8 <= len(self._data):
            self._left -= 1
            if self._left < 0 or len(self._open) > DEEPEST:
                raise UnreadableDocument(TANGLED)
            self._close()
            tag, length = self._head()
            depth = len(self._open)
            if tag == PIXELS and not depth:
                yield tag, False, self._at, length
                return
            if tag >> 16 == 0xFFFE or length == UNDEFINED or (tag == RECORDS and not depth):
                self._enter(tag, length, depth)
                if tag == ITEM and depth == self._listed:
                    yield tag, True, self._at, 0
                continue
            value = self._at
            self._at += length
            self.cut = self._at > len(self._data)
            if not self.cut and (not depth or depth == self._listed + 1):
                yield tag, depth > 0, value, length

    def _enter(self, tag: int, length: int, depth: int) -> None:
        """Into a sequence or item, or out of it."""
        if tag in (_ITEM_END, _SEQUENCE_END):
            del self._open[-1:]
        elif tag == PIXELS:
            self._step_over_pieces()
        else:
            if tag == RECORDS and not depth:
                self._listed = 1
            self._open.append(None if length == UNDEFINED else self._at + length)

    def _step_over_pieces(self) -> None:
        """A compressed picture inside a sequence."""
        while self._at + 8 <= len(self._data):
            tag, length = self._head()
            if tag != ITEM:
                return
            self._at += length

    def _close(self) -> None:
        while self._open:
            end = self._open[-1]
            if end is None or self._at < end:
                return
            self._open.pop()
        self._listed = -1

    def _head(self) -> tuple[int, int]:
        """Tag and length; `_at` moves to the value."""
        data, at = self._data, self._at
        group, element = self._tag.unpack_from(data, at)
        tag = group << 16 | element
        kind = data[at + 4 : at + 6]
        self._at = at + 8
        if self._explicit and group != 0xFFFE and kind in _SHORT_KINDS:
            return tag, int(self._short.unpack_from(data, at + 6)[0])
        if self._explicit and group != 0xFFFE and kind in _LONG_KINDS:
            self._at = at + 12
            return tag, int(self._long.unpack_from(data, at + 8)[0])
        return tag, int(self._long.unpack_from(data, at + 4)[0])
