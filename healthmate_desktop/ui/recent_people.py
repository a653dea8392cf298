"""The people used last, so that the menu stays short and one comes back to where one was."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from healthmate_desktop.domain.ids import PatientId
from healthmate_desktop.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Grant
    from healthmate_desktop.ui.gate import OpenVault

MOST = 9
PLACE = "people.recent"  # kept with the drafts: encrypted, and each user's own


@dataclass(frozen=True, slots=True)
class Recent:
    """Newest first, filled up with others; `grants` are the emergencies among them that still hold."""

    people: list[Patient]
    grants: list[Grant]


def read_recent(vault: OpenVault) -> Recent:
    """Off the GUI thread."""
    people: dict[str, Patient] = {}
    for patient_id in vault.drafts.get(PLACE, None).split():
        with contextlib.suppress(NotFound, NotAllowed):  # no longer here, or in one's care
            people[patient_id] = vault.patients.get(PatientId(patient_id))
    for patient in vault.patients.find("", MOST):
        people.setdefault(patient.id, patient)
    return Recent(list(people.values())[:MOST], _emergencies(vault))


def keep_recent(vault: OpenVault, people: list[Patient]) -> None:
    """Off the GUI thread."""
    vault.drafts.save(PLACE, None, " ".join(patient.id for patient in people[:MOST]))


def _emergencies(vault: OpenVault) -> list[Grant]:
    session, now = vault.session, datetime.now(UTC)
    if session.sees == "all":
        return []
    grants: list[Grant] = []
    with contextlib.suppress(NotAllowed):
        grants = vault.users.grants(session.user_id)
    return [g for g in grants if g.reason and g.until is not None and g.until > now]
