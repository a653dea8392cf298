"""Which records go into which section of an International Patient Summary, and which of them are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.facts.reading import codings_in
from healthmate_desktop.domain.summary.choosing import VITAL_CODES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.proposals import Resource

ALLERGIES, MEDICATIONS, PROBLEMS = "48765-2", "10160-0", "11450-4"
IMMUNIZATIONS, PROCEDURES, RESULTS, VITALS = "11369-6", "47519-4", "30954-2", "8716-3"
PAST_PROBLEMS, DEVICES, SOCIAL, PLANS = "11348-0", "46264-8", "29762-2", "18776-5"


class Section(NamedTuple):
    code: str  # LOINC
    display: str  # LOINC's name of it
    title: str
    heads: tuple[str, str, str, str]  # of name, value, date and state
    note: str = ""  # what a reader has to know about the choice that was made


_HEADS = ("What", "Details", "Date", "State")
_LATEST = "Of each test or measurement only the latest is shown."
SECTIONS = (
    Section(
        ALLERGIES,
        "Allergies and adverse reactions Document",
        "Allergies and Intolerances",
        ("Allergy to", "Reaction", "Since", "State"),
    ),
    Section(
        MEDICATIONS,
        "History of Medication use Narrative",
        "Medication Summary",
        ("Medication", "Dose", "Date", "State"),
        "Medications that were stopped or completed are not shown.",
    ),
    Section(
        PROBLEMS,
        "Problem list - Reported",
        "Problem List",
        ("Problem", "Details", "Since", "State"),
    ),
    Section(
        IMMUNIZATIONS,
        "History of Immunization Narrative",
        "Immunizations",
        ("Vaccine", "Dose", "Date", "State"),
    ),
    Section(
        RESULTS,
        "Relevant diagnostic tests/laboratory data Narrative",
        "Results",
        ("Test", "Result", "Date", "State"),
        _LATEST,
    ),
    Section(PROCEDURES, "History of Procedures Document", "History of Procedures", _HEADS),
    Section(DEVICES, "History of medical device use", "Medical Devices", _HEADS),
    Section(PAST_PROBLEMS, "History of Past illness Narrative", "History of Past Problems", _HEADS),
    Section(
        VITALS, "Vital signs", "Vital Signs", ("Measurement", "Value", "Date", "State"), _LATEST
    ),
    Section(SOCIAL, "Social history Narrative", "Social History", _HEADS, _LATEST),
    Section(PLANS, "Plan of care note", "Plan of Care", _HEADS),
)

_LATEST_ONLY = {RESULTS, VITALS, SOCIAL}
_TAKEN = {"active", "on-hold", "intended", "unknown", ""}
_OVER = {"inactive", "remission", "resolved"}
_NO_RESULT = {"cancelled", "registered"}
_BY_TYPE = {
    "AllergyIntolerance": ALLERGIES,
    "Immunization": IMMUNIZATIONS,
    "Procedure": PROCEDURES,
    "DiagnosticReport": RESULTS,
    "DeviceUseStatement": DEVICES,
}
_BY_CATEGORY = {
    "vital-signs": VITALS,
    "laboratory": RESULTS,
    "imaging": RESULTS,
    "social-history": SOCIAL,
}


def sorted_in(resources: Iterable[Resource]) -> dict[str, list[tuple[Resource, Facts]]]:
    """The records to show, by LOINC code of their section, the latest first."""
    sections: dict[str, list[tuple[Resource, Facts]]] = {}
    for resource in resources:
        facts = facts_of(resource)
        if code := _section_of(resource, facts):
            sections.setdefault(code, []).append((resource, facts))
    for code, rows in sections.items():
        rows.sort(key=lambda row: row[1].effective_from, reverse=True)
        if code in _LATEST_ONLY:
            sections[code] = _latest(rows)
    return sections


def _section_of(resource: Resource, facts: Facts) -> str:
    """Its LOINC code; none for what a summary leaves out: errors, what was not done, what is no longer taken."""
    if facts.status == "entered-in-error" or facts.negated:
        return ""
    if facts.type in {"MedicationRequest", "MedicationStatement"}:
        return MEDICATIONS if facts.status in _TAKEN else ""
    if facts.type == "Condition":
        over = facts.status in _OVER or (
            not resource.get("clinicalStatus") and _has_ended(resource)
        )
        return PAST_PROBLEMS if over else PROBLEMS
    if facts.type == "Observation":
        return "" if facts.status in _NO_RESULT else _section_of_observation(resource, facts)
    if facts.type == "CarePlan":
        return PLANS if facts.status == "active" else ""
    return _BY_TYPE.get(facts.type, "")


def _section_of_observation(resource: Resource, facts: Facts) -> str:
    categories = [each.code for each in codings_in(resource.get("category"))]
    if categories:
        return next((_BY_CATEGORY[each] for each in categories if each in _BY_CATEGORY), "")
    codes = {each.code for each in facts.codings}
    if codes & VITAL_CODES:
        return VITALS
    return RESULTS if facts.value else ""


def _has_ended(resource: Resource) -> bool:
    return any(key.startswith("abatement") for key in resource)


def _latest(rows: list[tuple[Resource, Facts]]) -> list[tuple[Resource, Facts]]:
    kept: dict[tuple[str, str, str], tuple[Resource, Facts]] = {}
    for resource, facts in rows:
        coding = next((each for each in facts.codings if each.code), None)
        code = (coding.system, coding.code) if coding else ("", facts.display.casefold())
        kept.setdefault((facts.type, *code), (resource, facts))
    return list(kept.values())
