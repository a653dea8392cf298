"""A document's proposals and what is around them, read off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.ui.review.items import Item, items_of, rows_of

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.ids import DocumentId, PatientId
    from healthmate_desktop.domain.proposals import NamedPerson
    from healthmate_desktop.services.review import Waiting
    from healthmate_desktop.ui.documents.value_list import ValueRow
    from healthmate_desktop.ui.gate import OpenVault


@dataclass(frozen=True, slots=True)
class Loaded:
    document: Document
    items: list[Item]
    rows: list[ValueRow]  # of these, as they are listed
    strangers: tuple[NamedPerson, ...]
    others: list[Waiting]  # documents that wait beside this one


def load_review(vault: OpenVault, patient_id: PatientId, document_id: DocumentId) -> Loaded:
    """Raises HealthMateError."""
    review = vault.review.open(document_id)
    names: dict[str, str] = {
        document.id: document.name for document in vault.documents.of_patient(patient_id)
    }
    others = [w for w in vault.review.waiting(patient_id) if w.document.id != document_id]
    items = items_of(review, names)
    return Loaded(review.document, items, rows_of(items), review.strangers, others)
