"""Procedures that were done, and services that are asked for or planned; the devices used in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.drafts import Draft, codes_in, period_of, put_time
from healthmate_desktop.interop.ccda.medications import PLANNED
from healthmate_desktop.interop.ccda.nodes import NOTHING
from healthmate_desktop.interop.ccda.observations import observation
from healthmate_desktop.interop.ccda.people import author_of, location_of, performers_of
from healthmate_desktop.interop.ccda.properties import UDI_TEMPLATES, comments, encounter_of, instructions, reasons
from healthmate_desktop.interop.ccda.systems import identifier_of
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
_REQUEST_STATUSES = {
    "active": "active",
    "new": "active",
    "normal": "active",
    "completed": "completed",
    "held": "on-hold",
    "suspended": "on-hold",
    "aborted": "revoked",
    "cancelled": "revoked",
    "nullified": "entered-in-error",
}
_INTENTS = {"INT": "plan", "RQO": "order", "PRMS": "plan", "PRP": "proposal", "ARQ": "proposal", "APT": "plan"}
_PRIORITIES = {"S": "stat", "STAT": "stat", "UR": "urgent", "EM": "stat", "A": "asap", "R": "routine", "EL": "routine"}
_GENERAL = frozenset(("71388002", "362956003"))
_FDA = "2.16.840.1.113883.3.3719"


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
    encounter = encounter_of(node)
    identifiers = [identifier_of(each.get("root"), each.get("extension")) for each in encounter.all("id")]
    draft.put("encounter", {"identifier": identifiers[0]} if identifiers and identifiers[0] else {})
    method = draft.concept(node.first("methodCode")).get("text")
    draft.note(f"Method: {method}" if method else "")
    reasons(draft)
    comments(draft)
    for act in instructions(node):
        draft.note(draft.place.words_of(act.first("text")))
    found = [draft, *devices(draft)]
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
        "dataAbsentReason" not in value for node in draft.node.all("value") if (value := value_of(draft, node))
    )


def _finding(draft: Draft) -> Draft:
    """A procedure written as an observation may have found something; a Procedure has no room for that."""
    finding = observation(draft.node, draft.place)[0]
    finding.add("partOf", draft.reference)
    return finding


# Devices


def devices(draft: Draft) -> list[Draft]:
    """Implants and the like that took part, each a record of its own."""
    found = []
    for participant in draft.node.all("participant"):
        role = participant.first("participantRole")
        if role.first("playingDevice"):
            device = device_of(role, draft.node, draft.place)
            found.append(device)
            draft.add("focalDevice", {"manipulated": device.reference})
    return found if draft.kind == "Procedure" else []


def device_of(role: Node, statement: Node, place: Place) -> Draft:
    draft = Draft.new("Device", role, place)
    playing = role.first("playingDevice")
    concept = draft.concept(playing.first("code"))
    name = place.words_of(role.first("originalText")) or playing.first("manufacturerModelName").text
    if concept or name:
        draft.put("type", concept or {"text": name})
    else:
        draft.doubt(doubts.NO_NAME)
    if name:
        draft.add("deviceName", {"name": name, "type": "user-friendly-name"})
    for each in role.all("id"):
        if each.get("root") == _FDA and each.get("extension"):
            draft.add("udiCarrier", {"carrierHRF": each.get("extension")})
    maker = role.first("scopingEntity", "desc").text
    draft.put("manufacturer", maker)
    _details(draft, role, statement)
    draft.text = place.row(
        node.get("value") for node in (*statement.first("text").all("reference"), *role.anywhere("reference"))
    )
    return draft


_DETAILS = {
    "C101672": "lotNumber",
    "C101671": "serialNumber",
    "C99285": "modelNumber",
    "C113843": "distinctIdentifier",
    "C101669": "manufactureDate",
    "C101670": "expirationDate",
}


def _details(draft: Draft, role: Node, statement: Node) -> None:
    """The parts of a UDI, where they stand apart and belong to this device."""
    ids = {each.get("extension") for each in role.all("id")}
    for _, organizer in statement.statements():
        same = ids & {each.get("extension") for each in organizer.all("id")}
        if not (organizer.templates & UDI_TEMPLATES and same):
            continue
        for _, part in organizer.statements():
            name = _DETAILS.get(part.first("code").code)
            value = part.first("value")
            time = draft.span(value).first
            if name and name.endswith("Date"):
                put_time(draft.resource, name, time)
            elif name:
                draft.put(name, value.text or value.get("extension"))
            elif part.first("code").code == "C101722" and value.get("extension"):
                draft.resource.setdefault("udiCarrier", [{}])[0]["deviceIdentifier"] = value.get("extension")


# What is asked for


def request(node: Node, place: Place) -> list[Draft]:
    """Anything that is planned, ordered or proposed and is no medicine, vaccine or visit."""
    draft = Draft.new("ServiceRequest", node, place)
    draft.name("code", node.first("code"))
    draft.put("status", _REQUEST_STATUSES.get(draft.status, "unknown"))
    draft.put("intent", _INTENTS.get(node.get("moodCode").upper(), "plan"))
    if draft.negated:
        draft.put("doNotPerform", True)  # noqa: FBT003
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
            text = said.get("text") or " ".join(str(part) for part in (said.get("value"), said.get("unit")) if part)
            draft.note(f"Value: {text}" if text and codes_in(said) != {"unknown"} else "")
        elif isinstance(said, str):
            draft.note(f"Value: {said}")


def supply(node: Node, place: Place) -> list[Draft]:
    """A device that someone uses or is to get, with the device itself."""
    role = next(
        (each.first("participantRole") for each in node.all("participant") if each.first("participantRole", "playingDevice")),
        NOTHING,
    )
    found: list[Draft] = []
    device = device_of(role, node, place) if role else None
    if device:
        found.append(device)
    if node.get("moodCode").upper() in PLANNED:
        found.insert(0, _device_request(node, place, device))
    else:
        found.insert(0, _device_use(node, place, device))
    return found


def _device_use(node: Node, place: Place, device: Draft | None) -> Draft:
    draft = Draft.new("DeviceUseStatement", node, place)
    if device:
        draft.put("device", device.reference)
    else:
        draft.name("device", node.first("code"))
        words = draft.resource.pop("device", {}).get("text", "")
        draft.put("device", {"display": words} if words else {})
    states = {"completed": "completed", "active": "active", "aborted": "stopped", "suspended": "on-hold"}
    draft.put("status", states.get(draft.status, "active"))
    span = draft.span(node.first("effectiveTime"))
    if span.point:
        draft.put_time("timingDateTime", span.point)
    else:
        draft.put("timingPeriod", period_of(span))
    comments(draft)
    return draft


def _device_request(node: Node, place: Place, device: Draft | None) -> Draft:
    draft = Draft.new("DeviceRequest", node, place)
    if device:
        draft.put("codeReference", device.reference)
    else:
        draft.name("codeCodeableConcept", node.first("code"), node.first("product", "manufacturedProduct", "manufacturedMaterial", "code"))
    draft.put("status", _REQUEST_STATUSES.get(draft.status, "unknown"))
    draft.put("intent", _INTENTS.get(node.get("moodCode").upper(), "plan"))
    draft.put_when("occurrence", node.first("effectiveTime"))
    reasons(draft)
    comments(draft)
    return draft
