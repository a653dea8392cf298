"""Procedures that were done, and services that are asked for or planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.devices import devices
from healthmate_desktop.interop.ccda.drafts import Draft, codes_in
from healthmate_desktop.interop.ccda.moods import PLANNED, REQUEST_STATUSES, intent_of
from healthmate_desktop.interop.ccda.observations import observation
from healthmate_desktop.interop.ccda.people import author_of, location_of, performers_of
from healthmate_desktop.interop.ccda.properties import (
    comments,
    instructions,
    put_encounter,
    reasons,
)
from healthmate_desktop.interop.ccda.values import value_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

_STATUSES = {
    "completed": "completed",
    "active": "in-progress",
    "new": "preparation",
    "held": "on-hold",
    "suspended": "on-hold",
    "aborted": "stopped",
    "cancelled": "not-done",
    "nullified": "entered-in-error",
}
_PRIORITIES = {
    "S": "stat",
    "STAT": "stat",
    "UR": "urgent",
    "EM": "stat",
    "A": "asap",
    "R": "routine",
    "EL": "routine",
}


def procedure(node: Node, place: Place) -> list[Draft]:
    if node.get("moodCode").upper() in PLANNED:
        return request(node, place)
    draft = Draft.new("Procedure", node, place)
    draft.name("code", node.first("code"))
    _status(draft)
    draft.put_when("performed", node.first("effectiveTime") or node.first("time"))
    for site in node.all("targetSiteCode"):
        draft.add("bodySite", draft.concept(site))
    for actor in performers_of(node):
        draft.add("performer", {"actor": actor})
    who, _ = author_of(draft)
    draft.put("recorder", who)
    where = location_of(node)
    draft.put("location", {"display": where} if where else {})
    put_encounter(draft)
    method = draft.concept(node.first("methodCode")).get("text")
    draft.note(f"Method: {method}" if method else "")
    reasons(draft)
    comments(draft)
    for act in instructions(node):
        draft.note(draft.place.words_of(act.first("text")))
    used = devices(draft)
    draft.add("focalDevice", *({"manipulated": device.reference} for device in used))
    if used and "code" not in draft.resource:
        draft.put("code", {"text": used[0].resource.get("type", {}).get("text", "Device")})
        draft.doubts.remove(doubts.NO_NAME)
    found = [draft, *used]
    if node.tag == "observation" and _has_value(draft):
        found.append(_finding(draft))
    return found


def _status(draft: Draft) -> None:
    status = _STATUSES.get(draft.status, "unknown")
    if draft.negated:
        status = "not-done"
        draft.doubt(doubts.NOT_DONE)
        for relation, child in draft.node.statements():
            if relation == "RSON" and "statusReason" not in draft.resource:
                draft.put("statusReason", draft.concept(child.first("value")))
    elif draft.node.null:
        status = "unknown"
        draft.doubt(doubts.UNKNOWN)
    draft.put("status", status)


def _has_value(draft: Draft) -> bool:
    return any(
        "dataAbsentReason" not in value
        for node in draft.node.all("value")
        if (value := value_of(draft, node))
    )


def _finding(draft: Draft) -> Draft:
    """A procedure written as an observation may have found something; a Procedure has no room for that."""
    finding = observation(draft.node, draft.place)[0]
    finding.add("partOf", draft.reference)
    return finding


# What is asked for


def request(node: Node, place: Place) -> list[Draft]:
    """Anything that is planned, ordered or proposed and is no medicine, vaccine or visit."""
    draft = Draft.new("ServiceRequest", node, place)
    draft.name("code", node.first("code"))
    draft.put("status", REQUEST_STATUSES.get(draft.status, "unknown"))
    draft.put("intent", intent_of(node.get("moodCode")))
    if draft.negated:
        draft.put("doNotPerform", True)
        draft.doubt(doubts.NOT_DONE)
    draft.put("priority", _PRIORITIES.get(node.first("priorityCode").code.upper(), ""))
    draft.put_when("occurrence", node.first("effectiveTime"))
    who, when = author_of(draft)
    draft.put_time("authoredOn", when)
    draft.put("requester", who)
    draft.put("performer", performers_of(node))
    for site in node.all("targetSiteCode"):
        draft.add("bodySite", draft.concept(site))
    reasons(draft)
    if node.tag == "act":
        draft.put("patientInstruction", draft.words)
    for act in instructions(node):
        draft.note(draft.place.words_of(act.first("text")))
    value = value_of(draft, node.first("value"))
    _value_note(draft, value)
    comments(draft)
    return [draft]


def _value_note(draft: Draft, value: dict[str, Any]) -> None:
    """A planned test may say what it hopes for."""
    for said in value.values():
        if isinstance(said, dict):
            text = said.get("text") or " ".join(
                str(part) for part in (said.get("value"), said.get("unit")) if part
            )
            draft.note(f"Value: {text}" if text and codes_in(said) != {"unknown"} else "")
        elif isinstance(said, str):
            draft.note(f"Value: {said}")
