"""A document's proposals and what is around them, read off the GUI thread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.ui.drafts import Spot
from healthmate_desktop.ui.review.items import Item, items_of, rows_of

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.proposals import NamedPerson
    from healthmate_desktop.domain.records import Standing
    from healthmate_desktop.services.review import Waiting
    from healthmate_desktop.ui.documents.value_list import ValueRow
    from healthmate_desktop.ui.gate import OpenVault


Draft = tuple[str, Mapping[str, str]]
"""A correction that is being typed: the id of the record, and the words by field."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`items` are the first of those that `counts` counts."""

    document: Document
    items: list[Item]
    rows: list[ValueRow]  # of these, as they are listed
    counts: Mapping[Standing, int]
    strangers: tuple[NamedPerson, ...]
    others: list[Waiting]  # documents that wait beside this one
    draft: Draft | None  # of before the vault was locked


def load_review(vault: OpenVault, patient_id: PatientId, document_id: str) -> Loaded | None:
    """With an empty id, the newest that waits; None where none does. Raises HealthMateError."""
    waiting = vault.review.waiting(patient_id)
    wanted = document_id or next((each.document.id for each in waiting), "")
    if not wanted:
        return None
    review = vault.review.open(DocumentId(wanted))
    names: dict[str, str] = {
        document.id: document.name for document in vault.documents.of_patient(patient_id)
    }
    others = [each for each in waiting if each.document.id != wanted]
    items = items_of(review, names)
    spot = spot_of(patient_id, review.document.id)
    draft = draft_of(vault.drafts.get(spot.place, spot.patient_id))
    return Loaded(
        review.document, items, rows_of(items), review.counts, review.strangers, others, draft
    )


def spot_of(patient_id: PatientId, document_id: DocumentId) -> Spot:
    """Where words that are typed into a correction are kept."""
    return Spot(f"review.{document_id}", patient_id)


def draft_text(item: Item, texts: Mapping[str, str]) -> str:
    return json.dumps([item.record.id, dict(texts)])


def draft_of(text: str) -> Draft | None:
    """None for one that was too long to be kept whole."""
    try:
        record_id, texts = json.loads(text)
    except ValueError:
        return None
    return record_id, texts
