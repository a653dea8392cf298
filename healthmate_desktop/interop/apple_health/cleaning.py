"""Bytes of an export made fit for an XML parser.

The document type before the root element is dropped unread: those of several versions of iOS are not well-formed, and
without one no entity can be declared. Letters that XML does not allow become a question mark in a box.
"""

from __future__ import annotations

import codecs
import re

from healthmate_desktop.errors import UnsupportedDocument

ROOT = re.compile(rb"<HealthData(?=[\s/>])")
_LONGEST_HEAD = 1024 * 1024  # bytes before the root element
_CONTROLS = bytes(range(9)) + bytes((11, 12)) + bytes(range(14, 32)) + b"\x7f"
_SPOILT = "\ufffd"
_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_NUMBER = re.compile(rb"&#(x?)([0-9a-fA-F]{1,7});")
_LONGEST_REFERENCE = 12
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER = (
    "This XML is not an export of Apple Health. It is kept. "
    "On the telephone, choose your picture in Health, then Export All Health Data."
)


class Cleaner:
    """Takes pieces of the file in order and gives pieces of XML from the root element on."""

    def __init__(self) -> None:
        self.spoilt = 0  # letters that could not be read
        self.lines = 0  # line breaks before the root element
        self._decoder: codecs.IncrementalDecoder | None = None
        self._head: bytes | None = b""
        self._rest = b""

    def clean(self, piece: bytes, *, last: bool = False) -> bytes:
        """Raises UnsupportedDocument where there is no such root element."""
        text = self._decoded(piece, last=last)
        if self._head is not None:
            text = self._from_root(text, last=last)
        text = self._rest + text
        self._rest = b""
        if not last and b"&" in text[-_LONGEST_REFERENCE:]:
            place = text.rindex(b"&")
            text, self._rest = text[:place], text[place:]
        return _with_good_references(text)

    def _decoded(self, piece: bytes, *, last: bool) -> bytes:
        if self._decoder is None:
            name = next((name for bom, name in _BOMS if piece.startswith(bom)), "utf-8")
            name = "utf-8-sig" if piece.startswith(codecs.BOM_UTF8) else name
            self._decoder = codecs.getincrementaldecoder(name)("replace")
        text = self._decoder.decode(piece, last)
        if not text.isascii():
            if "\ufffe" in text or "\uffff" in text:
                text = text.replace("\ufffe", _SPOILT).replace("\uffff", _SPOILT)
            self.spoilt += text.count(_SPOILT)
        return text.encode("utf-8", "replace").translate(None, _CONTROLS)

    def _from_root(self, text: bytes, *, last: bool) -> bytes:
        head = (self._head or b"") + text
        found = ROOT.search(head)
        if found is None:
            if last or len(head) > _LONGEST_HEAD:
                raise UnsupportedDocument(_OTHER)
            self._head = head
            return b""
        self._head = None
        self.lines = head.count(b"\n", 0, found.start())
        return head[found.start() :]


def _with_good_references(text: bytes) -> bytes:
    if b"&" not in text:
        return text
    if b"&#" in text:
        text = _NUMBER.sub(_checked, text)
    return _AMPERSAND.sub(b"&amp;", text)


def _checked(found: re.Match[bytes]) -> bytes:
    """References to letters that XML does not have can't stay."""
    try:
        letter = int(found[2], 16 if found[1] else 10)
    except ValueError:  # &#1f; without its x, made harmless by the next step
        return found[0]
    controls = letter < 32 and letter not in (9, 10, 13)
    good = letter < 0x110000 and not (
        controls or 0xD800 <= letter < 0xE000 or letter in (0xFFFE, 0xFFFF)
    )
    return found[0] if good else _SPOILT.encode()
