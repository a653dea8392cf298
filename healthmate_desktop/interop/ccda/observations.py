"""Results, vital signs, social history and every other observation; reports and panels that hold them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.drafts import Draft, coded, codes_in
from healthmate_desktop.interop.ccda.people import author_of, performers_of
from healthmate_desktop.interop.ccda.properties import ROOT, comments, put_encounter
from healthmate_desktop.interop.ccda.sections import Kind
from healthmate_desktop.interop.ccda.systems import LOINC, SNOMED, TERMINOLOGY
from healthmate_desktop.interop.ccda.values import ABSENT, reference_range, value_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

NEGATED_VALUE = "urn:healthmate:ccda:negated-value"  # of an extension: the value that is not so
_CATEGORY = TERMINOLOGY + "observation-category"
_SECTION = TERMINOLOGY + "v2-0074"
_CATEGORIES = {
    Kind.RESULTS: "laboratory",
    Kind.VITALS: "vital-signs",
    Kind.SOCIAL: "social-history",
    Kind.FUNCTIONAL: "survey",
    Kind.MENTAL: "survey",
    Kind.EXAM: "exam",
}
_STATUSES = {
    "completed": "final",
    "active": "registered",
    "new": "registered",
    "held": "registered",
    "suspended": "registered",
    "aborted": "cancelled",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "obsolete": "cancelled",
    "nullified": "entered-in-error",
    "final": "final",
    "corrected": "corrected",
    "preliminary": "preliminary",
    "normal": "final",
}
_VITALS = frozenset((ROOT + "22.4.26", ROOT + "22.4.27", ROOT + "1.35"))
_RESULTS = frozenset((ROOT + "22.4.1", ROOT + "22.4.2"))
_SOCIAL = frozenset(
    ROOT + "22.4." + number for number in ("38", "78", "85", "200", "72", "109", "111")
)
_IMAGING = re.compile(
    r"\b(?:x-?rays?|xr|radiograph\w*|radiolog\w*|mri|mra|magnetic resonance|cta?|computed tomograph\w*"
    r"|ultraso\w+|mammogra\w+|echocardiogra\w+|angiogra\w+|fluorosc\w+|dxa|dexa)\b",
    re.IGNORECASE,
)
_PREGNANT = "77386006"
_PREGNANCY = ROOT + "15.3.8"
_ASSERTIONS = frozenset(("ASSERTION", "OBSTYPE"))
_ASSERTED_AS = {
    _PREGNANCY: ("82810-3", "Pregnancy status"),
    ROOT + "22.4.78": ("72166-2", "Tobacco smoking status"),
    ROOT + "22.4.85": ("11367-0", "History of tobacco use"),
}


def observation(node: Node, place: Place) -> list[Draft]:
    draft = Draft.new("Observation", node, place)
    _code(draft)
    _category(draft)
    draft.put("status", _STATUSES.get(draft.status, "unknown"))
    near = (
        draft.resource["category"][0]["coding"][0]["code"] if "category" in draft.resource else ""
    )
    span = draft.put_when(
        "effective", node.first("effectiveTime"), as_point=near in {"laboratory", "vital-signs"}
    )
    if not span.first:
        _time_around(draft)
    _values(draft)
    for interpretation in node.all("interpretationCode"):
        draft.add("interpretation", draft.concept(interpretation))
    draft.put("referenceRange", _ranges(draft))
    draft.put_concept("method", node.first("methodCode"))
    draft.put_concept("bodySite", node.first("targetSiteCode"))
    draft.put("specimen", specimen_of(draft))
    performers = performers_of(node) or [who for who in (author_of(draft)[0],) if who]
    draft.put("performer", performers)
    put_encounter(draft)
    if draft.negated:
        _negate(draft)
    if node.null:
        draft.doubt(doubts.UNKNOWN)
    comments(draft)
    return [draft]


def _ranges(draft: Draft) -> list[dict[str, Any]]:
    """The normal one first, where several are given."""
    nodes = draft.node.all("referenceRange")
    ranges = [reference_range(draft, each.first("observationRange") or each) for each in nodes]
    told = [each for each in ranges if each]
    return sorted(told, key=lambda each: bool(codes_in(each.get("type", {})) - {"N"}))


def _code(draft: Draft) -> None:
    """What was observed. ASSERTION says that the value is what is observed; some templates say it themselves."""
    code = draft.node.first("code")
    for template, (loinc, name) in _ASSERTED_AS.items():
        if template in draft.node.templates and code.code in _ASSERTIONS:
            draft.put("code", coded(LOINC, loinc, name))
            return
    draft.name("code", code)
    draft.resource.setdefault("code", {"text": draft.place.section.title or "Observation"})
    if draft.resource.get("code", {}).keys() == {"coding"} and code.code in _ASSERTIONS:
        draft.resource["code"]["text"] = draft.place.section.title


def _negate(draft: Draft) -> None:
    """FHIR has no negated observations: a value must not stand there as if it were so."""
    if _PREGNANT in codes_in(draft.resource.get("valueCodeableConcept", {})):
        draft.put("valueCodeableConcept", coded(SNOMED, "60001007", "Not pregnant"))
        return
    draft.doubt(doubts.NEGATED)
    name = next((name for name in draft.resource if name.startswith("value")), "")
    if not name:
        draft.put("status", "cancelled")
        draft.put("dataAbsentReason", coded(ABSENT, "not-performed"))
        return
    value = draft.resource.pop(name)
    draft.add("extension", {"url": NEGATED_VALUE, name: value})
    words = value.get("text", "") if isinstance(value, dict) else str(value)
    if isinstance(value, dict) and "value" in value:
        words = f"{value['value']} {value.get('unit', '')}".strip()
    draft.put("valueString", f"Not so: {words}".removesuffix(": "))


def _category(draft: Draft) -> None:
    templates = draft.node.templates.union(*(each.templates for each in draft.place.around))
    kind = draft.place.kind
    if templates & _VITALS:
        kind = Kind.VITALS
    elif templates & _RESULTS and kind not in {Kind.FUNCTIONAL, Kind.MENTAL}:
        kind = Kind.RESULTS
    elif templates & _SOCIAL:
        kind = Kind.SOCIAL
    category = _CATEGORIES.get(kind)
    if category == "laboratory" and is_imaging(draft):
        category = "imaging"
    if category:
        draft.add("category", coded(_CATEGORY, category))


def is_imaging(draft: Draft) -> bool:
    """Results sections also hold what was seen on pictures."""
    concept = draft.resource.get("code", {})
    names = [
        concept.get("text", ""),
        *(each.get("display", "") for each in concept.get("coding", ())),
    ]
    return any(_IMAGING.search(name) for name in names)


def _time_around(draft: Draft) -> None:
    """Its organizer's time, where it has none."""
    for around in reversed(draft.place.around):
        if around.tag == "organizer":
            draft.put_when("effective", around.first("effectiveTime"))
            return


