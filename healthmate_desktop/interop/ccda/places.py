"""Where a statement stands: its document, its section, the statements around it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.proposals import Spot
from healthmate_desktop.interop.ccda.narrative import Narrative, Narratives
from healthmate_desktop.interop.ccda.nodes import NOTHING, Node
from healthmate_desktop.interop.ccda.sections import Kind, kind_of, title_of
from healthmate_desktop.interop.ccda.times import Time, time_of, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_IDS = uuid.UUID("5b0f6f1c-6d0f-4c0e-9a55-0d3c7a1f4e27")


@dataclass(slots=True)
class Document:
    """What all parts of one document share."""

    key: str  # the same for the same bytes: resources get the same ids each time a file is read
    zone: str = ""  # the offset of its own time, for times that have none
    written: Time = field(default_factory=Time)
    patient: str = ""  # a reference; empty in a fragment that does not say whose it is
    narratives: Narratives = field(default_factory=Narratives)
    made: int = 0
    visits: dict[int, dict[str, Any]] = field(default_factory=dict)  # named in it, by its element
    sections: dict[int, Section] = field(default_factory=dict)  # by their element

    @classmethod
    def of(cls, node: Node, key: str) -> Document:
        value = node.first("effectiveTime").get("value")
        zone = zone_of(value)
        return cls(key=key, zone=zone, written=time_of(value, zone))

    def add(self, section: Node) -> None:
        """Makes a section known before anything is read, for references from elsewhere."""
        made = self.sections[id(section)] = Section.of(section)
        self.narratives.add(made.narrative)

    def section(self, node: Node) -> Section:
        return self.sections.get(id(node)) or Section.of(node)

    def new_id(self) -> str:
        self.made += 1
        return str(uuid.uuid5(_IDS, f"{self.key}/{self.made}"))


@dataclass(frozen=True, slots=True)
class Section:
    node: Node = NOTHING
    title: str = ""  # to show
    kind: Kind = Kind.OTHER
    narrative: Narrative = field(default_factory=lambda: Narrative(NOTHING))

    @classmethod
    def of(cls, node: Node) -> Section:
        return cls(node, title_of(node), kind_of(node), Narrative(node.first("text")))


@dataclass(frozen=True, slots=True)
class Place:
    document: Document
    section: Section
    entry: int = 0  # from 1; 0 = not in an entry
    part: int = 0  # from 1, among the parts of the entry that became records
    around: tuple[Node, ...] = ()  # the statements it is in, the nearest last

    @property
    def kind(self) -> Kind:
        return self.section.kind

    @property
    def spot(self) -> Spot:
        return Spot(self.where)

    @property
    def where(self) -> str:
        """Fit to show: "Results, entry 3, part 2"."""
        names = [self.section.title]
        if self.entry:
            names.append(f"entry {self.entry}")
        if self.part:
            names.append(f"part {self.part}")
        return ", ".join(filter(None, names)) or "the document"

    def inside(self, node: Node, part: int) -> Place:
        return replace(self, around=(*self.around, node), part=part)

    # What a reference names, and the row around it

    def referenced(self, name: str) -> str:
        narrative, name = self._at(name)
        return narrative.text(name)

    def row(self, names: Iterable[str]) -> str:
        """The row of the first of these references that leads somewhere."""
        for reference in names:
            narrative, name = self._at(reference)
            row = narrative.row(name)
            if row:
                return row
        return ""

    def _at(self, reference: str) -> tuple[Narrative, str]:
        name = reference.strip().removeprefix("#")
        return self.document.narratives.with_id(name, self.section.narrative), name

    def words_of(self, text: Node) -> str:
        """An ED: its own words, and those it points at."""
        own = text.text
        if text.get("representation").upper() == "B64":
            return ""
        reference = text.first("reference").get("value")
        return own or (self.referenced(reference) if reference else "")
