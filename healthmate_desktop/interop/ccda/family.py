"""What relatives have or had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda.drafts import Draft, codes_in, period_of
from healthmate_desktop.interop.ccda.names import plain_name
from healthmate_desktop.interop.ccda.patients import gender_of
from healthmate_desktop.interop.ccda.people import author_of
from healthmate_desktop.interop.ccda.properties import (
    AGE,
    DEATH_TEMPLATES,
    comments,
    found,
    value_of,
)
from healthmate_desktop.interop.ccda.times import time_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

_DEAD = "419099009"
_UNKNOWN_RELATIVE = {"text": "Relative"}


def family(node: Node, place: Place) -> list[Draft]:
    """An organizer of one relative, or one observation that names its relative itself."""
    draft = Draft.new("FamilyMemberHistory", node, place)
    related = node.first("subject", "relatedSubject")
    draft.put("status", "completed")
    draft.put("relationship", draft.concept(related.first("code")) or _UNKNOWN_RELATIVE)
    person = related.first("subject")
    draft.put("name", plain_name(person.first("name")))
    sex = person.first("administrativeGenderCode")
    gender = gender_of(sex)
    if gender:
        system = "http://hl7.org/fhir/administrative-gender"
        draft.put(
            "sex", {"coding": [{"system": system, "code": gender}], "text": gender.capitalize()}
        )
    draft.put("bornDate", time_of(person.first("birthTime").get("value")).text[:10])
    _, when = author_of(draft)
    draft.put_time("date", when)
    _deceased(draft, person)
    parts = [child for _, child in node.statements() if child.tag == "observation"]
    for child in parts if node.tag == "organizer" else [node]:
        draft.add("condition", _condition(draft, child))
    comments(draft)
    return [draft]


def _deceased(draft: Draft, person: Node) -> None:
    time = draft.span(person.first("deceasedTime")).first
    said = person.first("deceasedInd").get("value")
    if time:
        draft.resource["deceasedDate"] = time.text[:10]
    elif said in {"true", "false"}:
        draft.resource["deceasedBoolean"] = said == "true"


def _condition(draft: Draft, node: Node) -> dict[str, Any]:
    value = node.first("value")
    code = draft.concept(value) or ({"text": value.text} if value.text else {})
    if not code and node.tag == "observation":
        words = draft.place.words_of(node.first("text"))
        code = {"text": words} if words else {}
    if not code:
        return {}
    condition: dict[str, Any] = {"code": code}
    if node.get("negationInd") == "true":
        condition["code"] = {"text": f"Not present: {code.get('text', '')}".strip(": ")}
        condition["note"] = [{"text": "The document says that this relative does not have it."}]
    died = list(found(node, templates=DEATH_TEMPLATES, relation="CAUS"))
    if any(
        _DEAD in codes_in(draft.concept(each.first("value"))) or not each.first("value")
        for each in died
    ):
        condition["contributedToDeath"] = True
        if "deceasedDate" not in draft.resource:
            draft.resource["deceasedBoolean"] = True
    age = draft.amount(value_of(node, AGE))
    span = draft.span(node.first("effectiveTime"))
    if age:
        condition["onsetAge"] = age
    elif span.point or span.start:
        period = period_of(span)
        condition["onsetPeriod"] = period
    return condition
