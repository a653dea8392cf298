"""Bytes to letters: the lines of a text file and the steps of an XML file, never the whole at once.

Unlike `text.decode`, which is for prose, this tells whether it had to guess, and no line is longer than is safe.
"""

from __future__ import annotations

import codecs
import io
import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.parsers import expat

from healthmate_desktop.documents.text import clean, utf16_without_mark
from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LONGEST_LINE = 1024 * 1024  # characters
MOST_ELEMENTS = 2_000_000  # of one XML part
DEEPEST_XML = 200
XML_PIECE = 64 * 1024  # bytes
_LONGEST_TAG = (
    4 * 1024 * 1024
)  # bytes without a step: Expat reads all of an open tag again with each piece
_SAMPLE = 64 * 1024  # bytes that a guess is made from
_FEW = 12  # bytes beyond ASCII: too few to tell a language by
_WESTERN = "cp1252"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OLD = (
    *(_WESTERN, "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
    *("cp932", "gb18030", "big5", "cp949", "euc_jp"),
)
_IN_WORD = re.compile(r"(?<=[^\W\d_])([^\x00-\x7f])(?=[^\W\d_])")
_WITHIN_WORDS = ("Ll", "Lu", "Lo", "Pd", "Pf", "Pi", "Zs")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")

XmlStep = tuple[Literal["start", "end", "text"], str, "Mapping[str, str]"]
"""What happens, the name without its namespace (or the text), and the attributes, their names without it too."""

_NONE: Mapping[str, str] = {}
_BROKEN_XML = "This file is damaged, so it could not be read. It is kept. Add it again from where it came from."
_TOO_TANGLED = (
    "This file is built in a way that no honest program builds one, so it was not read. It is kept. "
    "Save it as a PDF and add that."
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` is Python's; `sure` is False where the bytes allow other readings."""

    name: str
    sure: bool = True


def encoding_of(content: bytes) -> Encoding:
    """By its mark, then UTF-8, UTF-16 without a mark, and at last the likeliest old one."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return Encoding(name)
    if name := utf16_without_mark(content):
        return Encoding(name)
    if _is_utf8(content):
        return Encoding("utf-8")
    return Encoding(_old_encoding(content), sure=False)


def lines_of(content: bytes, encoding: Encoding) -> Iterator[str | None]:
    """Lines with their ends, without NUL, marks and control characters; None for a line that is too long."""
    stream = io.TextIOWrapper(io.BytesIO(content), encoding.name, errors="replace", newline=None)
    too_long = False
    while line := stream.readline(LONGEST_LINE):
        whole = line.endswith("\n") or len(line) < LONGEST_LINE
        if whole and not too_long:
            yield clean(line)
        elif whole:
            yield None
        too_long = not whole
    if too_long:
        yield None


def xml_steps(pieces: Iterable[bytes], most: int = MOST_ELEMENTS) -> Iterator[XmlStep]:
    """A part of an Office file step by step. Raises UnreadableDocument, also where a document type is declared."""
    steps = _XmlSteps(most)
    silent = 0
    for piece in itertools.chain(pieces, (b"",)):
        found = steps.feed(piece)
        yield from found
        silent = 0 if found else silent + len(piece)
        if silent > _LONGEST_TAG:
            raise UnreadableDocument(_TOO_TANGLED)


def _is_utf8(content: bytes) -> bool:
    """In pieces, so that a large file is not held twice. The file may end in the middle of a letter."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    try:
        for start in range(0, len(content), 1 << 20):
            decoder.decode(view[start : start + (1 << 20)])
    except UnicodeDecodeError:
        return False
    return True


def _old_encoding(content: bytes) -> str:
    sample = _telling(content)
    looks_western = not _has_strange_words(sample.decode(_WESTERN, "replace"))
    if looks_western and len(_BEYOND_ASCII.findall(sample)) < _FEW:
        return _WESTERN
    import charset_normalizer

    likely = list(charset_normalizer.from_bytes(sample, cp_isolation=list(_OLD)))
    if not looks_western:
        likely = [match for match in likely if match.encoding != _WESTERN]
    if not likely:
        return _WESTERN
    best = likely[0]
    for match in likely:
        as_good = match.chaos <= best.chaos and match.coherence >= best.coherence - 0.1
        if match.encoding == _WESTERN and as_good:
            return _WESTERN
    return str(best.encoding)


def _telling(content: bytes) -> bytes:
    """The lines with letters beyond ASCII, from anywhere in the file."""
    found: list[bytes] = []
    at = length = 0
    while length < _SAMPLE and (match := _BEYOND_ASCII.search(content, at)):
        start = max(content.rfind(b"\n", 0, match.start()) + 1, match.start() - 500)
        end = content.find(b"\n", match.end(), match.end() + 500)
        at = end + 1 if end >= 0 else match.end() + 500
        found.append(content[start:at])
        length += at - start
    return b"".join(found)


def _has_strange_words(text: str) -> bool:
    """A sign in the middle of a word, as "P³ytki", or a byte that stands for nothing."""
    return "\ufffd" in text or any(
        unicodedata.category(sign) not in _WITHIN_WORDS for sign in _IN_WORD.findall(text)
    )


class _XmlSteps:
    """Expat with its events in a list. Entities can't be declared, so that none can grow or fetch anything."""

    def __init__(self, most: int) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.buffer_size = XML_PIECE
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._steps: list[XmlStep] = []
        self._left = most
        self._depth = 0

    def feed(self, piece: bytes) -> list[XmlStep]:
        """An empty piece is the end."""
        self._steps = []
        try:
            self._parser.Parse(piece, not piece)
        except (
            expat.ExpatError,
            ValueError,
            LookupError,
        ) as error:  # the latter: of unknown encodings
            raise UnreadableDocument(_BROKEN_XML) from error
        return self._steps

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._left -= 1
        if self._depth > DEEPEST_XML or self._left < 0:
            raise UnreadableDocument(_TOO_TANGLED)
        if attributes:
            attributes = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._steps.append(("start", name.rpartition(" ")[2], attributes))

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._steps.append(("end", name.rpartition(" ")[2], _NONE))

    def _text(self, text: str) -> None:
        self._steps.append(("text", text, _NONE))

    def _doctype(self, *_: object) -> None:
        raise UnreadableDocument(_TOO_TANGLED)
