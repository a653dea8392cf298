"""Words being typed, kept in the vault until they are sent, so that a lock loses none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import storable

if TYPE_CHECKING:
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.access import Access

LONGEST = 20_000  # letters


class DraftService:
    """Each user's own. `place` names the field, "ask"; without a person the draft belongs to none."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def save(self, place: str, patient_id: PatientId | None, text: str) -> None:
        """An empty text forgets the draft."""
        with self._access.write(Action.VIEW) as tx:
            if text:
                tx.drafts.save(place, patient_id, storable(text[:LONGEST]))
            else:
                tx.drafts.remove(place, patient_id)

    def get(self, place: str, patient_id: PatientId | None) -> str:
        with self._access.read(Action.VIEW) as tx:
            return tx.drafts.get(place, patient_id)
