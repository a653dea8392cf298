"""Imports that were begun and wait for others, files left out of one, and files that get another try."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from builders import finished, put

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.errors import NotFound, VaultReadOnly
from services.cut_imports import (
    check_all_are_in,
    documents,
    failed,
    jobs,
    killed,
    states,
    to_reading,
)

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient
    from services.conftest import Room

pytestmark = pytest.mark.integration


def test_what_was_begun_and_not_worked_on_survives_a_kill(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    under_way = room.importing.import_files(papers[:1], ann.id)
    to_reading(room, "a.txt", under_way)
    room.importing.begin(papers[1:], ann.id)  # dropped while the other runs
    again = killed(room, under_way, 0)
    assert len(jobs(again)) == 2
    finished(again.importing.resume())
    check_all_are_in(again, ann)


def test_what_was_begun_in_this_session_is_not_resumed_beside_its_own_work(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    job = room.importing.begin(papers, ann.id)
    assert list(room.importing.resume()) == []
    work = room.importing.work(job)
    to_reading(room, "a.txt", work)
    assert list(room.importing.resume()) == []
    finished(work)
    assert room.reader.read_names == ["a.txt", "b.txt", "c.txt"]
    check_all_are_in(room, ann)


def test_what_is_stopped_before_its_turn_is_forgotten(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    room.importing.drop(room.importing.begin(papers, ann.id))
    assert jobs(room) == []
    assert finished(room.reopened().importing.resume()) == []


def test_what_a_lock_stops_before_its_turn_goes_on(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    job = room.importing.begin(papers, ann.id)
    room.importing.suspend()
    room.importing.drop(job)
    again = room.reopened()
    finished(again.importing.resume())
    check_all_are_in(again, ann)


def test_work_that_failed_can_be_resumed_in_the_same_session(
    room: Room, ann: Patient, papers: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = room.importing.begin(papers, ann.id)
    with monkeypatch.context() as broken:
        broken.setattr(room.originals, "put", _full)
        with pytest.raises(VaultReadOnly):
            finished(room.importing.work(job))
    finished(room.importing.resume())
    check_all_are_in(room, ann)


def _full(*_: object) -> None:
    raise VaultReadOnly


def test_a_file_is_left_out_before_its_turn(room: Room, ann: Patient, papers: list[Path]) -> None:
    job = room.importing.begin(papers, ann.id)
    room.importing.leave_out(job, 1)
    outcomes = finished(room.importing.work(job))
    assert [outcome.status for outcome in outcomes] == ["imported", "left_out", "imported"]
    assert states(room, ann) == {"a.txt": "ready", "c.txt": "ready"}
    assert jobs(room) == []


def test_a_file_is_left_out_while_it_is_read_and_nothing_of_it_stays(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    job = room.importing.begin(papers, ann.id)
    work = room.importing.work(job)
    to_reading(room, "b.txt", work)
    kept = documents(room, ann)["b.txt"]
    room.importing.leave_out(job, 1)
    told = [step.outcome.status for step in work if step.outcome is not None]
    assert told == ["left_out", "imported"]
    assert room.reader.under_way == 0
    assert states(room, ann) == {"a.txt": "ready", "c.txt": "ready"}
    with pytest.raises(NotFound):
        room.originals.get(kept.id)
    finished(room.importing.import_files(papers, ann.id))  # it can be added later
    check_all_are_in(room, ann)


def test_the_names_of_all_files_are_known_from_the_first_step(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    work = room.importing.import_files(papers, ann.id)
    assert next(work).names == ("a.txt", "b.txt", "c.txt")
    work.close()


def test_a_file_that_could_not_be_read_gets_another_try(
    room: Room, ann: Patient, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(room.importing.import_files(put(desk, a="DAMAGED"), ann.id))
    bad = documents(room, ann)["a.txt"]
    with monkeypatch.context() as mended:
        mended.setattr("fakes._texts", lambda _: ["Ferritin was 9 ug/L."])
        job = room.importing.begin_again([bad.id])
        assert (documents(room, ann)["a.txt"].state, documents(room, ann)["a.txt"].problems) == (
            "importing",
            (),
        )
        outcomes = finished(room.importing.work(job))
    assert [(o.status, o.document_id) for o in outcomes] == [("imported", bad.id)]
    good = documents(room, ann)["a.txt"]
    assert (good.state, good.import_id) == (
        "ready",
        bad.import_id,
    )  # its import can still be undone
    assert jobs(room) == []
    with pytest.raises(NotFound):
        room.importing.begin_again([DocumentId("nothing")])


def test_another_try_that_fails_says_why_again(room: Room, ann: Patient, desk: Path) -> None:
    finished(room.importing.import_files(put(desk, a="DAMAGED"), ann.id))
    bad = documents(room, ann)["a.txt"]
    (outcome,) = finished(room.importing.work(room.importing.begin_again([bad.id])))
    assert outcome.status == "unreadable"
    assert documents(room, ann)["a.txt"] == bad


def test_another_try_goes_on_after_a_kill(room: Room, ann: Patient, desk: Path) -> None:
    finished(room.importing.import_files(put(desk, a="DAMAGED"), ann.id))
    room.importing.begin_again([documents(room, ann)["a.txt"].id])
    assert list(room.importing.resume()) == []  # its own work is still to come
    again = room.reopened()
    assert [outcome.status for outcome in finished(again.importing.resume())] == ["unreadable"]
    assert jobs(again) == failed(again) == []


def test_another_try_that_is_stopped_leaves_the_file_as_it_is(
    room: Room, ann: Patient, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(room.importing.import_files(put(desk, a="DAMAGED"), ann.id))
    bad = documents(room, ann)["a.txt"]
    monkeypatch.setattr("fakes._texts", lambda _: ["One.", "Two."])
    job = room.importing.begin_again([bad.id])
    work = room.importing.work(job)
    to_reading(room, "a.txt", work)
    room.importing.leave_out(job, 0)
    assert [step.outcome.status for step in work if step.outcome is not None] == ["left_out"]
    kept = documents(room, ann)["a.txt"]
    assert (kept.state, kept.problems[0].message) == (
        "unreadable",
        "Reading this file was stopped. It is kept. Try again to have it read.",
    )
    assert room.originals.get(kept.id) == b"DAMAGED"


def test_what_was_given_up_is_told_in_the_same_session(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    assert room.importing.given_up() == []
    work = room.importing.import_files(papers, ann.id)
    for _ in range(3):
        to_reading(room, "a.txt", work)
        room = killed(room, work, 0)
        work = room.importing.resume()
    assert list(work) == []
    (job,) = room.importing.given_up()
    assert "tried three times" in job.error
