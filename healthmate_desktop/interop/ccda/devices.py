"""Implants and aids: as part of a procedure, in use, or asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.drafts import Draft, period_of, put_time
from healthmate_desktop.interop.ccda.moods import PLANNED, REQUEST_STATUSES, intent_of
from healthmate_desktop.interop.ccda.nodes import NOTHING
from healthmate_desktop.interop.ccda.properties import UDI_TEMPLATES, comments, reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

_FDA = "2.16.840.1.113883.3.3719"


def devices(draft: Draft) -> list[Draft]:
    """Implants and the like that took part in a procedure, each a record of its own."""
    return [device_of(role, draft.node, draft.place) for role in _roles(draft.node)]


def _roles(node: Node) -> Iterator[Node]:
    """The participants that are devices and say which."""
    for participant in node.all("participant"):
        role = participant.first("participantRole")
        playing = role.first("playingDevice")
        if playing and (playing.children or role.first("originalText")):
            yield role


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
        node.get("value")
        for node in (*statement.first("text").all("reference"), *role.anywhere("reference"))
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
                draft.resource.setdefault("udiCarrier", [{}])[0]["deviceIdentifier"] = value.get(
                    "extension"
                )


def supply(node: Node, place: Place) -> list[Draft]:
    """A device that someone uses or is to get, with the device itself."""
    role = next(_roles(node), NOTHING)
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
    states = {
        "completed": "completed",
        "active": "active",
        "aborted": "stopped",
        "suspended": "on-hold",
    }
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
        draft.name(
            "codeCodeableConcept",
            node.first("code"),
            node.first("product", "manufacturedProduct", "manufacturedMaterial", "code"),
        )
    draft.put("status", REQUEST_STATUSES.get(draft.status, "unknown"))
    draft.put("intent", intent_of(node.get("moodCode")))
    draft.put_when("occurrence", node.first("effectiveTime"))
    reasons(draft)
    comments(draft)
    return draft