def _values(draft: Draft) -> None:
    """The first value that says something is the value; further ones are components."""
    found = [value for node in draft.node.all("value") if (value := value_of(draft, node))]
    told = [value for value in found if "dataAbsentReason" not in value]
    first, *others = told or found or [{}]
    draft.resource.update(first)
    for other in others if told else []:
        draft.add("component", {"code": draft.resource.get("code", {}), **other})


def specimen_of(draft: Draft) -> dict[str, Any]:
    for node in (draft.node, *reversed(draft.place.around)):
        role = node.first("specimen", "specimenRole")
        name = draft.concept(role.first("specimenPlayingEntity", "code")).get("text")
        name = name or role.first("specimenPlayingEntity", "name").text
        if name:
            return {"display": name}
    return {}


# What holds several


def report(node: Node, place: Place) -> list[Draft]:
    """A battery of results. Its results are linked to it once they are made."""
    draft = Draft.new("DiagnosticReport", node, place)
    draft.name("code", node.first("code"))
    if "code" not in draft.resource:
        draft.put("code", {"text": place.section.title or Kind.RESULTS.value})
    draft.doubts.clear()  # its results are what counts
    draft.put("status", _STATUSES.get(draft.status, "unknown"))
    draft.add("category", coded(_SECTION, "RAD" if is_imaging(draft) else "LAB"))
    span = draft.put_when("effective", node.first("effectiveTime"))
    if not span.first:
        _time_of_parts(draft)
    draft.put("performer", performers_of(node) or [who for who in (author_of(draft)[0],) if who])
    specimen = specimen_of(draft)
    draft.add("specimen", specimen)
    comments_of_report(draft)
    return [draft]


def comments_of_report(draft: Draft) -> None:
    """A report has no notes, so comments become its conclusion."""
    comments(draft)
    notes = draft.resource.pop("note", [])
    draft.put("conclusion", "\n".join(note["text"] for note in notes))


def _time_of_parts(draft: Draft) -> None:
    for _, child in draft.node.statements():
        time = draft.span(child.first("effectiveTime")).first
        if time:
            draft.put_time("effectiveDateTime", time)
            return


def panel(node: Node, place: Place) -> list[Draft]:
    """Observations that belong together, such as the vital signs of one moment."""
    draft = Draft.new("Observation", node, place)
    _category(draft)
    vital = "vital-signs" in codes_in((draft.resource.get("category") or [{}])[0])
    if vital:
        draft.put("code", coded(LOINC, "85353-1", "Vital signs"))
    else:
        draft.name("code", node.first("code"))
        if "code" not in draft.resource:
            draft.put("code", {"text": place.section.title or "Observations"})
    draft.doubts.clear()
    draft.put("status", _STATUSES.get(draft.status, "unknown"))
    span = draft.put_when("effective", node.first("effectiveTime"))
    if not span.first:
        _time_of_parts(draft)
    comments(draft)
    return [draft]
