"""Vaccines that were given, refused or are planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.drafts import Draft, coded, codes_in
from healthmate_desktop.interop.ccda.medications import product_of, put_product
from healthmate_desktop.interop.ccda.moods import PLANNED
from healthmate_desktop.interop.ccda.people import author_of, performers_of
from healthmate_desktop.interop.ccda.properties import (
    DOSE_NUMBER,
    REACTION_TEMPLATES,
    ROOT,
    comments,
    instructions,
    put_encounter,
    value_of,
)
from healthmate_desktop.interop.ccda.quantities import decimal_of
from healthmate_desktop.interop.ccda.systems import CVX, NULL_FLAVOR, TERMINOLOGY

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place
    from healthmate_desktop.interop.ccda.times import Span

TEMPLATES = frozenset(
    (
        ROOT + "22.4.52",
        ROOT + "22.4.120",
        "1.3.6.1.4.1.19376.1.5.3.1.4.12",
        "2.16.840.1.113883.3.88.11.83.13",
    )
)
_STATUSES = {
    "completed": "completed",
    "active": "completed",
    "nullified": "entered-in-error",
    "aborted": "not-done",
    "cancelled": "not-done",
    "suspended": "not-done",
    "held": "not-done",
}
_ACTIVE_IS_UNSURE = frozenset(("active", ""))
_FUNCTION = TERMINOLOGY + "v2-0443"
_FORECAST = TERMINOLOGY + "immunization-recommendation-status"
_DUE = ("http://loinc.org", "30980-7", "Date vaccine due")
_REFUSAL = ROOT + "22.4.53"


def is_vaccine(node: Node, place: Place) -> bool:
    if node.templates & TEMPLATES:
        return True
    codings = (
        Draft.new("Immunization", node, place)
        .concept(product_of(node).first("code"))
        .get("coding", ())
    )
    return any(coding.get("system") == CVX for coding in codings)


def immunization(node: Node, place: Place) -> list[Draft]:
    if node.get("moodCode").upper() in PLANNED:
        return [_recommendation(node, place)]
    draft = Draft.new("Immunization", node, place)
    put_product(draft, "vaccineCode")
    span = draft.span(node.first("effectiveTime"))
    _status(draft)
    if span.first:
        draft.put_time("occurrenceDateTime", span.first)
    else:
        draft.put("occurrenceString", "unknown")
    _given(draft)
    _people(draft)
    put_encounter(draft)
    _reactions(draft)
    comments(draft)
    for act in instructions(node):
        draft.note(draft.place.words_of(act.first("text")))
    return [draft]


def _status(draft: Draft) -> None:
    reason = _refusal(draft)
    if draft.negated:
        draft.put("status", "not-done")
    elif draft.node.null:
        draft.put("status", "not-done")
        reason = reason or coded(NULL_FLAVOR, draft.node.null)
        draft.doubt(doubts.NOT_GIVEN)
    else:
        draft.put("status", _STATUSES.get(draft.status, "completed"))
        if draft.status in _ACTIVE_IS_UNSURE:
            draft.doubt(doubts.NOT_GIVEN)
    draft.put("statusReason", reason)


def _refusal(draft: Draft) -> dict[str, Any]:
    for relation, child in draft.node.statements():
        if child.tag == "observation" and (relation == "RSON" or _REFUSAL in child.templates):
            concept = draft.concept(child.first("code"))
            if "ASSERTION" in codes_in(concept) or not concept:
                concept = draft.concept(child.first("value"))
            if draft.negated or _REFUSAL in child.templates:
                return concept
            draft.add("reasonCode", draft.concept(child.first("value")) or concept)
    return {}


def _given(draft: Draft) -> None:
    node = draft.node
    material = product_of(node)
    draft.put("lotNumber", material.first("lotNumberText").text)
    expiry = draft.span(material.first("expirationTime")).first
    draft.put("expirationDate", expiry.text[:10])
    for tag in ("consumable", "product"):
        maker = node.first(tag, "manufacturedProduct", "manufacturerOrganization", "name").text
        draft.put("manufacturer", {"display": maker} if maker else {})
    draft.put_concept("route", node.first("routeCode"))
    draft.put_concept("site", node.first("approachSiteCode"))
    draft.put("doseQuantity", draft.amount(node.first("doseQuantity")))
    number = decimal_of(
        value_of(node, DOSE_NUMBER).get("value") or node.first("repeatNumber").get("value")
    )
    if number is not None and 1 <= number <= 100 and number == int(number):
        draft.add("protocolApplied", {"doseNumberPositiveInt": int(number)})


def _people(draft: Draft) -> None:
    for actor in performers_of(draft.node):
        draft.add("performer", {"function": coded(_FUNCTION, "AP"), "actor": actor})
    _, when = author_of(draft)
    draft.put_time("recorded", when)


def _reactions(draft: Draft) -> None:
    for relation, child in draft.node.statements():
        if child.tag == "observation" and (
            relation == "MFST" or child.templates & REACTION_TEMPLATES
        ):
            said = draft.concept(child.first("value")).get("text") or draft.place.words_of(
                child.first("text")
            )
            draft.note(f"Reaction: {said}" if said else "")
            time = draft.span(child.first("effectiveTime")).first
            if time:
                draft.add("reaction", {"date": time.text})


def _recommendation(node: Node, place: Place) -> Draft:
    draft = Draft.new("ImmunizationRecommendation", node, place)
    put_product(draft, "vaccineCode")
    code = draft.resource.pop("vaccineCode", {})
    span = draft.span(node.first("effectiveTime"))
    _, when = author_of(draft)
    draft.put_time("date", when or place.document.written or span.first)
    due: dict[str, Any] = {"vaccineCode": [code]} if code else {}
    due["forecastStatus"] = coded(_FORECAST, "due")
    criterion = _due(span)
    if criterion:
        due["dateCriterion"] = [criterion]
    draft.add("recommendation", due)
    return draft


def _due(span: Span) -> dict[str, Any]:
    return {"code": coded(*_DUE), "value": span.first.text} if span.first else {}
