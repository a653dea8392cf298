"""The way of every service to the vault: what the role does not include is refused, and looks are logged."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from healthmate_desktop.errors import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.sessions import Action, Session
    from healthmate_desktop.services.ports import Transaction, Vault

COALESCED = 300.0  # seconds in which looks at one person make one event, SECURITY 4.11


class Access:
    """What one session may reach. Which people that is, the store limits in every query."""

    def __init__(
        self, vault: Vault, session: Session, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.session = session
        self._vault = vault
        self._clock = clock
        self._lock = threading.Lock()
        self._looked: dict[PatientId, float] = {}

    @contextlib.contextmanager
    def read(self, action: Action, patient_id: PatientId | None = None) -> Iterator[Transaction]:
        """The records at one moment. Raises NotAllowed, or NotFound for a person outside one's care."""
        self.session.require(action)
        if patient_id is not None:
            self.note_look(patient_id)
        with self._vault.read() as tx:
            yield tx

    @contextlib.contextmanager
    def write(self, action: Action, patient_id: PatientId | None = None) -> Iterator[Transaction]:
        """Leaving the block saves. Raises NotAllowed, or NotFound for a person outside one's care."""
        self.session.require(action)
        with self._vault.write() as tx:
            if patient_id is not None:
                tx.patients.get(patient_id)
            yield tx

    def log(
        self, action: str, *, subject: str = "", details: Mapping[str, str | int] | None = None
    ) -> None:
        """Write an event that no change of a record stands for; everyone's deeds are logged."""
        with self._vault.write() as tx:
            tx.audit.add(action, subject=subject, details=details or {})

    def note_look(self, patient_id: PatientId) -> None:
        """Write into the log that this person's records were looked at, once in five minutes. Raises NotFound."""
        with self._vault.read() as tx:
            tx.patients.get(patient_id)
        now = self._clock()
        with self._lock:
            last = self._looked.get(patient_id)
            if last is not None and now - last < COALESCED:
                return
            self._looked[patient_id] = now
        try:
            with self._vault.write() as tx:
                tx.audit.add(
                    "patient.viewed", subject=f"patient/{patient_id}", patient_id=patient_id
                )
        except VaultError:  # one's records stay readable on a full or failing disk
            with self._lock:
                self._looked.pop(patient_id, None)
