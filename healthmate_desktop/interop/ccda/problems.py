"""Problems, diagnoses and health concerns, and that none are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.allergies import severity_of
from healthmate_desktop.interop.ccda.drafts import ABSENT, Draft, coded, codes_in
from healthmate_desktop.interop.ccda.nodes import NOTHING
from healthmate_desktop.interop.ccda.people import put_author
from healthmate_desktop.interop.ccda.properties import (
    AGE,
    DIAGNOSED,
    ROOT,
    STATUS,
    STATUS_TEMPLATES,
    comments,
    doubt_that_none,
    found,
    put_encounter,
    value_of,
)
from healthmate_desktop.interop.ccda.sections import Kind
from healthmate_desktop.interop.ccda.systems import SNOMED, TERMINOLOGY
from healthmate_desktop.interop.ccda.times import time_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place
    from healthmate_desktop.interop.ccda.times import Span

_CLINICAL = TERMINOLOGY + "condition-clinical"
_VERIFICATION = TERMINOLOGY + "condition-ver-status"
_CATEGORY = TERMINOLOGY + "condition-category"
_HEALTH_CONCERN = "http://hl7.org/fhir/us/core/CodeSystem/condition-category"
_ASSERTED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"

_STATUSES = {
    "55561003": "active",
    "73425007": "inactive",
    "413322009": "resolved",
    "246455001": "recurrence",
    "263855007": "relapse",
    "277022003": "remission",
    "90734009": "active",  # chronic
    "7087005": "active",  # intermittent
    "255227004": "recurrence",
}
_OVER = frozenset(("inactive", "resolved", "remission"))
PROBLEM_TYPES = frozenset(
    (
        *("55607006", "282291009", "64572001", "404684003", "409586006", "418799008", "75326-9"),
        *("75321-0", "75322-8", "75323-6", "75318-6", "75314-5", "75319-4", "29308-4"),
    )
)
DIAGNOSIS_CODES = frozenset(
    ("29308-4", "11535-2", "46241-6", "10219-4", "10218-6", "59769-0", "8319008", "52534-5")
)
_ANY_PROBLEM = frozenset(
    ("55607006", "64572001", "282291009", "404684003", "418799008", "409586006")
)
_NO_PROBLEMS = ("160245001", "No current problems or disability")
_DIAGNOSIS_ACTS = frozenset(ROOT + "22.4." + number for number in ("33", "34", "51", "65", "80"))
_CCD_CONCERN = ROOT + "1.27"  # its status was always "completed"
_SEVERITY_CODES = {"mild": "255604002", "moderate": "6736007", "severe": "24484000"}


def problem(node: Node, place: Place) -> list[Draft]:
    draft = Draft.new("Condition", node, place)
    _what(draft)
    span = draft.span(node.first("effectiveTime"))
    unknown_end = node.first("effectiveTime", "high").null == "UNK" and not span.end
    _statuses(draft, span)
    _category(draft)
    _times(draft, span, unknown_end=unknown_end)
    for site in node.all("targetSiteCode"):
        draft.add("bodySite", _site(draft, site))
    severity = severity_of(draft, node)
    if severity:
        draft.put("severity", coded(SNOMED, _SEVERITY_CODES[severity], severity.capitalize()))
    put_author(draft)
    put_encounter(draft)
    comments(draft)
    return [draft]


def _site(draft: Draft, site: Node) -> dict[str, Any]:
    """A site and its side, which stands in a qualifier."""
    concept = draft.concept(site)
    sides = (
        draft.concept(qualifier.first("value")).get("text", "")
        for qualifier in site.all("qualifier")
    )
    words = [concept.get("text", ""), *sides]
    return (
        {**concept, "text": ", ".join(filter(None, words))}
        if concept and any(words[1:])
        else concept
    )


def _what(draft: Draft) -> None:
    node = draft.node
    value = node.first("value")
    concept = draft.concept(value)
    if not concept.get("coding") and value.text and not concept.get("text"):
        concept = {**concept, "text": value.text}
    draft.put("verificationStatus", coded(_VERIFICATION, "confirmed"))
    general = not concept.get("coding") or bool(codes_in(concept) & _ANY_PROBLEM)
    if draft.negated and general and (not concept.get("text") or codes_in(concept)):
        draft.put("code", coded(SNOMED, *_NO_PROBLEMS))
        doubt_that_none(draft)
        return
    if draft.negated:
        draft.put("verificationStatus", coded(_VERIFICATION, "refuted"))
        draft.doubt(doubts.NEGATED_PROBLEM)
    if node.null:
        draft.put("verificationStatus", coded(_VERIFICATION, "unconfirmed"))
        draft.doubt(doubts.UNKNOWN)
    if concept:
        draft.put("code", concept)
        if not concept.get("coding"):
            draft.doubt(doubts.WORDS_ONLY)
    else:
        code = node.first("code")
        says_what = code.code not in PROBLEM_TYPES | {"ASSERTION", "DX"}
        draft.name("code", *([code] if says_what else []))


def _statuses(draft: Draft, span: Span) -> None:
    said = _STATUSES.get(value_of(draft.node, STATUS, STATUS_TEMPLATES).code, "")
    concern = draft.place.around[-1] if draft.place.around else NOTHING
    is_concern = concern.tag == "act" and not concern.templates & _DIAGNOSIS_ACTS
    state = concern.first("statusCode").code.casefold() if is_concern else ""
    if state == "completed" and _CCD_CONCERN in concern.templates:
        state = "active"
    if "refuted" in codes_in(draft.resource["verificationStatus"]):
        draft.put("clinicalStatus", coded(_CLINICAL, "inactive"))
        return
    status = said
    if span.end and not status:
        status = "resolved"
    elif span.end and status not in _OVER:
        status = "inactive"
        draft.doubt(doubts.ENDED_AND_ACTIVE)
    elif not status and state == "active":
        status = "active"
    elif not status and state in {"completed", "aborted", "suspended"}:
        status = "inactive"
        draft.doubt(doubts.CLOSED_PROBLEM)
    if status:
        draft.put("clinicalStatus", coded(_CLINICAL, status))


def _category(draft: Draft) -> None:
    around = draft.place.around
    in_visit = any(each.tag == "encounter" for each in around)
    diagnosis = in_visit or any(
        each.templates & _DIAGNOSIS_ACTS or each.first("code").code in DIAGNOSIS_CODES
        for each in around
    )
    if diagnosis or draft.place.kind is Kind.DIAGNOSES:
        draft.add("category", coded(_CATEGORY, "encounter-diagnosis"))
    elif draft.place.kind is Kind.CONCERNS:
        draft.add("category", coded(_HEALTH_CONCERN, "health-concern"))
    else:
        draft.add("category", coded(_CATEGORY, "problem-list-item"))
    sort = draft.concept(draft.node.first("code"))
    if sort.get("coding") and "ASSERTION" not in codes_in(sort):
        draft.add("category", sort)


def _times(draft: Draft, span: Span, *, unknown_end: bool) -> None:
    draft.put_time("onsetDateTime", span.start or span.point)
    draft.put_time("abatementDateTime", span.end)
    if unknown_end and _is_over(draft):
        reason = {"url": ABSENT, "valueCode": "unknown"}
        draft.resource["_abatementDateTime"] = {"extension": [reason]}
    if "onsetDateTime" not in draft.resource:
        age = draft.amount(value_of(draft.node, AGE))
        if age:
            draft.put("onsetAge", age)
    for diagnosed in found(draft.node, DIAGNOSED):
        time = time_of(diagnosed.first("effectiveTime").get("value"), draft.place.document.zone)
        if time:
            draft.add("extension", {"url": _ASSERTED, "valueDateTime": time.text})


def _is_over(draft: Draft) -> bool:
    return bool(codes_in(draft.resource.get("clinicalStatus", {})) & _OVER)
