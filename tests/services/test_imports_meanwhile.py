"""Imports while something else happens: a full disk, another user, a document that is moved or deleted."""

from __future__ import annotations

import errno
import os
import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from builders import finished, put
from fakes import FakeReader

from healthmate_desktop.domain.proposals import Proposal, Spot
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.domain.sessions import Grant
from healthmate_desktop.errors import DiskFull, NotAllowed, NotFound, VaultError, VaultReadOnly
from healthmate_desktop.services.import_journal import MOST_ATTEMPTS
from healthmate_desktop.services.importing import ImportService
from services.cut_imports import (
    PAPERS,
    check_all_are_in,
    documents,
    failed,
    jobs,
    killed,
    states,
    to_reading,
)

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from healthmate_desktop.domain.documents import ReadDocument
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Role
    from healthmate_desktop.interop.tables import KnownColumns
    from services.conftest import Room

pytestmark = pytest.mark.integration
Usage = namedtuple("Usage", "total used free")


class RecordReader(FakeReader):
    """Each text holds one record."""

    def read(
        self,
        content: bytes,
        name: str,
        columns: KnownColumns | None = None,  # noqa: ARG002
    ) -> Generator[tuple[int, int], None, ReadDocument]:
        found = yield from super().read(content, name)
        resource = {"resourceType": "Condition", "code": {"text": content.decode()}}
        return replace(found, proposals=(Proposal(resource, Spot("line 1")),))


@pytest.fixture
def recording(room: Room) -> Room:
    """The room with a reader that finds records."""
    reader = RecordReader()
    importing = ImportService(room.access, room.originals, reader, room.embedder)
    return replace(room, reader=reader, importing=importing)


def records(room: Room, person: Patient) -> list[str]:
    with room.vault.read() as tx:
        found = tx.records.of_patient(person.id, RecordFilter(state=""))
    return sorted(f"{record.resource['code']['text']}: {record.state}" for record in found)


def test_files_with_records_may_take_many_starts_too(
    recording: Room, ann: Patient, desk: Path
) -> None:
    room = recording
    paths = put(desk, **{f"f{number}": f"Word{number}." for number in range(MOST_ATTEMPTS + 3)})
    work = room.importing.import_files(paths, ann.id)
    for path in paths[1:]:
        to_reading(room, path.name, work)
        room = killed(room, work, 0)
        work = room.importing.resume()
    assert {outcome.status for outcome in finished(work)} == {"proposed"}
    assert jobs(room) == failed(room) == []
    assert len(records(room, ann)) == len(paths)


def test_records_that_were_to_be_looked_at_do_not_count_because_a_later_import_was_to_count(
    recording: Room, ann: Patient, papers: list[Path]
) -> None:
    work = recording.importing.import_files(papers[:1], ann.id)
    to_reading(recording, "a.txt", work)
    work.close()  # kept, and not read
    work = recording.importing.import_files(papers[1:], ann.id, accept_all=True)
    to_reading(recording, "b.txt", work)
    again = killed(recording, work, 0)
    finished(again.importing.resume())
    assert set(records(again, ann)) == {
        f"{PAPERS['a']}: proposed",
        f"{PAPERS['b']}: accepted",
        f"{PAPERS['c']}: accepted",
    }


# --- what is changed meanwhile ---


def test_a_file_that_is_given_to_someone_else_while_it_is_read_is_theirs_alone(
    recording: Room, ann: Patient, papers: list[Path]
) -> None:
    bob = recording.patients.add("Bob Example")
    work = recording.importing.import_files(papers, ann.id)
    to_reading(recording, "a.txt", work)
    recording.documents.assign(documents(recording, ann)["a.txt"].id, bob.id)
    finished(work)
    assert states(recording, bob) == {"a.txt": "ready"}
    assert states(recording, ann) == {"b.txt": "ready", "c.txt": "ready"}
    assert records(recording, bob) == [f"{PAPERS['a']}: proposed"]
    assert len(records(recording, ann)) == 2
    for person, found in ((bob, {"a.txt"}), (ann, {"b.txt", "c.txt"})):
        hits = recording.search.search("ferritin sodium chloride", person.id, scope="person", k=20)
        assert {hit.passage.title for hit in hits} == found


def test_a_file_that_is_deleted_while_it_is_read_stops_no_other(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    work = room.importing.import_files(papers, ann.id)
    to_reading(room, "a.txt", work)
    room.documents.remove(documents(room, ann)["a.txt"].id)
    outcomes = finished(work)
    assert [outcome.status for outcome in outcomes] == ["unreadable", "imported", "imported"]
    assert states(room, ann) == {"b.txt": "ready", "c.txt": "ready"}
    assert jobs(room) == []


# --- a full or failing disk ---


def test_a_full_disk_is_said_before_anything_starts(
    room: Room, ann: Patient, papers: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 0))
        with pytest.raises(DiskFull):
            next(room.importing.import_files(papers, ann.id))
        assert list(room.importing.resume()) == []  # with nothing to do there is nothing to say
    assert room.reader.read_names == []
    assert states(room, ann) == {}
    assert jobs(room) == []


