"""Web pages: what a reader would see, as text with Markdown headings. Nothing is fetched and nothing runs."""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from healthmate_desktop.documents.aligned import aligned_rows
from healthmate_desktop.documents.text import clean, decode, one_page
from healthmate_desktop.domain.documents import DocumentKind, ReadDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_UNSEEN = frozenset(
    ("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "head", "canvas")
)
# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "main", "nav", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "ul",
))
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
    "track", "wbr",
))
# fmt: on
_HEADINGS = {f"h{level}": "#" * max(2, level) + " " for level in range(1, 7)}
_DEEPEST = 1000  # tags inside an unseen one; no honest page has as many
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{3,20})", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_COUNT = re.compile(r"[1-9]\d{0,2}", re.ASCII)
_CELL = "\x01"  # stands before a cell while a page is read; pages have none, see `clean`
_MOST_COLUMNS = 50
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")


def read_html(content: bytes, *, aligned: bool = False) -> ReadDocument:
    """`aligned`: the cells of a table stand one below the other, with gaps for empty ones."""
    text = _Text(aligned=aligned)
    text.feed(decoded(content))
    text.close()
    return one_page(DocumentKind.HTML, text.title, text.text())


def decoded(content: bytes) -> str:
    """A page that names its own encoding is believed where the bytes are not UTF-8."""
    named = _CHARSET.search(content[:2048])
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        if named:
            try:
                encoding = codecs.lookup(named.group(1).decode("ascii")).name
                return clean(content.decode(encoding, "replace"))
            except (LookupError, UnicodeError):
                pass
    return decode(content)


class _Text(HTMLParser):
    """Gathers what is seen. Tags that do not match cost text at most, never an error."""

    def __init__(self, *, aligned: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._aligned = aligned
        self._parts: list[str] = []
        self._unseen: list[str] = []  # open tags from the first unseen one on
        self._in_title = False
        self._title: list[str] = []
        self._first_heading: list[str] = []
        self._headings = 0
        self._in_heading = False
        self._in_row = False

    @property
    def title(self) -> str:
        named = _SPACES.sub(" ", "".join(self._title)).strip()
        return named or _SPACES.sub(" ", "".join(self._first_heading)).strip()

    def text(self) -> str:
        lines = (_SPACES.sub(" ", line).strip() for line in "".join(self._parts).split("\n"))
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(_in_rows(lines)))
        return re.sub(r"^(?:-|#+)$\n*", "", text, flags=re.MULTILINE).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and not self._title:
            self._in_title = True
        if self._unseen or tag in _UNSEEN or _is_hidden(dict(attrs)):
            if tag not in _VOID and len(self._unseen) < _DEEPEST:
                self._unseen.append(tag)
            return
        if tag in _HEADINGS:
            self._parts.append("\n\n" + _HEADINGS[tag])
            self._in_heading = True
            self._headings += 1
        elif self._aligned and self._in_row and tag in {"td", "th"}:
            self._parts.append(_CELL * _columns(dict(attrs).get("colspan")))
        else:
            self._open(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._unseen:
            if tag in self._unseen:
                while self._unseen.pop() != tag:
                    pass
            elif tag in ("body", "html"):
                self._unseen.clear()
            return
        if tag in _HEADINGS:
            self._in_heading = False
            self._parts.append("\n\n")
        elif tag in {"tr", "table"}:  # some leave their rows open
            self._in_row = False
            self._parts.append("\n\n")
        elif tag in _BLOCKS and not self._in_row:
            self._parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self._title.append(data)
        if self._unseen:
            return
        if self._in_heading and self._headings == 1:
            self._first_heading.append(data)
        self._parts.append(_SPACES.sub(" ", data))

    def _open(self, tag: str) -> None:
        if tag == "tr":
            self._in_row = True
            self._parts.append("\n\n")
        elif tag in ("td", "th") or (self._in_row and (tag in _BLOCKS or tag in ("br", "li"))):
            self._parts.append(" ")
        elif tag == "li":
            self._parts.append("\n- ")
        elif tag == "br":
            self._parts.append("\n")
        elif tag in _BLOCKS:
            self._parts.append("\n\n")


def _columns(said: str | None) -> int:
    """How many columns a cell takes."""
    return min(int(said), _MOST_COLUMNS) if said and _COUNT.fullmatch(said) else 1


def _in_rows(lines: Iterable[str]) -> Iterator[str]:
    """The rows of a table, whose cells are marked, aligned; the other lines as they are."""
    rows: list[list[str]] = []
    for line in lines:
        if line.startswith(_CELL):
            rows.append([cell.strip() for cell in line.split(_CELL)[1:]])
        elif line or not rows:
            yield from _told(rows)
            rows = []
            yield line
    yield from _told(rows)


def _told(rows: list[list[str]]) -> Iterator[str]:
    for line in aligned_rows(rows):
        yield from ("", line, "")


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    style = attributes.get("style") or ""
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or _HIDDEN_STYLE.search(style) is not None
    )
