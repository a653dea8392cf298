"""E-books (EPUB): each chapter a page, in the order of reading."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from healthmate_desktop.documents.html import read_html
from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.sources.dates import free
from healthmate_desktop.interop.sources.licences import licence_of
from healthmate_desktop.interop.sources.xml import tree_of

if TYPE_CHECKING:
    from healthmate_desktop.documents.archives import Archive
    from healthmate_desktop.interop.ccda.nodes import Node

MOST_CHAPTERS = 2000
_CONTAINER = "META-INF/container.xml"
_LOCKED = "META-INF/encryption.xml"
_NO_BOOK = (
    "This e-book is damaged, or locked by its shop, so no chapter could be read. "
    "Use a copy without a lock, or add it as a PDF."
)


def read_book(archive: Archive, name: str) -> Article:
    """Raises UnreadableDocument."""
    package, folder = _package(archive)
    pages = tuple(filter(None, (_chapter(archive, part) for part in _spine(package, folder))))
    if not pages:
        raise UnreadableDocument(_NO_BOOK)
    facts = package.first("package", "metadata") or package.first("metadata")
    title = facts.first("title").text
    return Article(
        id="",
        source_id=SourceId(""),
        title=title or name,
        pages=pages,
        external_id=facts.first("identifier").text,
        publisher=facts.first("publisher").text or facts.first("creator").text,
        licence=licence_of(*(node.text for node in facts.all("rights"))),
        published=free(facts.first("date").text),
        language=facts.first("language").text.partition("-")[0].casefold(),
        kind="epub",
    )


def _package(archive: Archive) -> tuple[Node, str]:
    container = tree_of(archive.read(_CONTAINER))
    path = next((node.get("full-path") for node in container.anywhere("rootfile")), "")
    if path not in archive:
        raise UnreadableDocument(_NO_BOOK)
    return tree_of(archive.read(path)), posixpath.dirname(path)


def _spine(package: Node, folder: str) -> list[str]:
    """The names of the chapters in the order of reading."""
    places = {
        item.get("id"): posixpath.normpath(posixpath.join(folder, item.get("href")))
        for item in package.anywhere("item")
        if "html" in item.get("media-type")
    }
    order = [node.get("idref") for node in package.anywhere("itemref")]
    return [places[key] for key in order if key in places][:MOST_CHAPTERS]


def _chapter(archive: Archive, part: str) -> str:
    """Empty where it can't be read; one lost chapter does not lose the book."""
    name = part if part in archive else part.replace("%20", " ")
    try:
        return read_html(archive.read(name)).pages[0].text.strip()
    except UnreadableDocument:
        return ""
