"""Words and attachments as documents, and entries that nothing else holds, kept as they are."""

from __future__ import annotations

import base64
import binascii
from html import escape
from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda.drafts import Draft, coded, period_of, put_time
from healthmate_desktop.interop.ccda.narrative import LONGEST_TEXT, plain_text
from healthmate_desktop.interop.ccda.people import author_of
from healthmate_desktop.interop.ccda.properties import comments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place
    from healthmate_desktop.interop.ccda.times import Time

SOURCE = "urn:healthmate:ccda:source"  # of an extension: the entry as XML, without namespaces
_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"
_PLAIN = "text/plain; charset=utf-8"
_LONGEST_SOURCE = 900_000


def section_note(place: Place) -> Draft | None:
    """The words of a section; nothing where it has none."""
    section = place.section.node
    text = plain_text(section.first("text"))
    if not text:
        return None
    draft = _document(section, place, text)
    draft.put_concept("type", section.first("code"))
    if "type" not in draft.resource:
        draft.put("type", {"text": place.section.title})
    _dated(draft, author_of(draft)[1])
    draft.put("description", place.section.title)
    return draft


def note(node: Node, place: Place) -> list[Draft]:
    """A note activity: text in the narrative, or an attachment."""
    attached = node.first("text")
    if attached.get("representation").upper() == "B64":
        drafts = attachment(attached, node, place)
    else:
        text = place.words_of(attached)
        if not text:
            return []
        drafts = [_document(node, place, text)]
    for draft in drafts:
        code = node.first("code")
        specific = draft.concept(code.first("translation"))
        draft.put("type", specific or draft.concept(code))
        who, when = author_of(draft)
        draft.add("author", who)
        _dated(draft, when)
        draft.put("context", _context(draft, node))
    return drafts


def _dated(draft: Draft, when: Time) -> None:
    """A document's own date has to be a full time, that of its attachment need not."""
    put_time(draft.resource["content"][0]["attachment"], "creation", when)
    if "T" in when.text:
        draft.put_time("date", when)


def text_note(text: Node, node: Node, place: Place) -> list[Draft]:
    """Words that are the whole body of a document."""
    words = plain_text(text)
    return [_document(node, place, words)] if words else []


def _context(draft: Draft, node: Node) -> dict[str, Any]:
    period = period_of(draft.span(node.first("effectiveTime")))
    return {"period": period} if period else {}


def _document(node: Node, place: Place, text: str) -> Draft:
    draft = Draft.new("DocumentReference", node, place)
    draft.put("status", "current")
    draft.add("category", coded(_CATEGORY, "clinical-note"))
    data = base64.b64encode(text.encode()).decode("ascii")
    draft.put(
        "content",
        [{"attachment": {"contentType": _PLAIN, "data": data, "title": place.section.title}}],
    )
    draft.text = text[:LONGEST_TEXT]
    return draft


def attachment(text: Node, node: Node, place: Place) -> list[Draft]:
    """A file inside the document; none where its bytes are damaged or packed."""
    data = "".join("".join(text.pieces()).split())
    try:
        size = len(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if not size or text.get("compression"):
        return []
    draft = Draft.new("DocumentReference", node, place)
    draft.put("status", "current")
    attached: dict[str, Any] = {
        "contentType": text.get("mediaType") or "application/octet-stream",
        "data": data,
    }
    attached["size"] = size
    title = place.section.title
    if title:
        attached["title"] = title
    draft.put("content", [{"attachment": attached}])
    return [draft]


def media(node: Node, place: Place) -> list[Draft]:
    """A picture in the body."""
    return attachment(node.first("value"), node, place)


def raw(node: Node, place: Place) -> list[Draft]:
    """A coded entry that no record of FHIR was found for: its code, its time, and itself as XML."""
    draft = Draft.new("Basic", node, place)
    draft.name("code", node.first("code"), node.first("value"))
    span = draft.span(node.first("effectiveTime"))
    draft.put("created", span.first.text[:10])
    who, _ = author_of(draft)
    draft.put("author", who)
    source = "".join(source_of(node))
    if len(source) <= _LONGEST_SOURCE:
        draft.add("extension", {"url": SOURCE, "valueString": source})
    comments(draft)
    draft.resource.pop("note", None)
    return [draft] if "code" in draft.resource else []


def source_of(node: Node) -> Iterator[str]:
    attributes = "".join(
        f' {name}="{escape(value)}"'
        for name, value in zip(node.attributes[::2], node.attributes[1::2], strict=True)
    )
    yield f"<{node.tag}{attributes}>"
    for part in node.parts:
        if isinstance(part, str):
            yield escape(part, quote=False)
        else:
            yield from source_of(part)
    yield f"</{node.tag}>"
