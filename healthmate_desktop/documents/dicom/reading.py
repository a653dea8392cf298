"""A DICOM file to the person and the study it names, a page that tells of it, and its picture."""

from __future__ import annotations

import io
import re
import struct
from typing import TYPE_CHECKING

from healthmate_desktop.documents import limits
from healthmate_desktop.documents.dicom.drawing import CUT_OFF, LARGE, Picture
from healthmate_desktop.documents.dicom.elements import Elements, syntax_of
from healthmate_desktop.documents.dicom.header import BROKEN, Tag, header_of
from healthmate_desktop.domain.documents import Page, Problem
from healthmate_desktop.domain.proposals import NamedPerson, Proposal, Spot
from healthmate_desktop.errors import UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.documents.dicom.header import Header
    from healthmate_desktop.domain.proposals import Resource

_UID = re.compile(r"[0-9.]{1,64}\Z")
_CODE = re.compile(r"[A-Z0-9_ ]{1,16}\Z")
_NO_ORDER = "The list in this file does not say clearly whose study this is."
_NO_DATE = "The file does not say when the picture was made."


def is_dicom(head: bytes) -> bool:
    """Also without the empty first part that the standard asks for."""
    if head[128:132] == b"DICM":
        return True
    if len(head) < 16 or head[:2] not in (b"\x02\x00", b"\x08\x00"):
        return False
    try:
        elements = Elements(head[:4096], 0, syntax_of(head))
        tags = [tag for tag, _, _, _ in elements]
    except (UnreadableDocument, struct.error):
        return False
    return len(tags) > 2 and tags == sorted(tags) and tags[0] >> 16 in (2, 8)


def read_dicom(content: bytes) -> Iterator[Proposal | NamedPerson | Problem]:
    """Raises UnreadableDocument."""
    header = header_of(content)
    if header.records:
        listed = list(_listed(header))
        if not listed:
            raise UnreadableDocument(BROKEN)
        yield from listed
    else:
        person = header.person()
        if person != NamedPerson():
            yield person
        yield _proposal(header, person, "the picture")
    if header.cut:
        yield Problem("the picture", CUT_OFF)


def describe_dicom(content: bytes) -> Page:
    """What the file says of itself, to be read and searched; as large as its picture. Raises UnreadableDocument."""
    header = header_of(content)
    lines: list[str] = []
    for one in header.records or [header]:
        person = one.person()
        told = {
            "Patient": person.name,
            "Born": person.birth_date,
            "Study date": one.day(Tag.DATE),
            "Modality": one.text(Tag.MODALITY),
            "Study": one.text(Tag.ABOUT),
            "Series": one.text(Tag.SERIES_ABOUT),
            "Body part": one.text(Tag.BODY_PART),
            "Institution": one.text(Tag.PLACE),
        }
        lines += [f"{label}: {value}" for label, value in told.items() if value]
    text = "\n".join(dict.fromkeys(lines))[: limits.LONGEST_TEXT]
    return Page(1, text, float(header.number(Tag.COLUMNS)), float(header.number(Tag.ROWS)))


def draw_dicom(content: bytes, width: int, frame: int = 1) -> bytes:
    """One picture (from 1) as PNG. Raises UnreadableDocument, and UnsupportedDocument where it is compressed."""
    from PIL import Image

    header = header_of(content)
    drawn = Image.fromarray(Picture(header).frame(frame))
    height = max(1, round(drawn.height * width / drawn.width))
    if width * height > limits.MOST_PIXELS:
        raise UnreadableDocument(LARGE)
    png = io.BytesIO()
    drawn.resize((width, height), Image.Resampling.BICUBIC).save(png, "PNG")
    return png.getvalue()


def _study(header: Header, person: NamedPerson) -> Resource:
    study, series = header.text(Tag.STUDY), header.text(Tag.SERIES)
    modality = header.text(Tag.MODALITY)
    codes = [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": code}
             for code in modality.split(", ") if _CODE.match(code)]  # fmt: skip
    resource: Resource = {"resourceType": "ImagingStudy", "status": "available"}
    if _UID.match(study):
        resource["identifier"] = [{"system": "urn:dicom:uid", "value": f"urn:oid:{study}"}]
    if person.name:
        resource["subject"] = {"display": person.name}
    if day := header.day(Tag.DATE):
        resource["started"] = day
    if codes:
        resource["modality"] = codes
    if about := header.text(Tag.ABOUT):
        resource["description"] = about[:1000]
    if place := header.text(Tag.PLACE):
        resource["location"] = {"display": place[:200]}
    if _UID.match(series) and codes:
        resource["series"] = [_one_series(header, series, codes[0])]
    return resource


def _one_series(header: Header, uid: str, modality: dict[str, str]) -> Resource:
    series: Resource = {"uid": uid, "modality": modality}
    if about := header.text(Tag.SERIES_ABOUT):
        series["description"] = about[:1000]
    if part := header.text(Tag.BODY_PART):
        series["bodySite"] = {"display": part[:200]}
    instance, kind = header.text(Tag.SOP), header.text(Tag.SOP_CLASS)
    if _UID.match(instance) and _UID.match(kind):
        sop = {"system": "urn:ietf:rfc:3986", "code": f"urn:oid:{kind}"}
        series["instance"] = [{"uid": instance, "sopClass": sop}]
    return series


def _proposal(header: Header, person: NamedPerson, where: str, doubt: str = "") -> Proposal:
    resource = _study(header, person)
    doubts = tuple(filter(None, ("" if "started" in resource else _NO_DATE, doubt)))
    words = (
        header.day(Tag.DATE),
        header.text(Tag.MODALITY),
        header.text(Tag.ABOUT),
        header.text(Tag.PLACE),
    )
    return Proposal(resource, Spot(where), " ".join(filter(None, words))[:1000], doubts)


def _listed(header: Header) -> Iterator[Proposal | NamedPerson]:
    """The studies that a DICOMDIR lists, each below its patient."""
    person = nobody = NamedPerson()
    told: set[NamedPerson] = set()
    in_order = header.records[0].text(Tag.RECORD_KIND) == "PATIENT"
    for number, record in enumerate(header.records, 1):
        kind = record.text(Tag.RECORD_KIND)
        if kind == "PATIENT":
            person = record.person()
            if person not in told:
                told.add(person)
                yield person
        elif kind == "STUDY":
            whose, doubt = (person, "") if in_order else (nobody, _NO_ORDER)
            yield _proposal(record, whose, f"entry {number}", doubt)
