"""Records: FHIR R4 resources of a person, each with where it was read and whether the person has checked it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.facts import facts_of

if TYPE_CHECKING:
    from datetime import date

    from healthmate_desktop.domain.facts import Facts
    from healthmate_desktop.domain.ids import DocumentId, PatientId, RecordId
    from healthmate_desktop.domain.proposals import Resource, Spot

RecordState = Literal["proposed", "accepted", "rejected"]
Standing = Literal["look", "plain", "here"]
"""Of a proposal, as they are looked at: in doubt or conflict, nothing against it, in the records already."""


@dataclass(frozen=True, slots=True)
class Record:
    """`resource` is what was read, or what the person made of it; nothing but accepted ones is a fact."""

    id: RecordId
    patient_id: PatientId
    document_id: DocumentId | None  # None = entered by hand
    state: RecordState
    resource: Resource
    spot: Spot
    text: str = ""  # the letters it was read from
    doubts: tuple[str, ...] = ()
    fingerprint: str = ""  # the same for the same fact from another file, see facts.fingerprint

    @property
    def type(self) -> str:
        """The FHIR resource type."""
        return str(self.resource.get("resourceType", ""))

    @property
    def facts(self) -> Facts:
        return facts_of(self.resource)


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records to list, oldest first. Empty values do not limit."""

    type: str = ""
    code: str = ""  # of any coding, in any system
    since: date | None = None
    until: date | None = None  # that day included
    state: RecordState | Literal[""] = "accepted"
    document_id: DocumentId | None = None
    limit: int = 0  # 0 = all
