"""Finds what records of a FHIR file point to, as far as a record can't be understood without it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.facts.context import full_url_of, with_context
from healthmate_desktop.domain.facts.reading import (
    Json,
    codings_in,
    object_in,
    objects_in,
    reference_in,
    text_in,
)
from healthmate_desktop.interop.fhir.walk import Found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from healthmate_desktop.domain.documents import Problem
    from healthmate_desktop.domain.proposals import Resource

_POINTERS = ("medicationReference", "medication", "device")
_WORTH_LOOKING = re.compile(r'"medicationReference"|"DeviceUseStatement"|"medication"\s*:')
_TARGETS = {
    "Medication": ("code", "ingredient"),
    "Device": ("type", "deviceName", "distinctIdentifier"),
}
MOST_CODINGS = 10
LONGEST = 300  # letters of a word that is copied
MOST_INNER = 20


def needs_links(text: str) -> bool:
    """Whether anything in the file may need looking up, judged by its words."""
    return _WORTH_LOOKING.search(text) is not None


class Links:
    """What medications and devices of a file are, by each name that records use for them."""

    def __init__(self, found: Iterable[Found | Problem] = ()) -> None:
        self._known: dict[str, Json] = {}
        for each in found:
            if isinstance(each, Found) and each.resource["resourceType"] in _TARGETS:
                self._learn(each)

    def joined(self, found: Found) -> Resource:
        """The resource, with what it points to and what its bundle calls it beside it."""
        refers = {}
        for key in _POINTERS if self._known else ():
            pointer = object_in(found.resource.get(key))
            reference = reference_in(pointer) or reference_in(pointer.get("reference"))
            target = self._look_up(reference, found.full_url)
            if target is not None:
                refers[reference] = target
        return with_context(found.resource, full_url=found.full_url, refers=refers)

    def _learn(self, found: Found) -> None:
        kind, own_id = found.resource["resourceType"], text_in(found.resource.get("id"))
        brief = _brief(found.resource)
        names = [found.full_url, full_url_of(found.resource)]
        names += [f"{kind}/{own_id}", f"urn:uuid:{own_id}"] if own_id else []
        for name in filter(None, names):
            self._known.setdefault(name, brief)

    def _look_up(self, reference: str, full_url: str) -> Json | None:
        if not reference or reference.startswith("#"):
            return None
        name = reference.split("/_history/", maxsplit=1)[0]
        base = full_url.rsplit("/", 2)[0]
        nearby = f"{base}/{name}" if full_url.startswith("http") else name
        tail = "/".join(name.rsplit("/", 2)[-2:])
        return next((self._known[key] for key in (nearby, name, tail) if key in self._known), None)


def _brief(resource: Resource) -> Json:
    """The few elements that say what it is, cut to a size that can be copied to each record that points here."""
    brief: Json = {"resourceType": resource["resourceType"]}
    for key in _TARGETS[resource["resourceType"]]:
        if key in resource:
            brief[key] = _cut(resource[key])
    return brief


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return text_in(value)[:LONGEST]
    if isinstance(value, dict) and ("coding" in value or "text" in value):
        return _cut_concept(value)
    several = [_cut_part(each) for each in objects_in(value)[:MOST_INNER]]
    return several if isinstance(value, list) else several[0] if several else None


def _cut_part(part: Json) -> Json:
    """Of an ingredient or a device's name."""
    concept = part.get("itemCodeableConcept")
    cut: Json = {"name": text_in(part.get("name"))[:LONGEST]} if "name" in part else {}
    return cut | ({"itemCodeableConcept": _cut_concept(object_in(concept))} if concept else {})


def _cut_concept(concept: Json) -> Json:
    codings = [
        {key: word[:LONGEST] for key, word in each._asdict().items() if word}
        for each in codings_in(concept)[:MOST_CODINGS]
    ]
    text = text_in(concept.get("text"))[:LONGEST]
    return ({"coding": codings} if codings else {}) | ({"text": text} if text else {})
