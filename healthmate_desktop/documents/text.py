"""Plain text and Markdown: bytes to one page of text without words."""

from __future__ import annotations

import codecs
import re

from healthmate_desktop.documents.limits import LONGEST_TEXT
from healthmate_desktop.domain.documents import DocumentKind, Page, Problem, ReadDocument

_SAMPLE = 4096  # bytes
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE_FIELD = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,2}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def clean(text: str) -> str:
    """Without NUL, control characters, invisible marks and halves of surrogate pairs."""
    return _CONTROL.sub("", text)


def decode(content: bytes) -> str:
    """By its mark, then UTF-8, UTF-16, and Windows' Western letters as the last guess. Line ends are Unix's."""
    text = clean(_decoded(content))
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")


def read_text(content: bytes, kind: DocumentKind) -> ReadDocument:
    text = decode(content)
    title = ""
    if kind is DocumentKind.MARKDOWN:
        title, text = _front_matter(text)
        heading = _HEADING.search(text)
        title = title or (heading.group(1) if heading else "")
    return one_page(kind, title, text)


def one_page(kind: DocumentKind, title: str, text: str) -> ReadDocument:
    problems: tuple[Problem, ...] = ()
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT]
        problems = (Problem("the end", "The text is too long, so its end was left out."),)
    return ReadDocument(kind, title.strip()[:200], (Page(1, text.strip("\n")),), problems)


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if encoding := utf16_without_mark(content):
        return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _front_matter(text: str) -> tuple[str, str]:
    """The title in a YAML front matter, and the text after it."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return "", text
    title = _TITLE_FIELD.search(match.group(1))
    return (title.group(1).strip("\"' ") if title else ""), text[match.end() :]


def utf16_without_mark(head: bytes) -> str:
    """The encoding's name if every other byte is NUL, as in Western text as UTF-16; else ""."""
    sample = head[:_SAMPLE]
    if len(sample) < 4:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * len(sample) / 2 and even == 0:
        return "utf-16-le"
    if even > 0.4 * len(sample) / 2 and odd == 0:
        return "utf-16-be"
    return ""
