"""A FHIR resource while it is put together from one statement, and what makes a person look at it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts as sentences
from healthmate_desktop.interop.ccda.quantities import quantity_of
from healthmate_desktop.interop.ccda.systems import identifier_of, system_of
from healthmate_desktop.interop.ccda.times import Span, Time, span_of

if TYPE_CHECKING:
    from healthmate_desktop.interop.ccda.nodes import Node
    from healthmate_desktop.interop.ccda.places import Place

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"  # of an extension
ORIGINAL = "http://hl7.org/fhir/StructureDefinition/originalText"
_PATIENT = frozenset(
    (
        "AllergyIntolerance",
        "Device",
        "FamilyMemberHistory",
        "Immunization",
        "ImmunizationRecommendation",
    )
)
_LONGEST_NAME = 200
_WORD = re.compile(r"[^\W_]{2,}")
_NOBODY = frozenset(("Patient", "Coverage"))
Concept = dict[str, Any]


@dataclass(slots=True)
class Draft:
    resource: dict[str, Any]
    node: Node
    place: Place
    doubts: list[str] = field(default_factory=list)
    text: str = ""  # instead of the row in the narrative

    @classmethod
    def new(cls, kind: str, node: Node, place: Place) -> Draft:
        resource: dict[str, Any] = {"resourceType": kind, "id": place.document.new_id()}
        identifiers = [
            identifier
            for each in node.all("id")
            if (identifier := identifier_of(each.get("root"), each.get("extension")))
        ]
        if identifiers:
            resource["identifier"] = identifiers
        if place.document.patient and kind not in _NOBODY:
            name = "patient" if kind in _PATIENT else "subject"
            resource[name] = {"reference": place.document.patient}
        return cls(resource, node, place)

    @property
    def kind(self) -> str:
        return str(self.resource["resourceType"])

    @property
    def says_something(self) -> bool:
        """Whether it names what it is about, or at least has a value."""
        if sentences.NO_NAME not in self.doubts:
            return True
        return any(name.startswith("value") or name == "component" for name in self.resource)

    @property
    def reference(self) -> dict[str, str]:
        return {"reference": f"{self.kind}/{self.resource['id']}"}

    def doubt(self, sentence: str) -> None:
        if sentence not in self.doubts:
            self.doubts.append(sentence)

    def put(self, name: str, value: Any) -> bool:
        """Sets it unless there is nothing to set."""
        if value is None or value in ("", [], {}, ()):
            return False
        self.resource[name] = value
        return True

    def add(self, name: str, *values: Any) -> None:
        for value in values:
            if value not in (None, "", {}, []):
                self.resource.setdefault(name, []).append(value)

    # Codes

    def concept(self, node: Node) -> Concept:
        return concept_of(node, self.place)

    def put_concept(self, name: str, node: Node) -> bool:
        return self.put(name, self.concept(node))

    def name(self, name: str, *nodes: Node) -> None:
        """The code it is all about: the first of these that says anything, else the words in the narrative."""
        for node in nodes:
            concept = self.concept(node)
            if concept:
                if not concept.get("coding"):
                    self.doubt(sentences.WORDS_ONLY)
                self.resource[name] = concept
                return
        words = self.words
        if words:
            self.resource[name] = {"text": words}
            self.doubt(sentences.WORDS_ONLY)
        else:
            self.doubt(sentences.NO_NAME)

    @property
    def words(self) -> str:
        """What its own text says or points at."""
        return self.place.words_of(self.node.first("text"))

    # Times

    def span(self, node: Node) -> Span:
        span = span_of(node, self.place.document.zone)
        if span.unread:
            self.doubt(sentences.bad_date(span.unread))
        return span

    def put_time(self, name: str, time: Time) -> None:
        put_time(self.resource, name, time)

    def put_when(self, name: str, node: Node, *, as_point: bool = False) -> Span:
        """`name`DateTime or `name`Period."""
        span = self.span(node)
        if span.point or (as_point and span.first):
            self.put_time(name + "DateTime", span.first)
        else:
            self.put(name + "Period", period_of(span))
        return span

    # Everything a statement may say about itself

    def note(self, text: str, *, when: Time | None = None, by: str = "") -> None:
        if text:
            note: dict[str, Any] = {"text": text}
            if by:
                note["authorString"] = by
            if when:
                put_time(note, "time", when)
            self.add("note", note)

    @property
    def negated(self) -> bool:
        return is_negated(self.node)

    @property
    def status(self) -> str:
        return self.node.first("statusCode").code.casefold()

    def amount(self, node: Node) -> dict[str, Any]:
        quantity = quantity_of(node)
        if quantity.get("unit") and "code" not in quantity:
            self.doubt(sentences.odd_unit(quantity["unit"]))
        return quantity


def put_time(target: dict[str, Any], name: str, time: Time) -> None:
    if time:
        target[name] = time.text
        if time.sent:  # a time of day without an offset cannot stand in a FHIR dateTime
            target["_" + name] = {"extension": [{"url": ORIGINAL, "valueString": time.sent}]}


def is_negated(node: Node) -> bool:
    return node.get("negationInd").casefold() in {"true", "1"}


def period_of(span: Span) -> dict[str, Any]:
    period: dict[str, Any] = {}
    put_time(period, "start", span.start or span.point)
    put_time(period, "end", span.end or span.point)
    return period


def concept_of(node: Node, place: Place) -> Concept:
    """A FHIR CodeableConcept of any coded value: its own code, its translations, and the words it was written in."""
    codings = [coding for each in _codes(node) if (coding := coding_of(each))]
    words = _words_of(node, place, next((c["display"] for c in codings if "display" in c), ""))
    concept: Concept = {}
    if codings:
        concept["coding"] = codings
    if words:
        concept["text"] = words
    return concept


def _words_of(node: Node, place: Place, display: str) -> str:
    """The words it was written in, else its name.

    A reference may lead astray, to a whole paragraph or to the cell beside: where a coded value has a name that
    shares no word with what is there, the name stands. The row is kept with the proposal anyway.
    """
    original = node.first("originalText")
    name = node.get("displayName") or display
    words = place.words_of(original)
    astray = len(words) > _LONGEST_NAME or not _akin(name, words)
    return name if name and words and not original.text and astray else words or name


def _akin(name: str, words: str) -> bool:
    return bool(set(_WORD.findall(name.casefold())) & set(_WORD.findall(words.casefold())))


def _codes(node: Node) -> list[Node]:
    found = [node]
    for translation in node.all("translation"):
        found += [translation, *translation.all("translation")]
    return found


def coding_of(node: Node) -> dict[str, str]:
    code = node.code
    if not code or code.casefold() in {"null", "unk", "n/a", "none"}:
        return {}
    coding = {}
    system = system_of(node.get("codeSystem"), node.get("codeSystemName"), code)
    if system:
        coding["system"] = system
    coding["code"] = " ".join(code.split())
    display = node.get("displayName")
    if display:
        coding["display"] = display
    return coding


def codes_in(concept: Concept) -> frozenset[str]:
    return frozenset(coding["code"] for coding in concept.get("coding", ()))


def coded(system: str, code: str, display: str = "") -> Concept:
    coding = {"system": system, "code": code}
    return (
        {"coding": [{**coding, "display": display}], "text": display}
        if display
        else {"coding": [coding]}
    )
