"""Medicines that are or were taken, and those that are ordered or planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.dosage import dosage_of, put_period, taken_from_to
from healthmate_desktop.interop.ccda.drafts import (
    Draft,
    coded,
    codes_in,
    concept_of,
    is_negated,
    period_of,
    put_time,
)
from healthmate_desktop.interop.ccda.moods import PLANNED, intent_of
from healthmate_desktop.interop.ccda.people import actor_of, author_of, performers_of
from healthmate_desktop.interop.ccda.properties import (
    STATUS,
    STATUS_TEMPLATES,
    comments,
    doubt_that_none,
    put_encounter,
    reasons,
    value_of,
)
from healthmate_desktop.interop.ccda.quantities import decimal_of, quantity_of
from healthmate_desktop.interop.ccda.systems import IPS_ABSENT

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place
    from healthmate_desktop.interop.ccda.times import Span

_STATUSES = {
    "active": "active",
    "new": "active",
    "completed": "completed",
    "suspended": "on-hold",
    "held": "on-hold",
    "aborted": "stopped",
    "cancelled": "stopped",
    "obsolete": "stopped",
    "nullified": "entered-in-error",
}
_SAID = {
    "55561003": "active",
    "421139008": "on-hold",
    "392521001": "completed",
    "73425007": "stopped",
}
_ANY_MEDICINE = frozenset(("410942007", "373873005", "763158003", "182904002", "182849000"))


def medication(node: Node, place: Place) -> list[Draft]:
    if node.get("moodCode").upper() in PLANNED and not says_none(node, place):
        return [_request(node, place)]
    return [_statement(node, place)]


def product_of(node: Node) -> Node:
    """The material that is given; product or consumable."""
    for tag in ("consumable", "product"):
        made = node.first(tag, "manufacturedProduct")
        material = made.first("manufacturedMaterial") or made.first("manufacturedLabeledDrug")
        if material:
            return material
    return node.first("consumable", "manufacturedProduct", "manufacturedMaterial")


def says_none(node: Node, place: Place) -> bool:
    """That no medicine at all is taken: any medicine, negated."""
    concept = concept_of(product_of(node).first("code"), place)
    return is_negated(node) and bool(codes_in(concept) & _ANY_MEDICINE)


def put_product(draft: Draft, name: str = "medicationCodeableConcept") -> None:
    material = product_of(draft.node)
    concept = draft.concept(material.first("code"))
    own_name = material.first("name").text
    if own_name and not concept.get("text"):
        concept = {**concept, "text": own_name}
    if says_none(draft.node, draft.place):
        draft.put(name, coded(IPS_ABSENT, "no-known-medications", "No known medications"))
        doubt_that_none(draft)
    elif concept:
        draft.put(name, concept)
        if not concept.get("coding"):
            draft.doubt(doubts.WORDS_ONLY)
    else:
        draft.name(name, draft.node.first("code"))


def _statement(node: Node, place: Place) -> Draft:
    draft = Draft.new("MedicationStatement", node, place)
    put_product(draft)
    span = taken_from_to(draft)
    status = "not-taken" if draft.negated else _status(draft, span)
    draft.put("status", "unknown" if node.null and not draft.negated else status)
    if span.point:
        draft.put_time("effectiveDateTime", span.point)
    else:
        draft.put("effectivePeriod", period_of(span))
    who, when = author_of(draft)
    draft.put_time("dateAsserted", when)
    draft.put("informationSource", who)
    reasons(draft)
    dosage = dosage_of(draft)
    draft.put("dosage", [dosage] if dosage else [])
    put_encounter(draft, "context")
    _supplies(draft)
    comments(draft)
    return draft


def _request(node: Node, place: Place) -> Draft:
    draft = Draft.new("MedicationRequest", node, place)
    put_product(draft)
    span = taken_from_to(draft)
    draft.put("status", _status(draft, span))
    draft.put("intent", intent_of(node.get("moodCode")))
    if draft.negated:
        draft.put("doNotPerform", True)
        draft.doubt(doubts.NOT_DONE)
    who, when = author_of(draft)
    draft.put_time("authoredOn", when)
    draft.put("requester", who)
    reasons(draft)
    dosage = dosage_of(draft)
    timing = dosage.get("timing", {})
    put_period(timing, span)
    if timing:
        dosage["timing"] = timing
    draft.put("dosageInstruction", [dosage] if dosage else [])
    put_encounter(draft)
    _supplies(draft)
    comments(draft)
    return draft


def _status(draft: Draft, span: Span) -> str:
    """`completed` is often sent for a finished prescription and not for a finished medicine."""
    said = value_of(draft.node, STATUS, STATUS_TEMPLATES).code
    if said in _SAID:
        return _SAID[said]
    status = _STATUSES.get(draft.status, "unknown")
    written = draft.place.document.written
    over = bool(
        written and span.end and span.end.text[:10] <= written.text[: len(span.end.text[:10])]
    )
    if status == "completed" and not over and not (span.point and not span.end):
        draft.doubt(doubts.STILL_TAKEN)
        return "unknown"
    if status == "active" and over:
        draft.doubt(doubts.ENDED_MEDICINE)
    return status


# Orders and hand-outs of it


def _supplies(draft: Draft) -> None:
    """Supplies in a medication are contained in it: they are of the same medicine."""
    for _, node in draft.node.statements():
        if node.tag != "supply":
            continue
        planned = node.get("moodCode").upper() in PLANNED
        if (
            planned
            and draft.kind == "MedicationRequest"
            and "dispenseRequest" not in draft.resource
        ):
            draft.put("dispenseRequest", _dispense_request(draft, node))
        else:
            _contain(draft, node, planned=planned)


def _contain(draft: Draft, node: Node, *, planned: bool) -> None:
    inner = supply_draft(node, draft.place, planned=planned)
    if not {"quantity", "dispenseRequest", "whenHandedOver", "authoredOn"} & inner.resource.keys():
        return
    name = f"{'order' if planned else 'dispense'}{len(draft.resource.get('contained', ())) + 1}"
    inner.resource["id"] = name
    inner.resource.setdefault(
        "medicationCodeableConcept", draft.resource.get("medicationCodeableConcept", {})
    )
    draft.add("contained", inner.resource)
    if draft.kind == "MedicationStatement":
        draft.add("basedOn" if planned else "partOf", {"reference": f"#{name}"})
    elif not planned:
        inner.add("authorizingPrescription", {"reference": "#"})


def supply_draft(node: Node, place: Place, *, planned: bool) -> Draft:
    draft = Draft.new("MedicationRequest" if planned else "MedicationDispense", node, place)
    if product_of(node):
        put_product(draft)
    draft.put("status", _STATUSES.get(draft.status, "unknown"))
    span = draft.span(node.first("effectiveTime"))
    who, when = author_of(draft)
    if planned:
        draft.put("intent", "order")
        draft.put("dispenseRequest", _dispense_request(draft, node))
        draft.put_time("authoredOn", when)
        draft.put("requester", who)
    else:
        draft.put("quantity", quantity_of(node.first("quantity")))
        draft.put_time("whenHandedOver", span.first)
        for actor in performers_of(node):
            draft.add("performer", {"actor": actor})
    return draft


def _dispense_request(draft: Draft, node: Node) -> dict[str, Any]:
    request: dict[str, Any] = {}
    quantity = quantity_of(node.first("quantity"))
    if quantity:
        request["quantity"] = quantity
    repeats = decimal_of(node.first("repeatNumber").get("value"))
    if repeats is not None and 1 <= repeats <= 1000 and repeats == int(repeats):
        request["numberOfRepeatsAllowed"] = int(repeats) - 1  # the first hand-out counts in CDA
    span = draft.span(node.first("effectiveTime"))
    period: dict[str, Any] = {}
    put_time(period, "start", span.start or span.point)
    put_time(period, "end", span.end)
    if period:
        request["validityPeriod"] = period
    performer = next((actor for actor in performers_of(node)), {}) or actor_of(
        node.first("performer", "assignedEntity")
    )
    if performer.get("display"):
        request["performer"] = performer
    return request


def dispense(node: Node, place: Place) -> list[Draft]:
    """A supply of a medicine that stands alone."""
    draft = supply_draft(node, place, planned=node.get("moodCode").upper() in PLANNED)
    if "medicationCodeableConcept" not in draft.resource:
        put_product(draft)
    comments(draft)
    return [draft]
