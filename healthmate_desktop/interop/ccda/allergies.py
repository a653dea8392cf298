"""Allergies and intolerances, and that none are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.drafts import Draft, coded, codes_in, put_time
from healthmate_desktop.interop.ccda.nodes import NOTHING
from healthmate_desktop.interop.ccda.people import put_author
from healthmate_desktop.interop.ccda.properties import (
    CRITICALITY,
    REACTION_TEMPLATES,
    SEVERITY,
    STATUS,
    STATUS_TEMPLATES,
    comments,
    doubt_that_none,
    put_encounter,
    value_of,
)
from healthmate_desktop.interop.ccda.systems import IPS_ABSENT, SNOMED, TERMINOLOGY

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

_CLINICAL = TERMINOLOGY + "allergyintolerance-clinical"
_VERIFICATION = TERMINOLOGY + "allergyintolerance-verification"
_ABATEMENT = "http://hl7.org/fhir/StructureDefinition/allergyintolerance-abatement"

_STATUSES = {"55561003": "active", "73425007": "inactive", "413322009": "resolved"}
_CRITICALITIES = {"CRITL": "low", "CRITH": "high", "CRITU": "unable-to-assess"}
SEVERITIES = {
    **dict.fromkeys(("255604002", "MI", "L", "371923003"), "mild"),
    **dict.fromkeys(("6736007", "MO", "M", "371924009"), "moderate"),
    **dict.fromkeys(("24484000", "SE", "H", "399166001"), "severe"),
}
_SEVERITY_WORDS = {"mild": "mild", "moderate": "moderate", "severe": "severe", "fatal": "severe"}

# The kind of allergy, in SNOMED CT: FHIR's type and category
_KINDS: dict[str, tuple[str, str]] = {
    "416098002": ("allergy", "medication"),
    "419511003": ("", "medication"),
    "59037007": ("intolerance", "medication"),
    "414285001": ("allergy", "food"),
    "418471000": ("", "food"),
    "235719002": ("intolerance", "food"),
    "232347008": ("allergy", "environment"),
    "426232007": ("allergy", "environment"),
    "419199007": ("allergy", ""),
    "418038007": ("", ""),
    "420134006": ("", ""),
}
_NO_KNOWN = {
    "medication": ("409137002", "No known drug allergy"),
    "food": ("429625007", "No known food allergy"),
    "environment": ("428607008", "No known environmental allergy"),
    "": ("716186003", "No known allergy"),
}
_SAYS_NONE = frozenset(
    ("716186003", "160244002", "409137002", "429625007", "428607008", "1003774007")
)
_LATEX = frozenset(("111088007", "1003755004"))
_NO_LATEX = ("1003774007", "No known latex allergy")
_ANY_SUBSTANCE = {
    "105590001": "",
    "410942007": "medication",
    "373873005": "medication",
    "762766007": "food",
    "255620007": "food",
}


def allergy(node: Node, place: Place) -> list[Draft]:
    draft = Draft.new("AllergyIntolerance", node, place)
    kind = _kind(draft)
    _substance(draft, kind)
    _statuses(draft)
    draft.put("criticality", _CRITICALITIES.get(value_of(node, CRITICALITY).code, ""))
    span = draft.span(node.first("effectiveTime"))
    draft.put_time("onsetDateTime", span.start or span.point)
    if span.end:
        ended = {"url": _ABATEMENT, "valueDateTime": span.end.text}
        draft.add("extension", ended)
    put_author(draft)
    _reactions(draft)
    comments(draft)
    put_encounter(draft)
    return [draft]


def _kind(draft: Draft) -> str:
    """Sets type and category; the category. Older documents say the kind in the code and not in the value."""
    for name in ("value", "code"):
        for code in codes_in(draft.concept(draft.node.first(name))):
            if code in _KINDS:
                sort, category = _KINDS[code]
                draft.put("type", sort)
                draft.put("category", [category] if category else [])
                return category
    return ""


def _substance(draft: Draft, category: str) -> None:
    node = substance_of(draft.node)
    concept = draft.concept(node.first("code"))
    if not concept and (name := node.first("name").text or node.first("desc").text):
        concept = {"text": name}
    codes = codes_in(concept)
    draft.put("verificationStatus", coded(_VERIFICATION, "confirmed"))
    if draft.node.null and not draft.negated:
        _not_known(draft, concept)
    elif codes & _SAYS_NONE:
        draft.put("code", concept)
    elif draft.negated:
        _negated(draft, concept, category)
    elif concept:
        draft.put("code", concept)
        if not concept.get("coding"):
            draft.doubt(doubts.WORDS_ONLY)
    else:
        _without_substance(draft)


def substance_of(node: Node) -> Node:
    """What it is an allergy to: the consumable of the observation."""
    participants = list(node.all("participant"))
    named = [
        each for each in participants if each.get("typeCode").upper() in {"CSM", ""}
    ] or participants
    for participant in named:
        entity = participant.first("participantRole", "playingEntity")
        if entity:
            return entity
    return NOTHING


def _not_known(draft: Draft, concept: dict[str, Any]) -> None:
    draft.put("verificationStatus", coded(_VERIFICATION, "unconfirmed"))
    none = coded(IPS_ABSENT, "no-allergy-info", "No information about allergies")
    draft.put("code", concept if concept.get("coding") else none)
    draft.doubt(doubts.NOTHING_KNOWN if not concept.get("coding") else doubts.UNKNOWN)


def _negated(draft: Draft, concept: dict[str, Any], category: str) -> None:
    codes = codes_in(concept)
    general = codes & _ANY_SUBSTANCE.keys()
    if codes & _LATEX:
        draft.put("code", coded(SNOMED, *_NO_LATEX))
    elif not concept.get("coding") or general:
        category = category or next((_ANY_SUBSTANCE[code] for code in sorted(general)), "")
        draft.put("code", coded(SNOMED, *_NO_KNOWN[category]))
        doubt_that_none(draft)
    else:
        draft.put("code", concept)
        draft.put("verificationStatus", coded(_VERIFICATION, "refuted"))
        draft.doubt(doubts.NEGATED_ALLERGY)


def _without_substance(draft: Draft) -> None:
    """The value then names the allergy itself, or the narrative does."""
    value = draft.node.first("value")
    concept = draft.concept(value)
    specific = concept.get("coding") and not codes_in(concept) & _KINDS.keys()
    if specific:
        draft.put("code", concept)
        return
    if not draft.put("code", concept):
        draft.name("code")
    draft.doubt(doubts.NOT_WHICH)


def _statuses(draft: Draft) -> None:
    said = _STATUSES.get(value_of(draft.node, STATUS, STATUS_TEMPLATES).code, "")
    concern = draft.place.around[-1] if draft.place.around else NOTHING
    state = concern.first("statusCode").code.casefold() if concern.tag == "act" else ""
    ended = bool(draft.span(draft.node.first("effectiveTime")).end)
    refuted = "refuted" in codes_in(draft.resource["verificationStatus"])
    over = ended or state in {"aborted", "suspended"}
    status = "inactive" if refuted else said or ("inactive" if over else "active")
    draft.put("clinicalStatus", coded(_CLINICAL, status))
    says_none = draft.negated or bool(codes_in(draft.resource.get("code", {})) & _SAYS_NONE)
    if not said and state == "completed" and not ended and not says_none:
        draft.doubt(doubts.CLOSED_ALLERGY)
    if said == "active" and ended:
        draft.doubt(doubts.ENDED_AND_ACTIVE)


def _reactions(draft: Draft) -> None:
    """Also those that stand beside the allergy, in the act around it."""
    around = draft.place.around[-1] if draft.place.around else NOTHING
    holders = [draft.node, around] if around.tag == "act" else [draft.node]
    overall = next(filter(None, (severity_of(draft, holder) for holder in holders)), "")
    for holder in holders:
        for relation, child in holder.statements():
            shown = relation == "MFST" or bool(child.templates & REACTION_TEMPLATES)
            if child.tag == "observation" and shown:
                draft.add("reaction", _reaction(draft, child, overall))
    if overall and "reaction" not in draft.resource:
        draft.note(f"Severity: {overall}")


def _reaction(draft: Draft, node: Node, overall: str) -> dict[str, Any]:
    value = node.first("value")
    words = value.text or draft.place.words_of(node.first("text"))
    manifestation = draft.concept(value) or _in_words(words)
    if not manifestation:
        return {}
    reaction: dict[str, Any] = {"manifestation": [manifestation]}
    put_time(reaction, "onset", draft.span(node.first("effectiveTime")).first)
    severity = severity_of(draft, node) or overall
    return {**reaction, "severity": severity} if severity else reaction


def _in_words(text: str) -> dict[str, Any]:
    return {"text": text} if text else {}


def severity_of(draft: Draft, node: Node) -> str:
    value = value_of(node, SEVERITY)
    concept = draft.concept(value)
    for code in sorted(codes_in(concept)):
        if code in SEVERITIES:
            return SEVERITIES[code]
    words = (concept.get("text") or value.text).casefold()
    return next((name for word, name in _SEVERITY_WORDS.items() if word in words), "")
