"""Imports that are cut off: nothing is lost, nothing comes twice, and what never ends is given up aloud."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import finished, put

from healthmate_desktop.domain.ids import JobId
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.errors import NotEnoughMemory
from healthmate_desktop.services.import_journal import MOST_ATTEMPTS
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
    from healthmate_desktop.domain.patients import Patient
    from services.conftest import Room

pytestmark = pytest.mark.integration
STEPS = (
    11  # of an import of the papers: a step to begin each file, one for each page, one for its end
)


# --- a power cut ---


@pytest.mark.parametrize("steps", range(1, STEPS + 1))
def test_a_killed_import_is_found_at_the_next_start_and_goes_on(
    room: Room, ann: Patient, papers: list[Path], steps: int
) -> None:
    again = killed(room, room.importing.import_files(papers, ann.id), steps)
    (job,) = jobs(again)
    assert (job.kind, job.payload["patient_id"], job.attempt) == ("import", ann.id, 1)
    through = [name for name, state in states(again, ann).items() if state == "ready"]
    outcomes = finished(again.importing.resume())
    assert {outcome.status for outcome in outcomes} <= {"imported"}
    assert len(through) + len(outcomes) == 3
    check_all_are_in(again, ann)


def test_what_goes_on_reads_only_what_is_missing_and_says_only_that(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    work = room.importing.import_files(papers, ann.id)
    to_reading(room, "b.txt", work)
    again = killed(room, work, 0)
    steps = list(again.importing.resume())
    told = [(step.name, step.outcome.status) for step in steps if step.outcome is not None]
    assert told == [("b.txt", "imported"), ("c.txt", "imported")]
    assert room.reader.read_names == ["a.txt", "b.txt", "b.txt", "c.txt"]


def test_the_second_start_can_be_killed_too(room: Room, ann: Patient, papers: list[Path]) -> None:
    work = room.importing.import_files(papers, ann.id)
    to_reading(room, "b.txt", work)
    again = killed(room, work, 0)
    work = again.importing.resume()
    to_reading(room, "c.txt", work)
    last = killed(again, work, 0)
    assert len(jobs(last)) == 1
    assert [outcome.status for outcome in finished(last.importing.resume())] == ["imported"]
    check_all_are_in(last, ann)


def test_a_folder_goes_on_with_its_files(
    room: Room, ann: Patient, desk: Path, papers: list[Path]
) -> None:
    work = room.importing.import_files([desk], ann.id)
    to_reading(room, papers[0].name, work)
    again = killed(room, work, 0)
    finished(again.importing.resume())
    check_all_are_in(again, ann)


def test_imports_of_two_people_go_on_each_for_whom_it_was(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    bob = room.patients.add("Bob Example")
    first = room.importing.import_files(papers[:2], ann.id)
    to_reading(room, "a.txt", first)
    second = room.importing.import_files(papers[1:], bob.id)
    to_reading(room, "b.txt", second)
    again = killed(room, second, 0)
    first.close()
    assert len(finished(again.importing.resume())) == 4
    assert states(again, ann) == {"a.txt": "ready", "b.txt": "ready"}
    assert states(again, bob) == {"b.txt": "ready", "c.txt": "ready"}
    assert jobs(again) == []


def test_two_imports_of_one_person_read_each_file_once(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    first = room.importing.import_files(papers[:2], ann.id)
    to_reading(room, "a.txt", first)
    second = room.importing.import_files(papers[2:], ann.id)
    to_reading(room, "c.txt", second)
    again = killed(room, second, 0)
    first.close()
    room.reader.read_names.clear()
    finished(again.importing.resume())
    assert sorted(room.reader.read_names) == ["a.txt", "b.txt", "c.txt"]
    check_all_are_in(again, ann)


def test_files_are_found_again_from_another_folder(
    room: Room, ann: Patient, desk: Path, papers: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk)
    work = room.importing.import_files([Path(path.name) for path in papers], ann.id)
    again = killed(room, work, 1)
    monkeypatch.chdir(desk.parent)
    finished(again.importing.resume())
    check_all_are_in(again, ann)


def test_a_file_that_is_gone_or_bad_at_the_next_start_is_named_and_the_rest_goes_on(
    room: Room, ann: Patient, desk: Path
) -> None:
    paths = put(desk, a="One two.", b="DAMAGED", c="Three.", d="Four.", e="UNKNOWN")
    work = room.importing.import_files(paths, ann.id)
    to_reading(room, "a.txt", work)
    paths[2].unlink()
    again = killed(room, work, 0)
    outcomes = {o.path.rpartition("/")[2]: o for o in finished(again.importing.resume())}
    assert {name: outcome.status for name, outcome in outcomes.items()} == {
        "a.txt": "imported",
        "b.txt": "unreadable",
        "c.txt": "unreadable",
        "d.txt": "imported",
        "e.txt": "unsupported",
    }
    assert "no file of this name" in outcomes["c.txt"].problems[0].message
    assert states(again, ann) == {
        "a.txt": "ready",
        "b.txt": "unreadable",
        "d.txt": "ready",
        "e.txt": "unreadable",
    }
    assert jobs(again) == failed(again) == []


def test_work_of_another_kind_is_left_alone(room: Room) -> None:
    with room.vault.write() as tx:
        tx.jobs.add(Job(JobId("b1"), "backup"))
    assert finished(room.importing.resume()) == []
    assert [job.kind for job in jobs(room)] == ["backup"]


# --- lock and stop ---


@pytest.mark.parametrize("steps", range(1, STEPS))
def test_what_a_lock_stops_goes_on_after_the_next_unlock(
    room: Room, ann: Patient, papers: list[Path], steps: int
) -> None:
    work = room.importing.import_files(papers, ann.id)
    for _ in range(steps):
        next(work)
    room.importing.suspend()
    work.close()
    assert room.reader.under_way == 0
    again = room.reopened()
    finished(again.importing.resume())
    check_all_are_in(again, ann)


@pytest.mark.parametrize("end", [GeneratorExit, KeyboardInterrupt], ids=["stop", "ctrl-c"])
def test_what_a_person_stops_does_not_go_on_by_itself(
    room: Room, ann: Patient, papers: list[Path], end: type[BaseException]
) -> None:
    work = room.importing.import_files(papers, ann.id)
    to_reading(room, "a.txt", work)
    with pytest.raises(end):
        work.throw(end)
    assert jobs(room) == []
    again = room.reopened()
    assert [outcome.path for outcome in finished(again.importing.resume())] == ["a.txt"]
    assert states(again, ann) == {"a.txt": "ready"}  # it was kept already; the others were not


def test_what_went_on_can_be_stopped_for_good(room: Room, ann: Patient, papers: list[Path]) -> None:
    again = killed(room, room.importing.import_files(papers, ann.id), 1)
    work = again.importing.resume()
    to_reading(again, "b.txt", work)
    work.close()
    assert room.reader.under_way == 0
    assert [outcome.path for outcome in finished(again.importing.resume())] == ["b.txt"]
    assert states(again, ann) == {"a.txt": "ready", "b.txt": "ready"}


# --- what never ends ---


def dying_starts(room: Room, count: int) -> Room:
    """So many starts, each of which ends in the middle of reading b.txt."""
    for _ in range(count):
        work = room.importing.resume()
        to_reading(room, "b.txt", work)
        room = killed(room, work, 0)
    return room


def test_a_file_that_ends_the_program_at_each_start_is_given_up_aloud(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    work = room.importing.import_files(papers, ann.id)
    to_reading(room, "b.txt", work)
    last = dying_starts(killed(room, work, 0), MOST_ATTEMPTS - 1)
    assert failed(last) == []
    room.reader.read_names.clear()
    assert list(last.importing.resume()) == []
    assert room.reader.read_names == []
    (job,) = failed(last)
    assert "tried three times" in job.error
    assert "Add the files that are missing again" in job.error
    bad = documents(last, ann)["b.txt"]
    assert (bad.state, [problem.where for problem in bad.problems]) == ("unreadable", ["file"])
    assert "Add it again" in bad.problems[0].message
    assert last.originals.get(bad.id) == papers[1].read_bytes()

    after = last.reopened()  # said until something is done about it, and not tried again
    assert list(after.importing.resume()) == []
    assert room.reader.read_names == []
    assert failed(after) == [job]
    finished(after.importing.import_files(papers, ann.id))
    check_all_are_in(after, ann)


def test_it_is_given_up_also_when_the_file_was_not_kept_yet(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    again = killed(room, room.importing.import_files(papers, ann.id), 1)
    for _ in range(MOST_ATTEMPTS - 1):
        again = killed(again, again.importing.resume(), 1)
    assert list(again.importing.resume()) == []
    assert [job.payload["patient_id"] for job in failed(again)] == [ann.id]
    assert states(again, ann) == {}


def test_a_kept_file_that_belongs_to_no_import_any_more_is_given_up_too(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    work = room.importing.import_files(papers[:2], ann.id)
    to_reading(room, "b.txt", work)
    work.close()  # stopped by the person
    last = dying_starts(room, MOST_ATTEMPTS)
    assert list(last.importing.resume()) == []
    assert len(failed(last)) == 1
    assert states(last, ann) == {"a.txt": "ready", "b.txt": "unreadable"}


def test_a_given_up_import_is_said_until_files_of_that_person_are_added(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    bob = room.patients.add("Bob Example")
    with room.vault.write() as tx:
        for name, person in (("j1", ann), ("j2", bob)):
            payload = {"patient_id": person.id, "paths": []}
            tx.jobs.add(Job(JobId(name), "import", "failed", payload, 3, "It failed."))
        tx.jobs.add(Job(JobId("j3"), "backup", "failed", {}, 3, "It failed."))
    finished(room.importing.import_files(papers, ann.id))
    assert [job.id for job in failed(room)] == ["j2", "j3"]


def test_many_files_may_take_many_starts(room: Room, ann: Patient, desk: Path) -> None:
    paths = put(desk, **{f"f{number}": f"Word{number}." for number in range(MOST_ATTEMPTS + 3)})
    work = room.importing.import_files(paths, ann.id)
    for path in paths[1:]:  # each start ends in the file after the one it took in
        to_reading(room, path.name, work)
        room = killed(room, work, 0)
        work = room.importing.resume()
    finished(work)
    assert set(states(room, ann).values()) == {"ready"}
    assert len(states(room, ann)) == len(paths)
    assert jobs(room) == failed(room) == []


def test_locking_often_gives_nothing_up(room: Room, ann: Patient, papers: list[Path]) -> None:
    work = room.importing.import_files(papers, ann.id)
    for _ in range(MOST_ATTEMPTS + 2):
        to_reading(room, "a.txt", work)
        room.importing.suspend()
        work.close()
        room = room.reopened()
        work = room.importing.resume()
    finished(work)
    check_all_are_in(room, ann)


def test_files_wait_for_the_model_however_often_the_program_is_started(
    room: Room, ann: Patient, papers: list[Path]
) -> None:
    room.embedder.failure = NotEnoughMemory()
    finished(room.importing.import_files(papers, ann.id))
    for _ in range(MOST_ATTEMPTS + 2):
        room = room.reopened()
        assert len(finished(room.importing.resume())) == 3
    assert set(states(room, ann).values()) == {"importing"}
    room.embedder.failure = None
    finished(room.importing.resume())
    check_all_are_in(room, ann)
