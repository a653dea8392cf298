"""A ZIP read from front to back as it streams in, without the list at its end and without a file on disk.

An export is far larger than other ZIPs may be, since none of it is kept: see the limits here.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST_ENTRIES = 10_000
MOST_RATIO = 100  # bytes out for one in
MOST_BYTES = 32 * 1024**3  # of all entries together
PIECE = 256 * 1024
_FREE = 16 * 1024 * 1024  # bytes of an entry that no ratio is asked of
_LOCAL = b"PK\x03\x04"
_ENDS = (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x08")
_HEADER = struct.Struct("<4sHHHHHIIIHH")
_UNKNOWN = 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8


_CUT = "The end of the file is missing, so readings may be missing too. Add the file again from where it came from."
_BROKEN = "The file is damaged here, so readings may be missing. Add the file again from where it came from."
_LOCKED = (
    "This ZIP is locked with a password. It is kept. Pack it without a password, and add that."
)
_TOO_MUCH = (
    "This ZIP holds far more than a health export can, so it was not read to its end. It is kept. "
    "Export your health data again and add that."
)


class Damaged(Exception):
    """An entry can't be read to its end. `str()` is fit to show."""


@runtime_checkable
class Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none only at the end."""
        ...


class Source:
    """Bytes as they stream in. `done` is how many were taken from the stream."""

    def __init__(self, stream: Readable | Iterable[bytes]) -> None:
        self.done = 0
        self._stream: Readable = stream if isinstance(stream, Readable) else _Chunks(iter(stream))
        self._ahead = b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none only at the end."""
        if not self._ahead:
            self._ahead = self._more()
        piece, self._ahead = self._ahead[:size], self._ahead[size:]
        return piece

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, or fewer at the end, which will come again."""
        while len(self._ahead) < size and (more := self._more()):
            self._ahead += more
        return self._ahead[:size]

    def take(self, size: int) -> bytes:
        """Raises Damaged where there are not as many."""
        piece = self.peek(size)
        if len(piece) < size:
            raise Damaged(_CUT)
        self._ahead = self._ahead[size:]
        return piece

    def skip_to(self, mark: bytes) -> bool:
        """Up to the next `mark` that is not here already; False where none is left."""
        self._ahead = self._ahead[1:]
        while True:
            place = self._ahead.find(mark)
            if place >= 0:
                self._ahead = self._ahead[place:]
                return True
            more = self._more()
            if not more:
                self._ahead = b""
                return False
            self._ahead = self._ahead[-len(mark) :] + more

    def give_back(self, piece: bytes) -> None:
        self._ahead = piece + self._ahead

    def _more(self) -> bytes:
        piece = self._stream.read(PIECE)
        self.done += len(piece)
        return piece


class _Chunks:
    """Chunks as a stream; empty ones are passed over."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def read(self, _size: int) -> bytes:
        return next(filter(None, self._chunks), b"")


class Entry:
    """One file of the ZIP. Its pieces come once, and the next entry only after them."""

    def __init__(self, source: Source, header: tuple[int, ...], name: str, extra: bytes) -> None:
        self.name = name
        self.size = 0  # bytes that came out so far
        self._source = source
        _, flags, self._method, _, _, self._crc, packed, size, *_ = header
        self._packed = _long_size(packed, size, extra)
        self._described = bool(flags & 8)
        self.pieces = self._pieces()  # raises Damaged; what came before stays good

    def _pieces(self) -> Iterator[bytes]:
        if self._method not in (_STORED, _DEFLATED):
            raise Damaged("This file is packed in a way that can't be read.")
        crc = 0
        for piece in self._inflated() if self._method == _DEFLATED else self._stored():
            crc = zlib.crc32(piece, crc)
            self.size += len(piece)
            yield piece
        if self._described:
            self._read_descriptor()
        if crc != self._crc:
            raise Damaged("This file is not as it was packed; parts of it may be wrong.")

    def _stored(self) -> Iterator[bytes]:
        left = self._packed
        while left:
            piece = self._source.read(min(left, PIECE))
            if not piece:
                raise Damaged(_CUT)
            left -= len(piece)
            yield piece

    def _inflated(self) -> Iterator[bytes]:
        opener = zlib.decompressobj(-zlib.MAX_WBITS)
        taken = given = 0
        while not opener.eof:
            packed = opener.unconsumed_tail or self._source.read(PIECE // 4)
            if not packed:
                raise Damaged(_CUT)
            try:
                piece = opener.decompress(packed, PIECE)
            except zlib.error as error:
                self._source.give_back(packed)  # the next file may begin in it
                raise Damaged(_BROKEN) from error
            taken += len(packed) - len(opener.unconsumed_tail) - len(opener.unused_data)
            given += len(piece)
            if given > min(MOST_BYTES, max(_FREE, taken * MOST_RATIO)):
                raise UnreadableDocument(_TOO_MUCH)
            if piece:
                yield piece
        self._packed = taken
        self._source.give_back(opener.unused_data)

    def _read_descriptor(self) -> None:
        """Sizes and checksum after the content, with or without a mark, in two widths."""
        ahead = self._source.peek(24)
        for form in ("<4xIQQ", "<4xIII", "<IQQ", "<III"):
            width = struct.calcsize(form)
            if len(ahead) >= width and (form[1] != "4" or ahead.startswith(b"PK\x07\x08")):
                crc, packed, size = struct.unpack(form, ahead[:width])
                if (packed, size) == (self._packed, self.size):
                    self._crc = crc
                    self._source.take(width)
                    return
        raise Damaged(_BROKEN)


def entries(source: Source, report: Callable[[str], None]) -> Iterator[Entry]:
    """Each in turn; past what is damaged to the next that can be found, telling `report` of it once a place.

    Raises UnreadableDocument for what must not be read at all.
    """
    count = total = 0
    whole = True
    while (mark := source.peek(4)) not in _ENDS:
        if mark != _LOCAL:
            if whole:
                report(_BROKEN if mark else _CUT)
            whole = False
            if not source.skip_to(_LOCAL):
                return
            continue
        count += 1
        if count > MOST_ENTRIES or total > MOST_BYTES:
            raise UnreadableDocument(_TOO_MUCH)
        try:
            entry = _entry(source)
        except Damaged as error:
            report(str(error))
            return
        yield entry
        whole = True
        try:
            for _ in entry.pieces:
                pass
        except Damaged as error:
            report(str(error))
            whole = False
        total += entry.size


def _entry(source: Source) -> Entry:
    _, *header = _HEADER.unpack(source.take(_HEADER.size))
    name, extra = source.take(header[-2]), source.take(header[-1])
    if header[1] & 1:
        raise UnreadableDocument(_LOCKED)
    return Entry(source, tuple(header), name.decode("utf-8", "replace"), extra)


def _long_size(packed: int, size: int, extra: bytes) -> int:
    """The packed size; of files above 4 GB it stands in the extra field, after the other one if that does too."""
    while packed == _UNKNOWN and len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        place = 8 if size == _UNKNOWN else 0
        if kind == 1 and len(field) >= place + 8:
            return int.from_bytes(field[place : place + 8], "little")
    return packed
