"""A whole file: every document, section or loose entry in it, in its order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.proposals import Proposal
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.ccda.drafts import Draft, concept_of
from healthmate_desktop.interop.ccda.encounters import encounter
from healthmate_desktop.interop.ccda.narrative import LONGEST_ROW
from healthmate_desktop.interop.ccda.nodes import STATEMENTS, Node
from healthmate_desktop.interop.ccda.notes import attachment, section_note, text_note
from healthmate_desktop.interop.ccda.patients import patient_of, person_of
from healthmate_desktop.interop.ccda.places import Document, Place, Section
from healthmate_desktop.interop.ccda.plans import care_plan, team_of_service
from healthmate_desktop.interop.ccda.sections import Kind
from healthmate_desktop.interop.ccda.statements import keep, read_statement
from healthmate_desktop.interop.ccda.xml import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.domain.proposals import NamedPerson

    Found = Iterator[Proposal | NamedPerson | Problem]

MOST_PROBLEMS = 500
_DAMAGED = "The file is damaged. What could be read is here; something may be missing."
_NOTHING = (
    "This file has the form of a health document, but no record was found in it. The file is kept as it is. "
    "Ask the sender for a document with records, or open it to read it."
)
_EMPTY_ENTRY = "This entry names nothing that could be kept."
_TOO_DEEP = (
    "This entry has more parts inside parts than a real one. Those furthest in were left out."
)
_NO_INFORMATION = "The document says that it has no information for this section."
_NO_WORDS = "This section is empty."
_BAD_ATTACHMENT = "The attachment is damaged or packed in a way that HealthMate does not read."
_ELSEWHERE = "The document is in another file that was not sent along. Ask the sender for it."
_MORE = "More problems of this kind were left out."
_WORDS_ALWAYS = frozenset((Kind.OTHER, Kind.INSTRUCTIONS, Kind.EXAM))
_PLANS = frozenset((Kind.PLAN, Kind.GOALS))


def read_ccda(content: bytes) -> Found:
    """All a C-CDA document or a fragment of one says, lazily, in its order.

    Each entry becomes one Proposal per clinical statement. An attachment is a DocumentReference whose
    `content[0].attachment` has `contentType` and `data`; text in it is `text/plain; charset=utf-8`.
    Raises UnreadableDocument for what is no XML, is over a limit, has a DTD with a body, or holds nothing.
    """
    parsed = parse(content)
    if parsed.damaged:
        yield Problem("the document", _DAMAGED)
    reader = _Reader(hashlib.sha256(content).hexdigest())
    problems = 0
    for found in reader.read(parsed.root):
        problems += isinstance(found, Problem)
        if not isinstance(found, Problem) or problems <= MOST_PROBLEMS:
            yield found
    if problems > MOST_PROBLEMS:
        yield Problem("the document", _MORE)
    if not reader.found:
        raise UnreadableDocument(_NOTHING)


class _Reader:
    def __init__(self, key: str) -> None:
        self.key = key
        self.documents = 0
        self.document = Document(key)
        self.contacts: list[Node] = []  # participants of the header
        self.found = False
        self.loose = 0  # entries without a section, counted

    def read(self, root: Node) -> Found:
        if not any(True for _ in root.anywhere("ClinicalDocument")):
            self._begin(root, Document(self.key))
        for item in self._walk(root):
            self.found = True
            yield item

    def _begin(self, node: Node, document: Document) -> None:
        """Makes known what parts point at: the words of every section, and the person."""
        self.document = document
        self.contacts = list(node.all("participant"))
        for section in node.anywhere("section"):
            document.add(section)
        if any(True for _ in node.anywhere("patientRole")):
            document.patient = f"Patient/{document.new_id()}"

    def _walk(self, node: Node) -> Found:
        for child in node.children:
            yield from self._one(child)

    def _one(self, node: Node) -> Found:
        if node.tag == "ClinicalDocument":
            self.documents += 1
            self._begin(node, Document.of(node, f"{self.key}/{self.documents}"))
            yield from self._walk(node)
        elif node.tag == "recordTarget" or (node.tag == "patientRole" and node.first("patient")):
            yield from self._person(node)
        elif node.tag == "section":
            yield from self._section(node)
        elif node.tag in STATEMENTS:
            self.loose += 1
            place = Place(self.document, Section(), self.loose)
            yield from (item for item, _ in self._statement(node, place))
        elif node.tag == "nonXMLBody":
            yield from self._other_body(node)
        elif node.tag in {"encompassingEncounter", "serviceEvent"}:
            yield from self._header(node)
        elif node.tag not in _PASSED_OVER:
            yield from self._walk(node)

    # The header

    def _person(self, node: Node) -> Found:
        person = person_of(node)
        yield person
        place = Place(self.document, Section(title="Patient"))
        draft = patient_of(node, place, self.contacts)
        if self.document.patient:
            draft.resource["id"] = self.document.patient.partition("/")[2]
        draft.text = person.name
        yield _proposal(draft)

    def _header(self, node: Node) -> Found:
        place = Place(self.document, Section(title="Document header"))
        if node.tag == "serviceEvent":
            team = team_of_service(node, place)
            if team:
                yield _proposal(team)
        else:
            draft = encounter(node, place)[0]
            if "period" in draft.resource or "type" in draft.resource:
                yield _proposal(draft)

    # The body

    def _other_body(self, node: Node) -> Found:
        """A document that is one attachment."""
        place = Place(self.document, Section(title="Document"))
        text = node.first("text")
        if text.first("reference").get("value"):
            yield Problem(place.where, _ELSEWHERE)
            return
        packed = text.get("representation").upper() == "B64"
        drafts = attachment(text, node, place) if packed else text_note(text, node, place)
        yield from map(_proposal, drafts)
        if not drafts:
            yield Problem(place.where, _BAD_ATTACHMENT if packed else _NO_WORDS)

    def _section(self, node: Node) -> Found:
        place = Place(self.document, self.document.section(node))
        made: list[Draft] = []
        entries = 0
        for link in node.children:
            if link.tag == "entry" or link.tag in STATEMENTS:
                statements = (
                    [link]
                    if link.tag in STATEMENTS
                    else [c for c in link.children if c.tag in STATEMENTS]
                )
                entries += 1
                for statement in statements:
                    here = Place(self.document, place.section, entries)
                    for item, draft in self._statement(statement, here):
                        made += [draft] if draft else []
                        yield item
        if place.kind in _PLANS:
            plan = care_plan(node, place, made)
            if plan:
                yield _proposal(plan)
        yield from self._words(place, made=bool(made), told=bool(entries))
        for link in node.all("component"):
            yield from self._walk(link)

    def _words(self, place: Place, *, made: bool, told: bool) -> Found:
        """The words of a section, where they are all it has or more than its entries say."""
        if made and place.kind not in _WORDS_ALWAYS:
            return
        if place.section.node.null:
            yield Problem(place.where, _NO_INFORMATION)
            return
        draft = section_note(place)
        if draft:
            yield _proposal(draft)
        elif not told and not place.section.node.first("component"):
            yield Problem(place.where, _NO_WORDS)

    def _statement(
        self, node: Node, place: Place
    ) -> Iterator[tuple[Proposal | Problem, Draft | None]]:
        made = read_statement(node, place)
        drafts = [draft for draft in made.drafts if draft.says_something] or keep(node, place)
        for number, draft in enumerate(drafts, 1):
            yield _proposal(draft, number if len(drafts) > 1 else 0), draft
        if made.too_deep:
            yield Problem(place.where, _TOO_DEEP), None
        if not drafts:
            yield Problem(place.where, _EMPTY_ENTRY), None


_PASSED_OVER = frozenset(
    ("text", "title", "code", "templateId", "id", "author", "informant", "custodian")
)


def _proposal(draft: Draft, part: int = 0) -> Proposal:
    place = (
        draft.place
        if not part
        else Place(draft.place.document, draft.place.section, draft.place.entry, part)
    )
    return Proposal(draft.resource, place.spot, draft.text or row_of(draft), tuple(draft.doubts))


def row_of(draft: Draft) -> str:
    """The row of the narrative it came from, or the words of its code."""
    node, place = draft.node, draft.place
    row = place.row(_references(node))
    if row:
        return row
    words = draft.words
    if words:
        return words
    names = [concept_of(each, place).get("text", "") for each in _named(node)]
    for name in names:
        row = place.section.narrative.row_with(name)
        if row:
            return row
    return next(filter(None, names), "") or _rows_inside(node, place)


def _rows_inside(node: Node, place: Place) -> str:
    """The rows of its parts, where it has no words itself."""
    rows = (
        place.row(_references(child)) or place.words_of(child.first("text"))
        for _, child in node.statements()
    )
    told = list(dict.fromkeys(filter(None, rows)))
    if not told:
        values = (
            concept_of(child.first("value"), place).get("text", "")
            for _, child in node.statements()
        )
        told = list(dict.fromkeys(filter(None, values)))
    return "\n".join(told)[:LONGEST_ROW]


def _references(node: Node) -> Iterator[str]:
    yield from (each.get("value") for each in node.first("text").all("reference"))
    for each in _named(node):
        yield from (found.get("value") for found in each.all("originalText", "reference"))


def _named(node: Node) -> Iterator[Node]:
    """The codes that say what it is about, the most telling first."""
    yield node.first("value")
    for path in (
        ("consumable", "manufacturedProduct", "manufacturedMaterial", "code"),
        ("product", "manufacturedProduct", "manufacturedMaterial", "code"),
    ):
        yield node.first(*path)
    for participant in node.all("participant"):
        yield participant.first("participantRole", "playingEntity", "code")
        yield participant.first("participantRole", "playingDevice", "code")
    yield node.first("code")
