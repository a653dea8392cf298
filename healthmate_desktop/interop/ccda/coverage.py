"""Insurance: policies, who pays and whom they cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda.drafts import ABSENT, Draft, period_of
from healthmate_desktop.interop.ccda.people import actor_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

_GUARANTOR = "GUAR"


def coverage(node: Node, place: Place) -> list[Draft]:
    """A policy activity."""
    draft = Draft.new("Coverage", node, place)
    states = {
        "active": "active",
        "completed": "active",
        "cancelled": "cancelled",
        "aborted": "cancelled",
    }
    draft.put("status", states.get(draft.status, "active"))
    draft.put_concept("type", node.first("code"))
    _people(draft)
    for performer in node.all("performer"):
        entity = performer.first("assignedEntity")
        actor = actor_of(entity)
        role = entity.first("code").code.upper()
        if actor.get("display") and role != _GUARANTOR:
            draft.add("payor", actor)
        elif actor.get("display"):
            draft.add(
                "extension",
                {"url": "urn:healthmate:ccda:guarantor", "valueString": actor["display"]},
            )
    if not _says_something(draft):
        return []
    draft.resource.setdefault("payor", [{"extension": [{"url": ABSENT, "valueCode": "unknown"}]}])
    if place.document.patient:
        draft.put("beneficiary", {"reference": place.document.patient})
    return [draft]


def _says_something(draft: Draft) -> bool:
    return any(
        name in draft.resource
        for name in ("type", "payor", "subscriberId", "period", "relationship")
    )


def _people(draft: Draft) -> None:
    for participant in draft.node.all("participant"):
        role = participant.first("participantRole")
        kind = participant.get("typeCode").upper()
        number = next(
            (each.get("extension") for each in role.all("id") if each.get("extension")), ""
        )
        if kind == "COV":
            draft.put("subscriberId", number)
            draft.put_concept("relationship", role.first("code"))
            draft.put("period", period_of(draft.span(participant.first("time"))))
        elif kind == "HLD":
            holder: dict[str, Any] = actor_of(role)
            draft.put("policyHolder", holder if holder.get("display") else {})
            if number:
                draft.resource.setdefault("subscriberId", number)
