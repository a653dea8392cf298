"""A Word file to its pages and its title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.archives import Archive, main_part, relations
from healthmate_desktop.documents.encodings import XML_PIECE, xml_steps
from healthmate_desktop.documents.text import clean
from healthmate_desktop.documents.word_files.marks import Lists, Styles
from healthmate_desktop.documents.word_files.story import Story
from healthmate_desktop.domain.documents import DocumentKind, Page, Problem, ReadDocument
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from healthmate_desktop.documents.encodings import XmlStep

MOST_LETTERS = limits.LONGEST_TEXT - 1024 * 1024  # of the body; there are letterheads and notes too
_LARGE_PICTURE = 60_000  # bytes; smaller ones are signs and letterheads
_PICTURE = re.compile(r"/media/[^/]+\.(?:png|jpe?g|tiff?|bmp|gif|webp)\Z", re.IGNORECASE)

_NOTHING = (
    "There is no text in this Word file, so there is nothing to read. It is kept. "
    "If it shows pictures of pages, save it as a PDF and add that."
)
_PICTURES = (
    "The file holds large pictures, and text in them was not read. Save it as a PDF and add that."
)
_PART_LOST = (
    "This part is damaged, so its text is missing. Add the file again from where it came from."
)
_TEXT_LONG = "The text is too long, so its end was left out."
_LOCKED = (
    "This file is locked with a password, so it could not be read. It is kept. "
    "Save it without a password and add that."
)
_OLD = (
    "HealthMate can not read Office files of the kind used before 2007 (.doc, .xls, .ppt). The file is kept. "
    "Save it as .docx, .xlsx or PDF, and add that."
)
_RTF = "HealthMate can not read RTF files. The file is kept. Save it as .docx or PDF, and add that."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def refuse_old_files(content: bytes) -> None:
    """Raises DocumentError for what came before .docx and .xlsx, and for those locked with a password."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise UnreadableDocument(_LOCKED)
        raise UnsupportedDocument(_OLD)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:5] == b"{\\rtf":
        raise UnsupportedDocument(_RTF)


def read_word(content: bytes, *, aligned: bool = False) -> ReadDocument:
    """Pages end where the file says so, which many do not. `aligned` as of a Story. Raises UnreadableDocument."""
    word = _Word(content, aligned=aligned)
    body = word.story(word.main, word.problems)
    texts = body.pages()
    texts[0] = "\n\n".join(filter(None, (*word.around("header"), texts[0])))
    texts[-1] = "\n\n".join(
        filter(
            None,
            (
                texts[-1],
                *word.around("footnotes"),
                *word.around("endnotes"),
                *word.around("footer"),
            ),
        )
    )
    if not any(texts):
        raise UnreadableDocument(_NOTHING)
    if word.has_large_pictures():
        word.problems.append(Problem("pictures", _PICTURES))
    pages = tuple(Page(number, text) for number, text in enumerate(texts, 1))
    title = body.title or word.named_title()
    return ReadDocument(DocumentKind.WORD, title[:200], pages, tuple(word.problems))


class _Word:
    def __init__(self, content: bytes, *, aligned: bool = False) -> None:
        self._aligned = aligned
        self._archive = Archive(content)
        self._archive.limit_total()
        self.main = main_part(self._archive, "word/document.xml")
        self.problems: list[Problem] = []
        self._parts = list(relations(self._archive, self.main))
        self._styles = Styles()
        self._lists = Lists()
        self._known("styles", self._styles.step)
        self._known("numbering", self._lists.step)

    def story(self, part: str, problems: list[Problem]) -> Story:
        story = Story(self._styles, self._lists, aligned=self._aligned)
        for step in self._steps(part):
            story.step(step)
            if story.length > MOST_LETTERS:
                problems.append(Problem("the end", _TEXT_LONG))
                break
        story.close()
        return story

    def around(self, kind: str) -> list[str]:
        """Different texts of the parts of this kind: one may head the first page, and one the others."""
        texts: dict[str, None] = {}
        for _, what, part in self._parts:
            if what == kind and len(texts) < 20:
                try:
                    pages = self.story(part, []).pages()
                except UnreadableDocument:
                    self.problems.append(Problem(kind, _PART_LOST))
                    continue
                texts["\n\n".join(filter(None, pages))[:20_000]] = None
        return [text for text in texts if text]

    def has_large_pictures(self) -> bool:
        return any(
            entry.size > _LARGE_PICTURE and _PICTURE.search(entry.name)
            for entry in self._archive.entries
        )

    def named_title(self) -> str:
        part = "docProps/core.xml"
        title: list[str] = []
        inside = False
        if part in self._archive:
            try:
                for kind, name, _ in self._steps(part):
                    if kind == "text":
                        title += [name] if inside else []
                    elif name == "title":
                        inside = kind == "start"
            except UnreadableDocument:
                return ""
        return clean("".join(title)).strip()

    def _known(self, kind: str, step: Callable[[XmlStep], None]) -> None:
        """Take what a helping part says. A damaged one costs headings or list marks, and no text."""
        for _, what, part in self._parts:
            if what == kind and part in self._archive:
                try:
                    for found in self._steps(part):
                        step(found)
                except UnreadableDocument:
                    self.problems.append(Problem(kind, _PART_LOST))

    def _steps(self, part: str) -> Iterator[XmlStep]:
        return xml_steps(self._archive.pieces(part, XML_PIECE))
