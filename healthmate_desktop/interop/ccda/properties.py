"""Statements that are no record of their own but say something about the one they are in: status, severity, reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from healthmate_desktop.interop.ccda import doubts
from healthmate_desktop.interop.ccda.nodes import NOTHING
from healthmate_desktop.interop.ccda.people import actor_of
from healthmate_desktop.interop.ccda.systems import identifier_of
from healthmate_desktop.interop.ccda.times import span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthmate_desktop.interop.ccda.drafts import Draft
    from healthmate_desktop.interop.ccda.nodes import Node

ROOT = "2.16.840.1.113883.10.20."
IHE = "1.3.6.1.4.1.19376.1.5.3.1.4."

STATUS = frozenset(("33999-4",))
SEVERITY = frozenset(("SEV", "246112005"))
CRITICALITY = frozenset(("82606-5",))
AGE = frozenset(("445518008", "397659008", "424144002"))
COMMENT = frozenset(("48767-8",))
DOSE_NUMBER = frozenset(("30973-2",))
DIAGNOSED = frozenset(("77975-1",))
PRIORITY = frozenset(("225773000",))
SOURCE = frozenset(("48766-0",))
SIG = frozenset(("76662-6",))
_HEALTH = frozenset(("11323-3",))
_CODES = (
    STATUS
    | SEVERITY
    | CRITICALITY
    | AGE
    | COMMENT
    | DOSE_NUMBER
    | DIAGNOSED
    | PRIORITY
    | SOURCE
    | SIG
    | _HEALTH
)

STATUS_TEMPLATES = frozenset(
    ROOT + number for number in ("22.4.6", "22.4.28", "1.39", "1.47", "1.50", "1.57")
)
REACTION_TEMPLATES = frozenset((ROOT + "22.4.9", ROOT + "1.54"))
INSTRUCTION_TEMPLATES = frozenset((ROOT + "22.4.20", IHE + "3", ROOT + "1.49"))
INDICATION_TEMPLATES = frozenset((ROOT + "22.4.19",))
UDI_TEMPLATES = frozenset((ROOT + "22.4.311",))
DEATH_TEMPLATES = frozenset((ROOT + "22.4.47",))
_TEMPLATES = (
    STATUS_TEMPLATES
    | REACTION_TEMPLATES
    | INSTRUCTION_TEMPLATES
    | INDICATION_TEMPLATES
    | UDI_TEMPLATES
    | DEATH_TEMPLATES
    | frozenset(
        ROOT + "22.4." + number
        for number in (
            "5",  # health status
            "8",  # severity
            "31",  # age
            "53",  # why not immunised
            "64",  # comment
            "118",  # how a substance was given
            "122",  # reference to another entry
            "123",  # monitoring of a drug
            "129",  # planned coverage
            "143",  # priority
            "145",  # criticality
            "147",  # how to take it, in words
        )
    )
    | frozenset(
        (
            ROOT + "1.40",
            ROOT + "1.46",
            ROOT + "1.51",
            ROOT + "1.55",
            IHE + "1",
            IHE + "2",
            IHE + "4.1",
        )
    )
    | frozenset((IHE + "1.1", IHE + "1.2"))
)
_MEDICINES = frozenset(("substanceAdministration", "supply"))


def is_property(relation: str, child: Node, parent: Node) -> bool:
    """Whether `child` says something about `parent` alone, so that it becomes a part of that record."""
    if child.first("code").code in _CODES or child.templates & _TEMPLATES:
        return True
    if child.tag == "observation" and relation in {"MFST", "RSON"}:
        return True
    if child.tag == "supply" and parent.tag in _MEDICINES:
        return True
    return child.tag in {"act", "encounter"} and is_mention(child)


def is_mention(node: Node) -> bool:
    """Only an id, of something that is told elsewhere."""
    told = ("effectiveTime", "value", "text", "participant", "performer", "entryRelationship")
    return not node.first("code").code and not any(node.first(tag) for tag in told)


_NOT_TOLD = re.compile(
    r"unknown|not (?:available|recorded|asked|assessed|documented|applicable|on file|known)"
    r"|no (?:information|data|record)|excluded",
    re.IGNORECASE,
)


def doubt_that_none(draft: Draft) -> None:
    """That none are known reassures, so its words are looked at as well as its code."""
    value = draft.node.first("value")
    words = (draft.words, draft.place.words_of(value.first("originalText")))
    if any(_NOT_TOLD.search(text) for text in words):
        draft.doubt(doubts.NONE_OR_UNKNOWN)


def found(
    node: Node,
    codes: frozenset[str] = frozenset(),
    templates: frozenset[str] = frozenset(),
    relation: str = "",
) -> Iterator[Node]:
    """The statements in `node` of one of these codes or templates, or that belong to it in this way."""
    for link, child in node.statements():
        if (
            (relation and link == relation)
            or child.first("code").code in codes
            or child.templates & templates
        ):
            yield child


def value_of(node: Node, codes: frozenset[str], templates: frozenset[str] = frozenset()) -> Node:
    """The value of the first such statement."""
    return next(found(node, codes, templates), NOTHING).first("value")


def reasons(draft: Draft) -> None:
    """Why it was done or taken."""
    for relation, child in draft.node.statements():
        if child.tag == "observation" and (
            relation == "RSON" or child.templates & INDICATION_TEMPLATES
        ):
            draft.add(
                "reasonCode",
                draft.concept(child.first("value")) or draft.concept(child.first("code")),
            )


def comments(draft: Draft) -> None:
    """Comments and who made them, and other words a record has room for only in a note."""
    zone = draft.place.document.zone
    for _, child in draft.node.statements():
        code = child.first("code").code
        if code in COMMENT or child.templates & {ROOT + "22.4.64", ROOT + "1.40", IHE + "2"}:
            author = child.first("author")
            draft.note(
                draft.place.words_of(child.first("text"))
                or draft.place.words_of(child.first("code", "originalText")),
                when=span_of(author.first("time"), zone).first,
                by=actor_of(author.first("assignedAuthor")).get("display", ""),
            )
        elif code in PRIORITY or code in SOURCE:
            said = draft.concept(child.first("value")).get("text") or child.first("value").text
            name = "Priority" if code in PRIORITY else "Source"
            draft.note(f"{name}: {said}" if said else "")


def put_encounter(draft: Draft, name: str = "encounter") -> None:
    """The visit it belongs to, where it or a statement around only names one by its id."""
    visits = draft.place.document.visits
    for node in (draft.node, *reversed(draft.place.around)):
        if id(node) not in visits:
            visits[id(node)] = _visit_of(node)
        if draft.put(name, visits[id(node)]):
            return


def _visit_of(node: Node) -> dict[str, Any]:
    for _, child in node.statements():
        if child.tag == "encounter" and is_mention(child):
            ids = (
                identifier_of(each.get("root"), each.get("extension")) for each in child.all("id")
            )
            identifier = next(filter(None, ids), None)
            return {"identifier": identifier} if identifier else {}
    return {}


def instructions(node: Node) -> Iterator[Node]:
    for _, child in node.statements():
        if child.tag == "act" and child.templates & INSTRUCTION_TEMPLATES:
            yield child