def test_what_is_left_over_waits_for_room_on_the_disk(
    room: Room, ann: Patient, papers: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = room.importing.import_files(papers, ann.id)
    to_reading(room, "a.txt", work)
    again = killed(room, work, 0)
    room.reader.read_names.clear()
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 0))
        for _ in range(MOST_ATTEMPTS + 2):
            with pytest.raises(DiskFull):
                next(again.importing.resume())
    assert room.reader.read_names == []
    finished(again.importing.resume())
    check_all_are_in(again, ann)


@pytest.mark.parametrize(
    ("page", "left"), [(0, {"a.txt": "ready"}), (1, {"a.txt": "ready", "b.txt": "importing"})]
)
def test_a_disk_that_fills_up_meanwhile_ends_it_and_it_goes_on_later(
    room: Room,
    ann: Patient,
    papers: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    page: int,
    left: dict[str, str],
) -> None:
    work = room.importing.import_files(papers, ann.id)
    next(step for step in work if (step.name, step.page) == ("b.txt", page))
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 0))
        with pytest.raises(DiskFull):
            finished(work)
    assert states(room, ann) == left
    again = room.reopened()
    assert len(finished(again.importing.resume())) == 2
    check_all_are_in(again, ann)


def test_a_vault_that_can_only_be_read_takes_nothing_and_says_why(
    room: Room, ann: Patient, papers: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "from the disk")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        with pytest.raises(VaultError):
            finished(room.importing.import_files(papers[:1], ann.id))
    assert room.vault.read_only
    with pytest.raises(VaultReadOnly):
        next(room.importing.import_files(papers, ann.id))
    with pytest.raises(VaultReadOnly):
        next(room.importing.resume())
    assert room.reader.read_names == []
    again = room.reopened()
    finished(again.importing.resume())
    assert states(again, ann) == {"a.txt": "ready"}
    finished(again.importing.import_files(papers, ann.id))
    check_all_are_in(again, ann)


# --- who may ---


@pytest.mark.security
def test_an_auditor_adds_nothing_and_goes_on_with_nothing(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    work = room.importing.import_files(papers, ann.id)
    to_reading(room, "a.txt", work)
    again = killed(room, work, 0)
    left, read = jobs(again), list(room.reader.read_names)
    auditor = again.signed_in("auditor")
    before = auditor.vault.head()
    with pytest.raises(NotAllowed, match="add people and documents"):
        next(auditor.importing.import_files(papers, ann.id))
    assert list(auditor.importing.resume()) == []
    assert (jobs(again), room.reader.read_names) == (left, read)
    assert auditor.vault.head() == before


@pytest.mark.security
@pytest.mark.parametrize("role", ["owner", "clinician", "assistant"])
def test_others_add_files_of_people_in_their_care_and_of_no_one_else(
    room: Room, ann: Patient, papers: list[Path], role: Role
) -> None:
    someone = room.signed_in(role)
    finished(someone.importing.import_files(papers[:1], ann.id))
    assert states(someone, ann) == {"a.txt": "ready"}
    stranger = room.signed_in(role, "assigned")
    with pytest.raises(NotFound):
        next(stranger.importing.import_files(papers[1:], ann.id))
    assert room.reader.read_names == ["a.txt"]


@pytest.mark.security
def test_what_was_cut_off_waits_for_someone_who_sees_the_person(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    work = room.importing.import_files(papers, ann.id)
    to_reading(room, "a.txt", work)
    again = killed(room, work, 0)
    (left,) = jobs(again)
    stranger = again.signed_in("clinician", "assigned")
    assert list(stranger.importing.resume()) == []
    colleague = stranger.signed_in("assistant")
    assert jobs(colleague) == [left]  # no start of it was counted
    assert len(finished(colleague.importing.resume())) == 3
    assert states(colleague, ann) == dict.fromkeys(["a.txt", "b.txt", "c.txt"], "ready")


@pytest.mark.security
def test_care_that_ends_in_the_middle_of_an_import_does_not_end_the_lock(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    nurse = room.signed_in("assistant", "assigned")
    grant = Grant("g1", nurse.access.session.user_id, ann.id, datetime.now(UTC))
    with nurse.vault.write() as tx:
        tx.grants.add(grant)
    work = nurse.importing.import_files(papers, ann.id)
    to_reading(room, "b.txt", work)
    with nurse.vault.write() as tx:
        tx.grants.end(grant.id)
    nurse.importing.suspend()
    work.close()
    owner = nurse.reopened().signed_in("owner")
    finished(owner.importing.resume())
    check_all_are_in(owner, ann)
