"""Which record a clinical statement becomes: by its template, else by where it stands and what it looks like."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from healthmate_desktop.interop.ccda.allergies import allergy
from healthmate_desktop.interop.ccda.coverage import coverage
from healthmate_desktop.interop.ccda.devices import supply
from healthmate_desktop.interop.ccda.drafts import Draft, concept_of
from healthmate_desktop.interop.ccda.encounters import encounter
from healthmate_desktop.interop.ccda.family import family
from healthmate_desktop.interop.ccda.immunizations import immunization, is_vaccine
from healthmate_desktop.interop.ccda.medications import dispense, medication, product_of
from healthmate_desktop.interop.ccda.moods import PLANNED
from healthmate_desktop.interop.ccda.notes import media, note, raw
from healthmate_desktop.interop.ccda.observations import observation, panel, report
from healthmate_desktop.interop.ccda.places import Place
from healthmate_desktop.interop.ccda.plans import care_team, goal
from healthmate_desktop.interop.ccda.problems import DIAGNOSIS_CODES, PROBLEM_TYPES, problem
from healthmate_desktop.interop.ccda.procedures import procedure, request
from healthmate_desktop.interop.ccda.properties import IHE, ROOT, is_property
from healthmate_desktop.interop.ccda.sections import Kind
from healthmate_desktop.interop.ccda.systems import ACT_CODE, CPT, LOINC, TERMINOLOGY, system_named

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node

Maker = Callable[["Node", Place], list[Draft]]
DEEPEST = 25  # statements inside statements

_CONSOLIDATED = ROOT + "22.4."
_ALLERGY = frozenset((_CONSOLIDATED + "7", ROOT + "24.3.90"))
_PROBLEM = frozenset((_CONSOLIDATED + "4",))
_OLD_ALLERGY = frozenset((ROOT + "1.18", IHE + "6"))
_OLD_PROBLEM = frozenset((ROOT + "1.28", IHE + "5"))
_PROCEDURE = frozenset(_CONSOLIDATED + number for number in ("12", "13", "14", "141")) | {
    ROOT + "1.29"
}
_PROCEDURE_SYSTEMS = frozenset((CPT, system_named("HCPCS"), system_named("ICD-10-PCS")))
_WRAPPER_SYSTEMS = frozenset((LOINC, ACT_CODE, TERMINOLOGY + "v3-ActClass", None))
_FAMILY = frozenset((_CONSOLIDATED + "45", ROOT + "1.23"))
_TEAM = frozenset((_CONSOLIDATED + "500",))
_VITALS = frozenset((_CONSOLIDATED + "26", ROOT + "1.35"))
_RESULTS = frozenset((_CONSOLIDATED + "1", ROOT + "1.32"))
_COVERAGE = frozenset((_CONSOLIDATED + "61", ROOT + "1.26"))
_NOTE = frozenset((_CONSOLIDATED + "202",))
_COMMENT = frozenset((_CONSOLIDATED + "64", ROOT + "1.40"))
_NOTE_CODE = "34109-9"
_MEMBERS_INSIDE: frozenset[Maker] = frozenset(
    (family, care_team, coverage)
)  # these read what is in them
_DIAGNOSIS_SECTIONS = frozenset((Kind.PROBLEMS, Kind.DIAGNOSES, Kind.CONCERNS))
_OTHER_FINDINGS = frozenset(
    (Kind.RESULTS, Kind.VITALS, Kind.SOCIAL, Kind.FUNCTIONAL, Kind.MENTAL, Kind.FAMILY)
)
_MEASURES = frozenset(("PQ", "IVL_PQ", "INT", "REAL", "TS", "RTO", "RTO_PQ_PQ", "BL"))

_PARTS = {  # of what kinds a record refers to, and by which element
    "DiagnosticReport": (("result", "Observation"),),
    "Observation": (("hasMember", "Observation"),),
}


class Made(NamedTuple):
    drafts: list[Draft]
    too_deep: bool = False


def read_statement(node: Node, place: Place) -> Made:
    """The records of a statement and of those in it, its own first."""
    maker = maker_of(node, place)
    own = maker(node, place) if maker else []
    if maker in _MEMBERS_INSIDE:
        return Made(own)
    if len(place.around) >= DEEPEST:
        return Made(own, too_deep=bool(own) and any(True for _ in node.statements()))
    inner: list[Draft] = []
    direct: list[Draft] = []
    too_deep = False
    for relation, child in node.statements():
        if is_property(relation if maker else "", child, node):
            continue
        made = read_statement(child, place.inside(node, place.part))
        too_deep = too_deep or made.too_deep
        inner += made.drafts
        direct += made.drafts[:1]
    _link(own, direct)
    return Made(own + inner, too_deep)


def _link(own: list[Draft], parts: list[Draft]) -> None:
    if not own:
        return
    whole = own[0]
    for part in parts:
        for name, kind in _PARTS.get(whole.kind, ()):
            if part.kind == kind:
                whole.add(name, part.reference)
        if whole.kind == "Encounter" and part.kind == "Condition":
            whole.add("diagnosis", {"condition": part.reference})
        elif whole.kind == "Condition" and part.kind == "Observation":
            whole.add("evidence", {"detail": [part.reference]})


def maker_of(node: Node, place: Place) -> Maker | None:
    """None for what only wraps others."""
    if node.tag == "substanceAdministration":
        vaccine = place.kind is Kind.IMMUNIZATIONS or is_vaccine(node, place)
        return immunization if vaccine else medication
    if node.tag == "supply":
        return dispense if _is_medicine(node, place) else supply
    simple: dict[str, Maker] = {
        "encounter": encounter,
        "procedure": procedure,
        "observationMedia": media,
    }
    if node.tag in simple:
        return simple[node.tag]
    if node.tag == "organizer":
        return _organizer(node, place)
    return _act(node, place) if node.tag == "act" else _observation(node, place)


def _is_medicine(node: Node, place: Place) -> bool:
    has_device = any(
        each.first("participantRole", "playingDevice") for each in node.all("participant")
    )
    return bool(product_of(node)) and not has_device and place.kind is not Kind.DEVICES


def _organizer(node: Node, place: Place) -> Maker | None:
    templates = node.templates
    tables: tuple[tuple[frozenset[str], Maker], ...] = (
        (_FAMILY, family),
        (_TEAM, care_team),
        (_VITALS, panel),
        (_RESULTS, report),
    )
    for known, maker in tables:
        if templates & known:
            return maker
    if not any(child.tag == "observation" for _, child in node.statements()):
        return care_team if place.kind is Kind.TEAM else None
    by_kind: dict[Kind, Maker] = {Kind.FAMILY: family, Kind.RESULTS: report}
    return by_kind.get(place.kind, panel)


def _act(node: Node, place: Place) -> Maker | None:
    if node.templates & _NOTE or node.first("code").code == _NOTE_CODE:
        return note
    if node.templates & _COVERAGE or (place.kind is Kind.PAYERS and _names_payer(node)):
        return coverage
    nested = any(not is_property(relation, child, node) for relation, child in node.statements())
    if node.get("moodCode").upper() in PLANNED:
        return None if nested and not node.first("code").code else request
    among = place.kind is Kind.PROCEDURES and not (nested and _only_wraps(node, place))
    if node.templates & _PROCEDURE or among or (not nested and _names_procedure(node, place)):
        return procedure
    return None


def _only_wraps(node: Node, place: Place) -> bool:
    """Named after a kind of act or a section, and not after something that was done."""
    codings = concept_of(node.first("code"), place).get("coding", ())
    return all(coding.get("system") in _WRAPPER_SYSTEMS for coding in codings)


def _names_procedure(node: Node, place: Place) -> bool:
    """Coded in a system that has nothing but procedures and services."""
    codings = concept_of(node.first("code"), place).get("coding", ())
    return any(coding.get("system") in _PROCEDURE_SYSTEMS for coding in codings)


def _names_payer(node: Node) -> bool:
    return bool(node.first("performer")) or any(
        each.get("typeCode").upper() in {"COV", "HLD"} for each in node.all("participant")
    )


def _observation(node: Node, place: Place) -> Maker:
    mood = node.get("moodCode").upper()
    if mood == "GOL" or mood in PLANNED:
        return goal if mood == "GOL" else request
    if node.templates & _ALLERGY or (
        place.kind is Kind.ALLERGIES and not _other_than_allergy(node)
    ):
        return allergy
    if node.templates & _PROBLEM:
        return problem
    of_section: dict[Kind, Maker] = {Kind.FAMILY: family, Kind.PROCEDURES: procedure}
    if place.kind in of_section and not place.around:
        return of_section[place.kind]
    return procedure if node.templates & _PROCEDURE else _by_look(node, place)


def _other_than_allergy(node: Node) -> bool:
    """A problem or a measurement in the allergy section."""
    if any(each.get("typeCode").upper() == "CSM" for each in node.all("participant")):
        return False
    return bool(node.templates & _PROBLEM) or _measured(node)


def _by_look(node: Node, place: Place) -> Maker:
    old_problem = node.templates & _OLD_PROBLEM
    if old_problem and (place.kind in _DIAGNOSIS_SECTIONS or not node.templates & _OLD_ALLERGY):
        return problem
    if node.templates & _OLD_ALLERGY:
        return allergy
    known = any(template.startswith(ROOT) for template in node.templates)
    return problem if not known and _looks_like_problem(node, place) else observation


def _looks_like_problem(node: Node, place: Place) -> bool:
    """By the section, by an act of a diagnosis around it, or by a code that says it is one."""
    if _measured(node) or place.kind in _OTHER_FINDINGS:
        return False
    codes = {each.code for each in (node.first("code"), *node.first("code").all("translation"))}
    if codes & PROBLEM_TYPES:
        return bool(node.first("value"))
    if any(each.tag in {"observation", "organizer"} for each in place.around):
        return False
    diagnosed = any(each.first("code").code in DIAGNOSIS_CODES for each in place.around)
    return diagnosed or place.kind in _DIAGNOSIS_SECTIONS


def _measured(node: Node) -> bool:
    value = node.first("value")
    return value.get("type").rpartition(":")[2].upper() in _MEASURES or bool(value.get("value"))


def keep(node: Node, place: Place) -> list[Draft]:
    """What became no record, kept as it is if it has a code; comments and empty ones are not."""
    if node.templates & _COMMENT:
        return []
    return raw(node, place) if _has_code(node) else []


def _has_code(node: Node) -> bool:
    nodes = (node.first("code"), node.first("value"))
    return any(each.code or each.first("translation").code for each in nodes)
