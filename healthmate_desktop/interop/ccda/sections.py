"""What a section is about: told by its code, else by its template, else by its title."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node


class Kind(StrEnum):
    """What a section is about; the value is what it is called where it has no title."""

    ALLERGIES = "Allergies"
    MEDICATIONS = "Medications"
    PROBLEMS = "Problems"
    DIAGNOSES = "Diagnoses"
    CONCERNS = "Health concerns"
    RESULTS = "Results"
    VITALS = "Vital signs"
    IMMUNIZATIONS = "Immunizations"
    PROCEDURES = "Procedures"
    ENCOUNTERS = "Encounters"
    SOCIAL = "Social history"
    FAMILY = "Family history"
    FUNCTIONAL = "Functional status"
    MENTAL = "Mental status"
    GOALS = "Goals"
    PLAN = "Plan of treatment"
    DEVICES = "Medical equipment"
    PAYERS = "Insurance"
    TEAM = "Care team"
    DIRECTIVES = "Advance directives"
    INSTRUCTIONS = "Instructions"
    EXAM = "Examination"
    OTHER = "Section"


_CODES: dict[str, Kind] = {
    **dict.fromkeys(("48765-2", "10155-0"), Kind.ALLERGIES),
    **dict.fromkeys(
        ("10160-0", "29549-3", "42346-7", "10183-2", "75311-1", "18605-6", "29551-9", "42347-3"),
        Kind.MEDICATIONS,
    ),
    **dict.fromkeys(("11450-4", "11348-0"), Kind.PROBLEMS),
    **dict.fromkeys(
        (
            "46241-6",
            "42347-5",
            "11535-2",
            "78375-3",
            "10219-4",
            "10218-6",
            "59769-0",
            "29308-4",
            "55109-3",
        ),
        Kind.DIAGNOSES,
    ),
    **dict.fromkeys(("75310-3",), Kind.CONCERNS),
    **dict.fromkeys(("30954-2", "26436-6", "11502-2", "18748-4", "26438-2"), Kind.RESULTS),
    **dict.fromkeys(("8716-3", "74728-7"), Kind.VITALS),
    **dict.fromkeys(("11369-6", "30956-7"), Kind.IMMUNIZATIONS),
    **dict.fromkeys(("47519-4", "29554-3", "10223-6"), Kind.PROCEDURES),
    **dict.fromkeys(("46240-8",), Kind.ENCOUNTERS),
    **dict.fromkeys(("29762-2",), Kind.SOCIAL),
    **dict.fromkeys(("10157-6",), Kind.FAMILY),
    **dict.fromkeys(("47420-5",), Kind.FUNCTIONAL),
    **dict.fromkeys(("10190-7",), Kind.MENTAL),
    **dict.fromkeys(("61146-7",), Kind.GOALS),
    **dict.fromkeys(("18776-5", "59772-4", "51847-2", "62387-6"), Kind.PLAN),
    **dict.fromkeys(("46264-8", "59771-6"), Kind.DEVICES),
    **dict.fromkeys(("48768-6",), Kind.PAYERS),
    **dict.fromkeys(("85847-2",), Kind.TEAM),
    **dict.fromkeys(("42348-3",), Kind.DIRECTIVES),
    **dict.fromkeys(("69730-0",), Kind.INSTRUCTIONS),
    **dict.fromkeys(("29545-1", "10210-3", "8709-8"), Kind.EXAM),
}
_CONSOLIDATED = "2.16.840.1.113883.10.20.22.2."
_CCD = "2.16.840.1.113883.10.20.1."
_IHE = "1.3.6.1.4.1.19376.1.5.3.1.3."
_TEMPLATES: dict[str, Kind] = {
    **{
        _CONSOLIDATED + number: kind
        for kind, numbers in {
            Kind.ALLERGIES: ("6", "6.1"),
            Kind.MEDICATIONS: ("1", "1.1", "38", "44", "11", "11.1"),
            Kind.PROBLEMS: ("5", "5.1", "20"),
            Kind.DIAGNOSES: ("43", "24", "34", "35", "36"),
            Kind.CONCERNS: ("58",),
            Kind.RESULTS: ("3", "3.1"),
            Kind.VITALS: ("4", "4.1"),
            Kind.IMMUNIZATIONS: ("2", "2.1"),
            Kind.PROCEDURES: ("7", "7.1"),
            Kind.ENCOUNTERS: ("22", "22.1"),
            Kind.SOCIAL: ("17",),
            Kind.FAMILY: ("15",),
            Kind.FUNCTIONAL: ("14",),
            Kind.MENTAL: ("56",),
            Kind.GOALS: ("60",),
            Kind.PLAN: ("10", "9", "30"),
            Kind.DEVICES: ("23",),
            Kind.PAYERS: ("18",),
            Kind.TEAM: ("500",),
            Kind.DIRECTIVES: ("21", "21.1"),
            Kind.INSTRUCTIONS: ("45",),
        }.items()
        for number in numbers
    },
    **{
        _CCD + number: kind
        for number, kind in {
            "2": Kind.ALLERGIES,
            "8": Kind.MEDICATIONS,
            "11": Kind.PROBLEMS,
            "14": Kind.RESULTS,
            "16": Kind.VITALS,
            "6": Kind.IMMUNIZATIONS,
            "12": Kind.PROCEDURES,
            "3": Kind.ENCOUNTERS,
            "15": Kind.SOCIAL,
            "4": Kind.FAMILY,
            "5": Kind.FUNCTIONAL,
            "10": Kind.PLAN,
            "7": Kind.DEVICES,
            "9": Kind.PAYERS,
            "1": Kind.DIRECTIVES,
        }.items()
    },
    **{
        _IHE + number: kind
        for number, kind in {
            "13": Kind.ALLERGIES,
            "19": Kind.MEDICATIONS,
            "6": Kind.PROBLEMS,
            "8": Kind.PROBLEMS,
            "27": Kind.RESULTS,
            "28": Kind.RESULTS,
            "25": Kind.VITALS,
            "23": Kind.IMMUNIZATIONS,
            "11": Kind.PROCEDURES,
            "12": Kind.PROCEDURES,
            "16": Kind.SOCIAL,
            "14": Kind.FAMILY,
            "31": Kind.PLAN,
        }.items()
    },
}
_TITLES = (
    (r"allerg|adverse reaction", Kind.ALLERGIES),
    (r"immuni[sz]ation|vaccin", Kind.IMMUNIZATIONS),
    (r"medication|prescription|drugs\b", Kind.MEDICATIONS),
    (r"vital", Kind.VITALS),
    (r"family", Kind.FAMILY),
    (r"social|smoking|tobacco", Kind.SOCIAL),
    (r"health concern", Kind.CONCERNS),
    (r"diagnos[ie]s|complication", Kind.DIAGNOSES),
    (r"problem|condition|past medical|past illness", Kind.PROBLEMS),
    (r"\bresult|\blab", Kind.RESULTS),
    (r"goal", Kind.GOALS),
    (r"plan\b|plan of|planned", Kind.PLAN),
    (r"procedure|surger|surgical history", Kind.PROCEDURES),
    (r"encounter|visits?\b(?!.*reason)", Kind.ENCOUNTERS),
    (r"functional", Kind.FUNCTIONAL),
    (r"mental|cognitive", Kind.MENTAL),
    (r"equipment|device|implant", Kind.DEVICES),
    (r"payer|payor|insurance", Kind.PAYERS),
    (r"care team", Kind.TEAM),
    (r"directive", Kind.DIRECTIVES),
)
_TITLE_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _TITLES)
_LONGEST_TITLE = 60


def kind_of(section: Node) -> Kind:
    code = section.first("code")
    for candidate in (code, *code.all("translation")):
        if candidate.code in _CODES:
            return _CODES[candidate.code]
    for template in sorted(section.templates):
        if template in _TEMPLATES:
            return _TEMPLATES[template]
    title = section.first("title").text or code.get("displayName")
    return next((kind for pattern, kind in _TITLE_PATTERNS if pattern.search(title)), Kind.OTHER)


def title_of(section: Node) -> str:
    title = section.first("title").text or section.first("code").get("displayName")
    return title[:_LONGEST_TITLE].strip() or kind_of(section).value
