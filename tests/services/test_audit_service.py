"""The log as an owner or an auditor sees it, and the places where its end is noted."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from builders import finished

from healthmate_desktop.composition.anchors import VaultAnchors
from healthmate_desktop.domain.audit import AuditFilter
from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.errors import InvalidInput, NotAllowed
from healthmate_desktop.security.anchor_file import AnchorFile
from healthmate_desktop.services.audit import AuditService
from healthmate_desktop.storage.audit_export import export_log
from services.staff import Staff, staff_of

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Role
    from services.conftest import Room

pytestmark = [pytest.mark.integration, pytest.mark.security]


@pytest.fixture
def staff(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staff:
    return staff_of(room, tmp_path, monkeypatch)


@pytest.fixture
def anchor_file(room: Room, tmp_path: Path) -> AnchorFile:
    return AnchorFile(tmp_path / "state", room.keys.vault_id)


@pytest.fixture
def anchors(room: Room, staff: Staff, anchor_file: AnchorFile) -> VaultAnchors:
    return VaultAnchors(room.vault, staff.key_file, anchor_file)


def log_of(room: Room, anchors: VaultAnchors) -> AuditService:
    return AuditService(room.vault, room.access, anchors, partial(export_log, room.vault))


def test_the_log_is_read_with_a_filter(room: Room, anchors: VaultAnchors, ann: Patient) -> None:
    log = log_of(room, anchors)
    room.documents.of_patient(ann.id)
    (event,) = log.events(AuditFilter(kind="view"))
    assert (event.action, event.patient_id) == ("patient.viewed", ann.id)
    assert log.events(AuditFilter(patient_id="nobody")) == []


@pytest.mark.parametrize("role", ["clinician", "assistant"])
def test_the_log_is_for_owners_and_auditors(
    room: Room, anchors: VaultAnchors, tmp_path: Path, role: Role
) -> None:
    log = log_of(room.signed_in(role), anchors)
    before = room.vault.head()
    for call in (
        lambda: log.events(AuditFilter()),
        lambda: finished(log.verify(deep=False)),
        lambda: log.export(tmp_path / "log.jsonl"),
        log.accept_older,
    ):
        with pytest.raises(NotAllowed):
            call()
    assert room.vault.head() == before
    assert not (tmp_path / "log.jsonl").exists()
    auditor = log_of(room.signed_in("auditor"), anchors)
    assert auditor.events(AuditFilter())
    assert finished(auditor.verify(deep=True)).ok
    with pytest.raises(NotAllowed):  # whether an older vault is gone on with is for an owner to say
        auditor.accept_older()


def test_the_log_is_checked_against_all_that_was_noted(
    room: Room, anchors: VaultAnchors, anchor_file: AnchorFile, ann: Patient
) -> None:
    log = log_of(room, anchors)
    anchors.renew()
    room.documents.of_patient(ann.id)
    assert anchors.known() == [anchor_file.load()] * 2
    report = finished(log.verify(deep=True))
    assert (report.ok, report.deep, report.events) == (True, True, room.vault.head().seq)
    anchor_file.save(Anchor(room.vault.head().seq + 7, "ab" * 32))  # of a vault that went on
    report = finished(log.verify(deep=False))
    assert not report.ok
    assert "older copy" in report.problems[0]


def test_an_older_vault_is_gone_on_with_on_an_owners_word(
    room: Room, staff: Staff, anchor_file: AnchorFile
) -> None:
    anchor_file.save(Anchor(room.vault.head().seq + 7, "ab" * 32))
    anchors = VaultAnchors(room.vault, staff.key_file, anchor_file)
    assert anchors.older
    log_of(room, anchors).accept_older()
    assert not anchors.older
    assert len(room.events("audit.older_accepted")) == 1
    assert staff.key_file.anchor == anchor_file.load() == room.vault.head()
    assert not VaultAnchors(room.vault, staff.key_file, anchor_file).older


def test_the_log_is_exported_once_and_that_is_logged(
    room: Room, anchors: VaultAnchors, tmp_path: Path, ann: Patient
) -> None:
    log = log_of(room, anchors)
    file = tmp_path / "log.jsonl"
    events = room.vault.head().seq
    assert log.export(file) == events
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert sum("event" in line for line in lines) == events
    assert ann.name not in file.read_text(encoding="utf-8")
    (event,) = room.events("audit.exported")
    assert dict(event.details) == {"events": events}
    for place in (file, tmp_path / "nowhere" / "log.jsonl"):
        with pytest.raises(InvalidInput):
            log.export(place)
    assert len(room.events("audit.exported")) == 1
