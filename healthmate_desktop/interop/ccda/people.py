"""Who wrote, did or took part in something, as FHIR References that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda.drafts import coding_of
from healthmate_desktop.interop.ccda.names import full_name
from healthmate_desktop.interop.ccda.systems import identifier_of
from healthmate_desktop.interop.ccda.times import NO_TIME, span_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.drafts import Draft
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.times import Time


def actor_of(entity: Node) -> dict[str, Any]:
    """A FHIR Reference that names someone, of any role that holds a person, a device or an organisation."""
    display = full_name(
        entity.first("assignedPerson", "name") or entity.first("associatedPerson", "name")
    )
    if not display:
        device = entity.first("assignedAuthoringDevice")
        display = device.first("softwareName").text or device.first("manufacturerModelName").text
    organization = organization_name(entity)
    if not display:
        display = organization or full_name(entity.first("playingEntity", "name"))
    elif organization:
        display = f"{display}, {organization}"
    identifiers = (
        identifier_of(each.get("root"), each.get("extension")) for each in entity.all("id")
    )
    identifier: dict[str, str] = next(
        (each for each in identifiers if "npi" in each.get("system", "")), {}
    )
    return {
        **({"identifier": identifier} if identifier else {}),
        **({"display": display} if display else {}),
    }


def organization_name(entity: Node) -> str:
    for tag in ("representedOrganization", "scopingOrganization", "scopingEntity"):
        text = entity.first(tag, "name").text or entity.first(tag, "desc").text
        if text:
            return text
    return ""


def performers_of(node: Node) -> list[dict[str, Any]]:
    found = [
        actor_of(each.first("assignedEntity") or each.first("participantRole"))
        for each in node.all("performer")
    ]
    return [actor for actor in found if "display" in actor]


def author_of(draft: Draft) -> tuple[dict[str, Any], Time]:
    """Who wrote this down last and when it was first written down, from it or the nearest statement around it."""
    for node in (draft.node, *reversed(draft.place.around)):
        authors = list(node.all("author"))
        if not authors:
            continue
        zone = draft.place.document.zone
        times = [time for each in authors if (time := span_of(each.first("time"), zone).first)]
        actors = [
            actor
            for each in authors
            if "display" in (actor := actor_of(each.first("assignedAuthor")))
        ]
        return (actors[-1] if actors else {}), min(times, default=NO_TIME)
    return {}, NO_TIME


def put_author(draft: Draft, actor: str = "recorder", when: str = "recordedDate") -> None:
    who, time = author_of(draft)
    draft.put(actor, who)
    draft.put_time(when, time)


def location_of(node: Node) -> str:
    """The name of a place: where something was done."""
    for participant in node.all("participant"):
        if participant.get("typeCode").upper() == "LOC":
            role = participant.first("participantRole")
            return (
                role.first("playingEntity", "name").text
                or role.first("code").get("displayName")
                or role.first("playingEntity", "desc").text
            )
    return ""


def function_of(participation: Node) -> dict[str, Any]:
    """What someone was in it: primary care physician, surgeon."""
    for node in (
        participation.first("functionCode"),
        participation.first("assignedEntity", "code"),
    ):
        coding = coding_of(node)
        words = node.first("originalText").text or node.get("displayName")
        concept: dict[str, Any] = {
            **({"coding": [coding]} if coding else {}),
            **({"text": words} if words else {}),
        }
        if concept:
            return concept
    return {}
