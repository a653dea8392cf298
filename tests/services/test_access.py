"""What a role does not include is refused before a record is touched, and looks at people are logged."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
from collections import namedtuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.documents import Document
from healthmate_desktop.domain.ids import DocumentId, PatientId, new_id
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.errors import DiskFull, NotAllowed, NotFound, VaultError, VaultReadOnly
from healthmate_desktop.services.access import COALESCED, Access

if TYPE_CHECKING:
    from services.conftest import Room

pytestmark = [pytest.mark.integration, pytest.mark.security]
Usage = namedtuple("Usage", "total used free")


class Seconds:
    """A clock that is moved by the test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def access(room: Room, seconds: Seconds) -> Access:
    return Access(room.vault, room.access.session, seconds)


def a_letter(person: Patient) -> Document:
    now = datetime.now(UTC)
    return Document(DocumentId(new_id()), person.id, "a.txt", None, 5, "0" * 64, now, "importing")


def look(access: Access, patient: Patient) -> None:
    with access.read(Action.VIEW, patient.id) as tx:
        assert tx.patients.get(patient.id) == patient


def test_looks_at_one_person_make_one_event_in_five_minutes(
    room: Room, access: Access, seconds: Seconds, ann: Patient
) -> None:
    for minutes in (0, 1, 4.9):
        seconds.now = 1000 + 60 * minutes
        look(access, ann)
    assert len(room.events("patient.viewed")) == 1
    seconds.now = 1000 + COALESCED
    look(access, ann)
    assert len(room.events("patient.viewed")) == 2


def test_a_look_names_who_and_whom(room: Room, access: Access, ann: Patient) -> None:
    bob = room.patients.add("Bob Example")
    look(access, ann)
    look(access, bob)
    first, second = room.events("patient.viewed")
    assert (first.patient_id, second.patient_id) == (ann.id, bob.id)
    assert (first.user_id, first.session_id) == ("owner", access.session.id)
    assert first.subject == f"patient/{ann.id}"


def test_each_session_looks_for_itself(room: Room, access: Access, ann: Patient) -> None:
    look(access, ann)
    other = room.signed_in("clinician")
    look(other.access, ann)
    assert [event.user_id for event in room.events("patient.viewed")] == [
        "owner",
        other.access.session.user_id,
    ]


def test_what_is_listed_is_no_look(room: Room, access: Access, ann: Patient) -> None:
    with access.read(Action.VIEW) as tx:
        assert tx.patients.all() == [ann]
    assert room.events("patient.viewed") == []


@pytest.mark.parametrize("action", [Action.VIEW, Action.ADD, Action.USERS, Action.KEYS])
def test_a_role_without_the_action_is_refused(room: Room, ann: Patient, action: Action) -> None:
    auditor = room.signed_in("auditor")
    before = room.vault.head()
    for block in (auditor.access.read, auditor.access.write):
        for person in (None, ann.id):
            with pytest.raises(NotAllowed, match=action.value), block(action, person):
                pytest.fail("the block was entered")
    assert room.vault.head() == before


def test_a_person_outside_ones_care_is_not_found_and_not_logged(room: Room, ann: Patient) -> None:
    nurse = room.signed_in("clinician", "assigned")
    before = room.vault.head()
    for block in (nurse.access.read, nurse.access.write):
        with pytest.raises(NotFound), block(Action.VIEW, ann.id):
            pass
        with pytest.raises(NotFound), block(Action.VIEW, PatientId("nobody")):
            pass
    assert room.vault.head() == before


def test_leaving_a_write_block_saves_and_an_error_undoes(
    room: Room, access: Access, ann: Patient
) -> None:
    bob, eve = (Patient(PatientId(new_id()), name) for name in ("Bob", "Eve"))
    with access.write(Action.ADD, ann.id) as tx:
        tx.patients.add(bob)

    def fail_half_way() -> None:
        with access.write(Action.ADD) as tx:
            tx.patients.add(eve)
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert room.patients.all() == [ann, bob]


def test_what_no_record_stands_for_is_logged_for_every_role(room: Room) -> None:
    for role in ("owner", "clinician", "assistant", "auditor"):
        someone = room.signed_in(role)
        someone.access.log("session.opened", subject=f"user/{role}", details={"count": 1})
        someone.access.log("session.locked")
    assert [event.subject for event in room.events("session.opened")] == [
        "user/owner",
        "user/clinician",
        "user/assistant",
        "user/auditor",
    ]
    assert {str(dict(event.details)) for event in room.events("session.opened")} == {"{'count': 1}"}
    assert len(room.events("session.locked")) == 4


def test_records_stay_readable_on_a_full_disk(
    room: Room, access: Access, ann: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 0))
        look(access, ann)
        with pytest.raises(DiskFull), access.write(Action.ADD) as tx:
            tx.patients.add(Patient(PatientId(new_id()), "Bob"))
    assert room.events("patient.viewed") == []
    look(access, ann)  # there is room again, and it is made up for
    assert len(room.events("patient.viewed")) == 1


def test_records_stay_readable_where_a_disk_failed(
    room: Room, access: Access, ann: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "from the disk")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        with pytest.raises(VaultError):
            room.originals.put(a_letter(ann), b"words")
    with pytest.raises(VaultReadOnly), access.write(Action.ADD):
        pytest.fail("the block was entered")
    look(access, ann)
    assert room.events("patient.viewed") == []


def test_a_look_that_meets_the_failing_disk_first_is_not_refused(
    room: Room, access: Access, ann: Patient
) -> None:
    """The limit on the size of files makes the write of the look fail as a broken disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
        look(access, ann)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert room.vault.read_only
    assert room.events("patient.viewed") == []
    look(access, ann)
