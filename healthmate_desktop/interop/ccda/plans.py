"""Goals, and what a plan or a care team holds together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda.drafts import Draft, coded, period_of
from healthmate_desktop.interop.ccda.narrative import plain_text
from healthmate_desktop.interop.ccda.people import actor_of, author_of, function_of
from healthmate_desktop.interop.ccda.properties import PRIORITY, comments, value_of
from healthmate_desktop.interop.ccda.systems import TERMINOLOGY
from healthmate_desktop.interop.ccda.times import span_of
from healthmate_desktop.interop.ccda.values import value_of as typed_value

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

_GOAL_STATUSES = {
    "active": "active",
    "completed": "completed",
    "new": "planned",
    "held": "on-hold",
    "suspended": "on-hold",
    "aborted": "cancelled",
    "cancelled": "cancelled",
    "nullified": "entered-in-error",
}
_TEAM_STATUSES = {
    "active": "active",
    "completed": "inactive",
    "suspended": "suspended",
    "nullified": "entered-in-error",
}
_ACHIEVEMENT = TERMINOLOGY + "goal-achievement"
_TARGETS = {
    "valueQuantity": "detailQuantity",
    "valueRange": "detailRange",
    "valueInteger": "detailInteger",
}
_TARGETS |= {
    "valueCodeableConcept": "detailCodeableConcept",
    "valueString": "detailString",
    "valueRatio": "detailRatio",
}
_PLANNED = frozenset(
    (
        *("ServiceRequest", "MedicationRequest", "Encounter", "DeviceRequest", "Procedure"),
        *("ImmunizationRecommendation", "Goal", "MedicationStatement", "Observation"),
    )
)
_ACTIVITIES = frozenset(("ServiceRequest", "MedicationRequest", "DeviceRequest"))


def goal(node: Node, place: Place) -> list[Draft]:
    draft = Draft.new("Goal", node, place)
    draft.put("lifecycleStatus", _GOAL_STATUSES.get(draft.status, "active"))
    draft.name("description", node.first("code"))
    value = typed_value(draft, node.first("value"))
    span = draft.span(node.first("effectiveTime"))
    draft.put_time("startDate", span.start or span.point)
    if "startDate" in draft.resource:
        draft.resource["startDate"] = draft.resource["startDate"][:10]
        draft.resource.pop("_startDate", None)
    _target(draft, value, span.end.text[:10])
    draft.put_concept("priority", value_of(node, PRIORITY))
    who, _ = author_of(draft)
    draft.put("expressedBy", who)
    if draft.status == "completed":
        draft.put("achievementStatus", coded(_ACHIEVEMENT, "achieved"))
    comments(draft)
    draft.resource.pop("_target", None)
    return [draft]


def _target(draft: Draft, value: dict[str, Any], due: str) -> None:
    target: dict[str, Any] = {
        _TARGETS[name]: said for name, said in value.items() if name in _TARGETS
    }
    if due:
        target["dueDate"] = due
    if target and "description" in draft.resource:
        measure = {
            key: part for key, part in draft.resource["description"].items() if key == "coding"
        }
        if measure and len(target) > bool(due):
            target["measure"] = measure
    draft.add("target", target)


def care_plan(section: Node, place: Place, made: list[Draft]) -> Draft | None:
    """One for a section of planned care, with what it plans."""
    planned = [draft for draft in made if draft.kind in _PLANNED]
    if not planned:
        return None
    draft = Draft.new("CarePlan", section, place)
    draft.put("status", "active")
    draft.put("intent", "plan")
    draft.add(
        "category", coded("http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "assess-plan")
    )
    draft.put("title", place.section.title)
    draft.put_time("created", place.document.written)
    text = plain_text(section.first("text"))
    draft.put("description", text[:10_000])
    draft.text = text
    for each in planned:
        if each.kind == "Goal":
            draft.add("goal", each.reference)
        elif each.kind in _ACTIVITIES:
            draft.add("activity", {"reference": each.reference})
        else:
            draft.add("supportingInfo", each.reference)
    return draft


def care_team(node: Node, place: Place) -> list[Draft]:
    """The organizer of a care team section, with its members."""
    draft = Draft.new("CareTeam", node, place)
    draft.put("status", _TEAM_STATUSES.get(draft.status, "active"))
    name = draft.concept(node.first("code")).get("text")
    draft.put("name", name or place.section.title)
    draft.put("period", period_of(draft.span(node.first("effectiveTime"))))
    for _, act in node.statements():
        zone = place.document.zone
        period = period_of(span_of(act.first("effectiveTime"), zone))
        for performer in act.all("performer"):
            draft.add("participant", member_of(performer, period))
    for performer in node.all("performer"):
        draft.add("participant", member_of(performer, {}))
    return [draft] if "participant" in draft.resource else []


def member_of(performer: Node, period: dict[str, Any]) -> dict[str, Any]:
    entity = performer.first("assignedEntity")
    actor = actor_of(entity)
    if not actor.get("display"):
        return {}
    member: dict[str, Any] = {"member": actor}
    role = function_of(performer)
    if role:
        member["role"] = [role]
    if period:
        member["period"] = period
    return member


def team_of_service(event: Node, place: Place) -> Draft | None:
    """Who cared for the person, from the serviceEvent of the header."""
    draft = Draft.new("CareTeam", event, place)
    draft.resource.pop("identifier", None)
    draft.put("status", "active")
    draft.put("name", "Care team")
    draft.put("period", period_of(draft.span(event.first("effectiveTime"))))
    for performer in event.all("performer"):
        period = period_of(span_of(performer.first("time"), place.document.zone))
        draft.add("participant", member_of(performer, period))
    return draft if "participant" in draft.resource else None
