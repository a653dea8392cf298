"""What was read out of a document becomes records that wait for a person, or count at once where that was asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.facts import fingerprint
from healthmate_desktop.domain.ids import RecordId, new_id
from healthmate_desktop.domain.records import Record, RecordFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.proposals import Proposal
    from healthmate_desktop.services.ports import Transaction


def keep_proposals(
    tx: Transaction, document: Document, proposals: Iterable[Proposal], *, accept_all: bool
) -> Counter[str]:
    """In place of those of the same document that nobody has decided on; how many there are of each FHIR type."""
    decided = _decided_before(tx, document)
    records = [_record(document, proposal) for proposal in proposals]
    records = [record for record in records if record.fingerprint not in decided]
    records = list(_without_repeats(records))
    if accept_all:
        known = tx.records.twins(document.patient_id, [record.fingerprint for record in records])
        records = [_decided(record, known.get(record.fingerprint)) for record in records]
    tx.records.remove_proposed(document.id)
    tx.records.add(records)
    return Counter(record.type for record in records)


def _without_repeats(records: Iterable[Record]) -> Iterator[Record]:
    """Of what a document says twice the first counts, and the rest is "already here", but for numbers of their own."""
    numbers: dict[str, set[str]] = {}
    for record in records:
        number = str(record.resource.get("id") or record.resource.get("identifier") or "")
        known = numbers.setdefault(record.fingerprint, set())
        again = bool(known) and (not number or not known.isdisjoint({number, ""}))
        known.add(number)
        yield replace(record, state="rejected") if again else record


def _decided_before(tx: Transaction, document: Document) -> set[str]:
    """What a person accepted or rejected of an earlier reading of it is not asked again."""
    wanted = RecordFilter(state="", document_id=document.id)
    known = tx.records.of_patient(document.patient_id, wanted)
    waiting = {record.fingerprint for record in known if record.state == "proposed"}
    return {record.fingerprint for record in known} - waiting


def _record(document: Document, proposal: Proposal) -> Record:
    resource = dict(proposal.resource)
    return Record(
        id=RecordId(new_id()),
        patient_id=document.patient_id,
        document_id=document.id,
        state="proposed",
        resource=resource,
        spot=proposal.spot,
        text=proposal.text,
        doubts=proposal.doubts,
        fingerprint=fingerprint(resource),
    )


def _decided(record: Record, known: Record | None) -> Record:
    if record.state == "rejected":
        return record
    return replace(record, state="rejected" if _is_same(record, known) else "accepted")


def _is_same(record: Record, known: Record | None) -> bool:
    """Whether it is here already. Two that say the same and carry ids of their own are two for whoever sent them."""
    if known is None:
        return False
    ids = {str(each.resource["id"]) for each in (record, known) if "id" in each.resource}
    return len(ids) < 2
