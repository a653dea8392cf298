"""What goes with a session, in memory: who can sign in, drafts, keys, the log's answer, and when it locks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from healthmate_desktop.domain.backups import BackupPlan, BackupProgress, BackupReport
from healthmate_desktop.domain.ids import SessionId, UserId
from healthmate_desktop.domain.sessions import (
    Action,
    Grant,
    LockPolicy,
    Role,
    Sees,
    Session,
    User,
)
from healthmate_desktop.errors import InvalidInput, NotAllowed
from healthmate_desktop.services.audit import AuditService
from healthmate_desktop.services.backup import BackupService
from healthmate_desktop.services.drafts import DraftService
from healthmate_desktop.services.keys import KeyService, RenewalReport
from healthmate_desktop.services.policy import PolicyService
from healthmate_desktop.services.users import UserService

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from healthmate_desktop.domain.backups import BackupFile
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.patients import Patient
    from ui.window_fakes import FakePatients

WHEN = datetime(2026, 6, 3, 12, tzinfo=UTC)
SIX_WORDS = "gravel tulip anthem sixfold urgent mosaic"


def session(role: Role = "owner", sees: Sees = "all", name: str = "owner") -> Session:
    return Session(SessionId("session"), UserId(name), name, role, sees, WHEN)


class FakeDrafts(DraftService):
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str | None], str] = {}
        self.saved: list[tuple[str, str | None, str]] = []
        self.failure: Exception | None = None

    def save(self, place: str, patient_id: PatientId | None, text: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.saved.append((place, patient_id, text))
        self.kept.pop((place, patient_id), None)
        if text:
            self.kept[place, patient_id] = text

    def get(self, place: str, patient_id: PatientId | None) -> str:
        if self.failure is not None:
            raise self.failure
        return self.kept.get((place, patient_id), "")


class FakeUsers(UserService):
    """`outside` are the people who are not in the care of who is signed in."""

    def __init__(self, who: Session, patients: FakePatients, outside: Sequence[Patient]) -> None:
        self._who, self._patients, self.outside = who, patients, list(outside)
        self.given: list[Grant] = []
        self.lasts = timedelta(minutes=60)
        self.failure: Exception | None = None

    def all(self) -> list[User]:
        return [User(self._who.user_id, self._who.user_name, self._who.role)]

    def grants(self, user_id: UserId) -> list[Grant]:
        return [grant for grant in self.given if grant.user_id == user_id]

    def others(self, text: str, limit: int = 20) -> list[Patient]:
        if not self._who.may(Action.EMERGENCY):
            raise NotAllowed
        wanted = [p for p in self.outside if text.casefold() in p.name.casefold()]
        return wanted[:limit]

    def open_in_emergency(self, patient_id: PatientId, reason: str) -> Grant:
        if self.failure is not None:
            raise self.failure
        if len(reason.strip()) < 5:
            raise InvalidInput("Write why in 5 to 500 letters.")
        now = datetime.now(UTC)
        grant = Grant("grant", self._who.user_id, patient_id, now, now + self.lasts, reason)
        self.given.append(grant)
        patient = next(p for p in self.outside if p.id == patient_id)
        self._patients.people.append(patient)
        return grant


class FakeKeys(KeyService):
    """`to_renew` originals are left of a renewal that was cut off."""

    def __init__(self) -> None:
        self.passphrases: list[str] = []
        self.to_renew = 0
        self.failure: Exception | None = None

    def set_passphrase(self, new: str) -> None:
        if len(new) < 12:
            raise InvalidInput("This passphrase is too short. Use at least 12 characters.")
        self.passphrases.append(new)

    def resume_renewal(self) -> Generator[tuple[int, int], None, RenewalReport]:
        total, self.to_renew = self.to_renew, 0
        for done in range(total):
            yield done + 1, total
            if self.failure is not None:
                raise self.failure
        return RenewalReport(total, None)


class FakeLog(AuditService):
    def __init__(self) -> None:
        self.accepted = 0
        self.failure: Exception | None = None

    def accept_older(self) -> None:
        if self.failure is not None:
            raise self.failure
        self.accepted += 1


class FakePolicy(PolicyService):
    def __init__(self, policy: LockPolicy) -> None:
        self.policy = policy

    def get(self) -> LockPolicy:
        return self.policy

    def set(self, policy: LockPolicy) -> None:
        self.policy = policy


class FakeBackup(BackupService):
    """There is none yet. `is_due` says whether one has to be made, `failure` why it is not."""

    def __init__(self) -> None:
        self.is_due = False
        self.made = 0
        self.failure: Exception | None = None

    def plan(self) -> BackupPlan:
        return BackupPlan()

    def existing(self) -> list[BackupFile]:
        return []

    def due(self, now: datetime) -> bool:  # noqa: ARG002
        return self.is_due

    def make(self, file: Path | None = None) -> Generator[BackupProgress, None, BackupReport]:
        yield BackupProgress(0, 3_000_000_000, "Writing")
        if self.failure is not None:
            raise self.failure
        self.made += 1
        return BackupReport(str(file), WHEN, 1, 3, 1, 9)


@dataclass(frozen=True)
class FakeStrength:
    bits: float
    words: str


def strength(passphrase: str) -> FakeStrength:
    bits = len(passphrase) * 3.0
    return FakeStrength(bits, f"{'Weak' if bits < 50 else 'Strong'}, {len(passphrase)} letters")


class HandClock:
    """Seconds that go on when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept = 0.0

    def passed(self) -> float:
        return self.now

    def awake(self) -> float:
        return self.now - self.slept

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds
