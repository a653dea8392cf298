"""Health topics of MedlinePlus: the daily XML (mplus_topics) and lists of records made from its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article
from healthmate_desktop.interop.sources.blocks import Script, tidy
from healthmate_desktop.interop.sources.dates import american
from healthmate_desktop.interop.sources.licences import PUBLIC_DOMAIN
from healthmate_desktop.interop.sources.markup import node_of_html
from healthmate_desktop.interop.sources.xml import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.interop.ccda.nodes import Node

PUBLISHER = "MedlinePlus, National Library of Medicine"
_LANGUAGES = {"english": "en", "spanish": "es"}


def topics_of_xml(content: bytes) -> Iterator[Article]:
    """Each topic in the order of the file; one without a summary is left out. Raises UnreadableDocument."""
    root = tree_of(content)
    generated = next(
        (american(n.get("date-generated")) for n in root.anywhere("health-topics")), ""
    )
    for topic in root.anywhere("health-topic"):
        if article := _topic(topic, generated):
            yield article


def _topic(topic: Node, generated: str) -> Article | None:
    script = Script()
    names = [node.text for tag in ("also-called", "see-reference") for node in topic.all(tag)]
    if any(names):
        script.paragraph(f"Also called: {', '.join(dict.fromkeys(filter(None, names)))}.")
    summary = topic.first("full-summary")
    before = script.text
    marked = next(iter(summary.children), None)
    script.add(summary if marked else node_of_html("".join(summary.pieces())))
    if script.text == before:
        return None
    language = topic.get("language").casefold()
    return Article(
        id="",
        source_id=SourceId(""),
        title=tidy(topic.get("title")) or "Health topic",
        pages=(script.text,),
        external_id=topic.get("id"),
        url=topic.get("url"),
        publisher=PUBLISHER,
        licence=PUBLIC_DOMAIN,
        published=generated or american(topic.get("date-created")),
        language=_LANGUAGES.get(language, "en" if not language else ""),
        kind="topic",
    )


def topic_of_record(record: dict[str, Any]) -> Article | None:
    """A topic kept as title, address and pieces of text."""
    chunks = record.get("chunks")
    texts = (
        [text.strip() for text in chunks if isinstance(text, str)]
        if isinstance(chunks, list)
        else []
    )
    text = "\n\n".join(filter(None, texts))
    if not text:
        return None
    return Article(
        id="",
        source_id=SourceId(""),
        title=tidy(str(record.get("title") or "")) or "Health topic",
        pages=(text,),
        external_id=str(record.get("id") or ""),
        url=str(record.get("url") or ""),
        publisher=PUBLISHER,
        licence=PUBLIC_DOMAIN,
        language="en",
        kind="topic",
    )
