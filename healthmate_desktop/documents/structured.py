"""Files that hold records rather than pages: their proposals, and one page that tells them in words."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from healthmate_desktop.documents import limits, wire
from healthmate_desktop.domain.documents import DocumentKind, Page, Problem, ReadDocument
from healthmate_desktop.domain.facts import facts_of
from healthmate_desktop.domain.proposals import NamedPerson, Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from healthmate_desktop.children import Message
    from healthmate_desktop.interop.tables import KnownColumns

    Found = Proposal | NamedPerson | Problem

STRUCTURED = {
    *(DocumentKind.FHIR, DocumentKind.CCDA, DocumentKind.DICOM),
    *(DocumentKind.TABLE, DocumentKind.SHEET),
}
AT_ONCE = 100  # proposals of a message
# What nobody looks for by its words: who was paid, where it happened, how it was made.
_BACKGROUND = {
    *(
        "Patient",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Location",
        "Provenance",
        "Device",
    ),
    *("Claim", "ClaimResponse", "ExplanationOfBenefit", "Coverage", "Account", "ChargeItem"),
    *("Basic", "Binary", "Bundle", "Composition", "Endpoint", "Parameters", "OperationOutcome"),
}


def _read(content: bytes, kind: DocumentKind, known: KnownColumns | None) -> Iterator[Found]:
    if kind is DocumentKind.FHIR:
        from healthmate_desktop.interop.fhir import read_fhir

        return read_fhir(content)
    if kind is DocumentKind.CCDA:
        from healthmate_desktop.interop.ccda import read_ccda

        return read_ccda(content)
    if kind is DocumentKind.DICOM:
        from healthmate_desktop.documents.dicom import read_dicom

        return read_dicom(content)
    from healthmate_desktop.documents.grids import read_grids

    return read_grids(content, kind, known)


def read_structured(
    content: bytes, kind: DocumentKind, known: KnownColumns | None = None
) -> Iterator[Message]:
    """Tables by what is `known` of their columns. Raises UnreadableDocument or UnsupportedDocument."""
    yield {"total": 1}
    gathered = Gathered()
    for message in gathered.messages(_read(content, kind, known)):
        yield message
        limits.allow_another_page()
    yield wire.packed_page(_page(content, kind, gathered))
    yield wire.packed_end(gathered.document(kind, ""))


def _page(content: bytes, kind: DocumentKind, gathered: Gathered) -> Page:
    """A table in text is shown as it is, a picture by what it says of itself, the rest in the words of its records."""
    if kind is DocumentKind.TABLE:
        from healthmate_desktop.documents.text import read_text

        return read_text(content, DocumentKind.TEXT).pages[0]
    if kind is DocumentKind.DICOM:
        from healthmate_desktop.documents.dicom import describe_dicom

        return describe_dicom(content)
    return Page(1, gathered.page_text())


class Gathered:
    """Passes proposals on as messages and keeps what is said at the end."""

    def __init__(self) -> None:
        self.people: list[NamedPerson] = []
        self.problems: list[Problem] = []
        self._lines: list[str] = []
        self._length = 0

    def messages(self, found: Iterable[Found]) -> Iterator[Message]:
        proposals = self._proposals(found)
        while some := list(islice(proposals, AT_ONCE)):
            yield wire.packed_proposals(some)

    def document(self, kind: DocumentKind, title: str) -> ReadDocument:
        return ReadDocument(
            kind, title, (), tuple(self.problems), people=tuple(dict.fromkeys(self.people))
        )

    def page_text(self) -> str:
        return "\n".join(self._lines) or "Nothing in this file can be told in words."

    def _proposals(self, found: Iterable[Found]) -> Iterator[Proposal]:
        for each in found:
            if isinstance(each, NamedPerson):
                self.people.append(each)
            elif isinstance(each, Problem):
                self.problems.append(each)
            else:
                self._tell(each)
                yield each

    def _tell(self, proposal: Proposal) -> None:
        line = line_of(proposal)
        self._length += len(line) + 1
        if line and self._length <= limits.LONGEST_TEXT:
            self._lines.append(line)


def line_of(proposal: Proposal) -> str:
    """What a record says, in one line: "2024-03-01 Glucose: 5.4 mmol/L (3.9 - 5.6) H"; "" where that says nothing."""
    facts = facts_of(proposal.resource)
    if facts.type in _BACKGROUND or not (facts.display or proposal.text):
        return ""
    said = " ".join(proposal.text.split()) or facts.display
    if facts.value and facts.value not in said:
        limits_text = f" ({facts.range_text})" if facts.range_text else ""
        said = f"{said}: {facts.value}{limits_text} {facts.interpretation}".rstrip()
    status = (
        facts.status if facts.status not in {"", "final", "completed", "finished", "active"} else ""
    )
    words = (facts.effective[:10], said, f"({status})" if status else "")
    return " ".join(word for word in words if word)[:2000]
