"""Files inside files: what a ZIP holds, and what is attached to records. Each becomes a document of its own."""

from __future__ import annotations

import base64
import binascii
import contextlib
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from healthmate_desktop.domain.proposals import Proposal
    from healthmate_desktop.services.ports import PageReader

DEEPEST = 2  # an attachment of an attachment
MOST_ATTACHMENTS = 200  # of one document
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_LONGEST_NAME = 120
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "text/html": ".html",
    "text/xml": ".xml",
}


def members_of(reader: PageReader, content: bytes) -> Iterator[tuple[str, bytes] | Problem]:
    """The files of a ZIP. None if it is no ZIP or can't be opened; one that breaks in the middle ends in a problem."""
    if not content.startswith(_ZIP):
        return
    begun = False
    with contextlib.closing(reader.unpack(content)) as members:
        try:
            for each in members:
                begun = True
                yield each
        except UnreadableDocument as error:
            if begun:
                yield Problem("", str(error))


def attachments_of(proposals: Iterable[Proposal]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the files that records carry in them. Plain text is in the record's own words."""
    number = 0
    for proposal in proposals:
        for attachment in _attached(proposal.resource):
            kind = str(attachment.get("contentType", "")).partition(";")[0].strip().lower()
            if not kind or kind == "text/plain" or number >= MOST_ATTACHMENTS:
                continue
            if content := _decoded(attachment.get("data")):
                number += 1
                yield _name(attachment, proposal.resource, kind, number), content


def _attached(resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    kind = resource.get("resourceType")
    found: list[Any] = []
    if kind == "DocumentReference":
        parts = resource.get("content")
        found = [part.get("attachment") for part in _dicts(parts)]
    elif kind == "DiagnosticReport":
        found = _dicts(resource.get("presentedForm"))
    elif kind == "Media":
        found = [resource.get("content")]
    elif kind == "Binary":
        found = [dict(resource)]
    yield from _dicts(found)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _decoded(data: Any) -> bytes:
    if not isinstance(data, str):
        return b""
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _name(attachment: dict[str, Any], resource: Mapping[str, Any], kind: str, number: int) -> str:
    said = attachment.get("title") or resource.get("description") or f"Attachment {number}"
    name = " ".join(storable(str(said)).replace("/", "-").split())[:_LONGEST_NAME]
    ending = _ENDINGS.get(kind, "")
    return name if name.lower().endswith(ending) else name + ending
