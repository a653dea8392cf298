"""Values for the tests of the vault: valid by default."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from builders import finished

from healthmate_desktop.domain.answers import Answer, AnswerSentence, Citation, Timing, Turn
from healthmate_desktop.domain.audit import AuditFilter, VerifyReport
from healthmate_desktop.domain.documents import (
    Box,
    Document,
    DocumentKind,
    Page,
    Problem,
    ReadDocument,
    Word,
)
from healthmate_desktop.domain.ids import (
    DocumentId,
    PassageId,
    PatientId,
    SessionId,
    ThreadId,
    TurnId,
    UserId,
    new_id,
)
from healthmate_desktop.domain.keys import VaultKeys
from healthmate_desktop.domain.passages import Passage
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.domain.sessions import FIRST_USER, Grant, Role, Sees, Session, User
from healthmate_desktop.domain.triage import Level, Number, Reason, Triage

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.keys import Anchor
    from healthmate_desktop.storage.transaction import Transaction
    from healthmate_desktop.storage.vault import Vault
    from healthmate_desktop.storage.vectors import Vectors

CANARY = "CANARY-7f3a"
NOW = datetime(2026, 3, 1, 12, 30, 15, 250000, tzinfo=UTC)


def some_keys(**changes: object) -> VaultKeys:
    values: dict[str, object] = {
        "vault_id": new_id(),
        "database_key": os.urandom(32),
        "document_identity": "",
        "audit_key": os.urandom(32),
    }
    return VaultKeys(**(values | changes))  # type: ignore[arg-type]  # values of a test


def a_session(user_id: str = FIRST_USER, sees: Sees = "all", role: Role = "owner") -> Session:
    return Session(SessionId(new_id()), UserId(user_id), "Someone", role, sees, NOW)


def a_user(name: str = "Dr. Bo", sees: Sees = "assigned", role: Role = "clinician") -> User:
    return User(UserId(new_id()), name, role, sees)


def a_grant(user_id: str, patient_id: str, **changes: object) -> Grant:
    values: dict[str, object] = {
        "id": new_id(),
        "user_id": user_id,
        "patient_id": patient_id,
        "since": NOW,
    }
    return Grant(**(values | changes))  # type: ignore[arg-type]  # values of a test


class Clock:
    """The time of a test, which stands still unless it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        self.now += timedelta(**delta)


def verified(vault: Vault, *anchors: Anchor, deep: bool = True) -> VerifyReport:
    return finished(vault.verify(deep=deep, anchors=anchors))


def actions(vault: Vault, **wanted: object) -> list[str]:
    """What the log tells, oldest first."""
    with vault.read() as tx:
        events = tx.audit.events(AuditFilter(**wanted))  # type: ignore[arg-type]  # as given
    return [event.action for event in reversed(events)]


def a_patient(name: str = "Ann Example") -> Patient:
    return Patient(PatientId(new_id()), name, date(1980, 2, 29), "female")


def a_document(patient_id: PatientId, name: str = "letter.pdf", **changes: object) -> Document:
    values: dict[str, object] = {
        "id": DocumentId(new_id()),
        "patient_id": patient_id,
        "name": name,
        "kind": None,
        "size": 1234,
        "sha256": "ab" * 32,
        "added_at": NOW,
        "state": "importing",
    }
    return Document(**(values | changes))  # type: ignore[arg-type]  # values of a test


def a_reading(*texts: str) -> ReadDocument:
    pages = tuple(
        Page(
            number,
            text,
            595.2756,
            841.8898,
            (
                Word(0, 3, Box(10.5, 20.25, 30.1, 31.7)),
                Word(4, 9, Box(33.333333333333336, 20, 60, 31), 0.87),
            ),
            by_ocr=number % 2 == 0,
        )
        for number, text in enumerate(texts, 1)
    )
    return ReadDocument(DocumentKind.PDF, "A letter", pages, (Problem("page 3", "Too faint."),))


def a_passage(document_id: DocumentId, text: str, **changes: object) -> Passage:
    values: dict[str, object] = {
        "id": PassageId(new_id()),
        "shelf": "person",
        "document_id": document_id,
        "title": "A letter",
        "text": text,
        "page": 2,
        "start": 17,
        "heading": "Findings > Blood",
    }
    return Passage(**(values | changes))  # type: ignore[arg-type]  # values of a test


def vectors_for(count: int, seed: int = 1) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, 384)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def add_letter(tx: Transaction, patient: Patient, *texts: str, seed: int = 1) -> list[Passage]:
    """A read document of this person with a passage for each text."""
    document = a_document(patient.id)
    tx.documents.add(document)
    tx.documents.save_pages(document.id, a_reading(*texts))
    passages = [a_passage(document.id, text) for text in texts]
    tx.passages.add(patient.id, passages, vectors_for(len(texts), seed), "test-embedder")
    return passages


def a_turn(thread_id: ThreadId, question: str = "Is it high?") -> Turn:
    citation = Citation(
        "p1", "d1", "person", "A letter", "Potassium 5.9", 2, 17, "ext", "https://x"
    )
    answer = Answer(
        route="both",
        sentences=(AnswerSentence("It is high — 5.9.", (citation,)), AnswerSentence("So.", ())),
        triage=Triage(
            Level.URGENT,
            (Reason("potassium", "High potassium", "5.9"),),
            "See a doctor today.",
            ("Drink water.", "Take the letter along."),
            (Number("emergency", "Emergency", "112"),),
        ),
        weights="smollm2",
        seconds=Timing(0.1, 0.2, 0.3, 1.25),
        note="Not known: since when.",
    )
    return Turn(TurnId(new_id()), thread_id, question, answer, NOW)


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
