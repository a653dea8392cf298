"""Visits and stays, past and planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda.drafts import Draft, period_of
from healthmate_desktop.interop.ccda.moods import PLANNED
from healthmate_desktop.interop.ccda.people import actor_of, function_of, location_of
from healthmate_desktop.interop.ccda.properties import reasons
from healthmate_desktop.interop.ccda.systems import ACT_CODE, CPT, NULL_FLAVOR
from healthmate_desktop.interop.ccda.times import Span

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

_STATUSES = {
    "completed": "finished",
    "active": "in-progress",
    "cancelled": "cancelled",
    "aborted": "unknown",
    "held": "planned",
    "new": "unknown",
    "suspended": "onleave",
    "nullified": "entered-in-error",
}
_CLASSES = {
    "AMB": "ambulatory",
    "EMER": "emergency",
    "FLD": "field",
    "HH": "home health",
    "IMP": "inpatient encounter",
    "ACUTE": "inpatient acute",
    "NONAC": "inpatient non-acute",
    "OBSENC": "observation encounter",
    "PRENC": "pre-admission",
    "SS": "short stay",
    "VR": "virtual",
}


def encounter(node: Node, place: Place) -> list[Draft]:
    """An encounter of the body, or the encompassingEncounter of the header."""
    draft = Draft.new("Encounter", node, place)
    _class_and_type(draft)
    span = draft.span(node.first("effectiveTime"))
    _status(draft, span)
    draft.put("period", period_of(Span(start=span.start or span.point, end=span.end)))
    for performer in (
        *node.all("performer"),
        *node.all("encounterParticipant"),
        *node.all("responsibleParty"),
    ):
        draft.add("participant", _participant(performer))
    where = location_of(node) or _header_location(node)
    draft.add("location", {"location": {"display": where}} if where else {})
    reasons(draft)
    disposition = draft.concept(node.first("dischargeDispositionCode"))
    if disposition:
        draft.put("hospitalization", {"dischargeDisposition": disposition})
    return [draft]


def _class_and_type(draft: Draft) -> None:
    concept = draft.concept(draft.node.first("code"))
    codings = concept.get("coding", [])
    classes = [each for each in codings if each.get("system") == ACT_CODE]
    cpt = [_class_of_cpt(each["code"]) for each in codings if each.get("system") == CPT]
    code = next((each["code"] for each in classes), "") or next(filter(None, cpt), "")
    if code:
        display = _CLASSES.get(code, "")
        found = {"system": ACT_CODE, "code": code}
        draft.put("class", {**found, "display": display} if display else found)
    else:
        draft.put("class", {"system": NULL_FLAVOR, "code": "UNK"})
    others = [each for each in codings if each not in classes]
    words = concept.get("text") or draft.words
    sort: dict[str, Any] = {
        **({"coding": others} if others else {}),
        **({"text": words} if words else {}),
    }
    draft.add("type", sort)


def _class_of_cpt(code: str) -> str:
    if not code.isdecimal():
        return ""
    number = int(code[:6])
    ranges = (
        ((99201, 99215), "AMB"),
        ((99221, 99239), "IMP"),
        ((99281, 99285), "EMER"),
        ((99381, 99397), "AMB"),
    )
    return next((found for (low, high), found in ranges if low <= number <= high), "")


def _status(draft: Draft, span: Span) -> None:
    if draft.node.get("moodCode").upper() in PLANNED:
        draft.put("status", "planned")
        return
    said = _STATUSES.get(draft.status, "")
    by_time = "finished" if span.end or span.point else "unknown"
    draft.put("status", said or by_time)


def _participant(performer: Node) -> dict[str, Any]:
    actor = actor_of(performer.first("assignedEntity"))
    if not actor.get("display"):
        return {}
    role = function_of(performer)
    return {"type": [role], "individual": actor} if role else {"individual": actor}


def _header_location(node: Node) -> str:
    facility = node.first("location", "healthCareFacility")
    return (
        facility.first("location", "name").text
        or facility.first("serviceProviderOrganization", "name").text
        or facility.first("code").get("displayName")
    )
