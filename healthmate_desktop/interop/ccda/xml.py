"""Bytes to elements: lenient with how a file is written, strict with what could harm.

Encodings are told by the bytes, undeclared prefixes are declared, several roots are taken, and what is broken is
mended where that is safe. Document type declarations with a body are refused, so that no entity is ever defined.
"""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.ccda.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST = 100_000_000  # bytes
DEEPEST = 200
MOST_ELEMENTS = 2_000_000
_PIECE = 1 << 16
_DECODED = 1 << 20
_WRAPS = 16  # end tags too many close these and not the document
_PREFIXES = 100
_SHORT = 64  # longer attribute values are rarely said twice

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_SINGLE = re.compile(
    r"(windows-?|cp)(125\d|874|437|850|866)|iso-?8859-([2-9]|1\d)|mac-?roman|gb(k|2312|18030)|big5"
    r"|shift_jis|euc-(jp|kr)|koi8-[ru]",
    re.IGNORECASE,
)
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][A-Za-z0-9_.-]{0,30}):[A-Za-z_]")
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,300}>")
_CONTROLS = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]+|&#(?:0*[0-8]|0*1[124-9]|x0*[0-8bcef]|x0*1[0-9a-f]);"
)
_STRAY_AND = re.compile(rb"&(?!(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_STRAY_LESS = re.compile(rb"<(?![A-Za-z_/?]|!--|!\[CDATA\[)")
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_KNOWN = frozenset((b"lt", b"gt", b"amp", b"quot", b"apos"))
_HARMLESS = ("NS_", "WAR_", "ERR_RESERVED_XML_NAME", "ERR_XMLDECL_NOT_STARTED")

_TOO_LARGE = (
    "This health document is larger than 100 MB. Nothing was read from it, and the file is kept as it is. "
    "Ask the sender for smaller documents."
)
_TOO_MUCH = (
    "This health document has more parts, or parts nested deeper, than a real one has. Nothing was read from it, "
    "and the file is kept as it is. Ask the sender for the document again."
)
_OWN_ENTITIES = (
    "This file defines abbreviations of its own (a DTD), which health documents never need and harmful files use. "
    "Nothing was read from it, and the file is kept as it is. Ask the sender for the document again."
)
_NO_XML = (
    "This file is damaged: no part of a health document could be read. The file is kept as it is. "
    "Ask the sender for the document again."
)


class Parsed(NamedTuple):
    root: Node  # holds whatever the file holds, its roots among them
    damaged: bool  # parts may be missing


def parse(content: bytes) -> Parsed:
    """Raises UnreadableDocument when the file is no XML at all, over a limit, or has a DTD with a body."""
    if len(content) > LARGEST:
        raise UnreadableDocument(_TOO_LARGE)
    text = without_prolog(utf8_of(content))
    root, broken = _tree(text)
    if broken:
        root, broken = _tree(_mended(text))
    if not any(isinstance(part, Node) for part in root.parts):
        raise UnreadableDocument(_NO_XML)
    return Parsed(root, broken)


def utf8_of(content: bytes) -> bytes:
    """The same text in UTF-8 without a mark at its start. What the file declares counts last."""
    for mark, encoding in (
        (codecs.BOM_UTF8, ""),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            rest = content[len(mark) :]
            return _recoded(rest, encoding) if encoding else _recoded_if_needed(rest)
    if content.startswith(b"<\x00"):
        return _recoded(content, "utf-16-le")
    if content.startswith(b"\x00<"):
        return _recoded(content, "utf-16-be")
    return _recoded_if_needed(content)


def _recoded_if_needed(content: bytes) -> bytes:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _DECODED):
            decoder.decode(content[start : start + _DECODED])
    except UnicodeDecodeError:
        return _recoded(content, _declared(content))
    return content


def _declared(content: bytes) -> str:
    """The encoding it names, if that is one of single bytes or of East Asia; else the most common one."""
    found = _DECLARED.search(content[:1000])
    name = found[1].decode("ascii") if found else ""
    try:
        return codecs.lookup(name).name if _SINGLE.fullmatch(name) else "cp1252"
    except LookupError:
        return "cp1252"


def _recoded(content: bytes, encoding: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    pieces = (content[start : start + _DECODED] for start in range(0, len(content), _DECODED))
    return b"".join(decoder.decode(piece).encode("utf-8", "replace") for piece in pieces)


def without_prolog(text: bytes) -> bytes:
    """From the first element on. Raises UnreadableDocument for a document type with definitions."""
    at = 0
    while True:
        while text[at : at + 1].isspace():
            at += 1
        if text.startswith((b"<?", b"<!--"), at):
            closing = b"-->" if text.startswith(b"<!--", at) else b"?>"
            end = text.find(closing, at)
            if end < 0:
                return text[at:]
            at = end + len(closing)
        elif text[at : at + 9].upper() == b"<!DOCTYPE":
            at = _after_doctype(text, at)
        else:
            return text[at:]


def _after_doctype(text: bytes, at: int) -> int:
    end, body = text.find(b">", at), text.find(b"[", at)
    if end < 0 or 0 <= body < end:
        raise UnreadableDocument(_OWN_ENTITIES)
    return end + 1


class _Builder:
    """What lxml calls while it reads."""

    def __init__(self) -> None:
        self.root = Node("")
        self.open = [self.root]
        self.elements = 0
        self.said: dict[str, str] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS or len(self.open) > DEEPEST + _WRAPS + 1:
            raise UnreadableDocument(_TOO_MUCH)
        node = Node(self._local(tag))
        if attributes:
            node.attributes = tuple(
                word
                for name, value in attributes.items()
                for word in (self._local(name), self._once(value))
            )
        self.open[-1].add(node)
        self.open.append(node)

    def end(self, _tag: str) -> None:
        if len(self.open) > 1:
            self.open.pop()

    def data(self, text: str) -> None:
        if text.isspace():
            text = "\n" if "\n" in text else " "
        self.open[-1].add(text)

    def close(self) -> None:
        return None

    def _local(self, name: str) -> str:
        known = self.said.get(name)
        if known is None:
            known = self.said[name] = name.rpartition("}")[2].rpartition(":")[2] or "_"
        return known

    def _once(self, value: str) -> str:
        return self.said.setdefault(value, value) if len(value) < _SHORT else value


def _tree(text: bytes) -> tuple[Node, bool]:
    """The elements, and whether something had to be guessed."""
    builder = _Builder()
    parser = etree.XMLParser(
        target=builder,
        encoding="utf-8",
        recover=True,
        huge_tree=True,  # for attachments; entities cannot be defined and size is checked here
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
    )
    try:
        for piece in _pieces(text):
            parser.feed(piece)
        parser.close()
    except etree.XMLSyntaxError:
        return _unwrapped(builder.root), True
    broken = any(
        error.level_name == "FATAL" and not error.type_name.startswith(_HARMLESS)
        for error in parser.feed_error_log
    )
    return _unwrapped(builder.root), broken


def _pieces(text: bytes) -> Iterator[bytes]:
    prefixes: set[bytes] = set()
    for match in _PREFIX.finditer(text):
        prefixes.add(match[1])
        if len(prefixes) > _PREFIXES:
            break
    declared = b"".join(
        b' xmlns:%s="urn:undeclared"' % prefix
        for prefix in sorted(prefixes)
        if not prefix.lower().startswith(b"xml")
    )
    yield b"<w%s>" % declared + b"<w>" * (_WRAPS - 1)
    for start in range(0, len(text), _PIECE):
        yield text[start : start + _PIECE]
    yield b"</w>" * _WRAPS


def _unwrapped(root: Node) -> Node:
    while len(root.parts) == 1 and isinstance(root.parts[0], Node) and root.parts[0].tag == "w":
        root = root.parts[0]
    return root


def _mended(text: bytes) -> bytes:
    """With signs escaped that were forgotten, names of signs from HTML replaced, and control characters gone."""
    text = _DECLARATION.sub(b"", _CONTROLS.sub(b"", text))
    text = _STRAY_LESS.sub(b"&lt;", _STRAY_AND.sub(b"&amp;", text))
    return _NAMED.sub(_sign, text)


def _sign(match: re.Match[bytes]) -> bytes:
    if match[1] in _KNOWN:
        return match[0]
    sign = html5.get(match[1].decode("ascii") + ";")
    return sign.encode() if sign else b"&amp;" + match[0][1:]
