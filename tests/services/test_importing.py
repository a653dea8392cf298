"""Files in: kept first, read after; one bad file, a stop or a missing part never loses another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from builders import finished, put

from healthmate_desktop.errors import (
    ChildDied,
    InferenceError,
    NotEnoughMemory,
    NotFound,
    VaultError,
)
from healthmate_desktop.services import files
from healthmate_desktop.services.outcomes import FileOutcome, ImportProgress

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.errors import HealthMateError
    from services.conftest import Room

pytestmark = pytest.mark.integration

LETTER = "Ferritin was 9 ug/L.\fIron tablets were prescribed."


def import_files(room: Room, person: Patient, *paths: Path) -> list[FileOutcome]:
    return finished(room.importing.import_files(paths, person.id))


def only_document(room: Room, person: Patient) -> Document:
    (document,) = room.documents.of_patient(person.id)
    return document


def found(room: Room, person: Patient, query: str) -> list[str]:
    hits = room.search.search(query, person.id, scope="person")
    return [hit.passage.text for hit in hits]


def test_imported_file_is_kept_whole_listed_and_found(room: Room, ann: Patient, desk: Path) -> None:
    (path,) = put(desk, letter=LETTER)
    (outcome,) = import_files(room, ann, path)
    document = only_document(room, ann)
    assert (outcome.status, outcome.kind, outcome.document_id) == ("imported", "text", document.id)
    assert (outcome.path, outcome.problems) == (str(path), ())
    assert (document.name, document.state, document.page_count) == ("letter.txt", "ready", 2)
    assert room.originals.get(document.id) == path.read_bytes()
    assert found(room, ann, "ferritin")[0] == "Ferritin was 9 ug/L."


def test_passages_stand_at_their_place_on_the_page(room: Room, ann: Patient, desk: Path) -> None:
    import_files(room, ann, *put(desk, letter=LETTER))
    for hit in room.search.search("ferritin tablets", ann.id, scope="person"):
        page = room.documents.page(only_document(room, ann).id, hit.passage.page)
        assert page.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_progress_names_file_page_and_outcome_in_order(
    room: Room, ann: Patient, desk: Path
) -> None:
    steps = list(room.importing.import_files(put(desk, a="One two.\fThree four.", b="x y"), ann.id))
    shown = [(s.done, s.name, s.page, s.pages, s.outcome and s.outcome.status) for s in steps]
    assert shown == [
        (0, "a.txt", 0, 0, None),
        (0, "a.txt", 1, 2, None),
        (0, "a.txt", 2, 2, None),
        (1, "a.txt", 0, 0, "imported"),
        (1, "b.txt", 0, 0, None),
        (1, "b.txt", 1, 1, None),
        (2, "b.txt", 0, 0, "imported"),
    ]
    assert {step.total for step in steps} == {2}


def test_original_is_safe_before_the_file_is_read(room: Room, ann: Patient, desk: Path) -> None:
    (path,) = put(desk, letter=LETTER)
    work = room.importing.import_files([path], ann.id)
    next(work)
    assert not room.reader.read_names
    next(work)  # the first page
    document = only_document(room, ann)
    assert document.state == "importing"
    assert room.originals.get(document.id) == path.read_bytes()
    work.close()


def test_same_bytes_are_a_duplicate_whatever_the_name(room: Room, ann: Patient, desk: Path) -> None:
    first, second = put(desk, one=LETTER, two=LETTER)
    before, after = import_files(room, ann, first, second)
    assert (after.status, after.document_id, after.kind) == (
        "duplicate",
        before.document_id,
        "text",
    )
    assert room.reader.read_names == ["one.txt"]
    assert only_document(room, ann).name == "one.txt"


def test_same_file_of_two_people_is_kept_for_each(room: Room, ann: Patient, desk: Path) -> None:
    (path,) = put(desk, letter=LETTER)
    bob = room.patients.add("Bob Example")
    assert [import_files(room, p, path)[0].status for p in (ann, bob)] == ["imported", "imported"]
    assert only_document(room, ann).id != only_document(room, bob).id


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        ("DAMAGED", "unreadable", "This file is damaged. It is kept."),
        ("", "unreadable", "This file is damaged. It is kept."),
        ("UNKNOWN", "unsupported", "This kind of file can't be read yet. It is kept."),
    ],
    ids=["damaged", "empty", "unknown"],
)
def test_bad_file_is_named_and_kept_and_the_others_go_on(
    room: Room, ann: Patient, desk: Path, content: str, status: str, message: str
) -> None:
    outcomes = import_files(room, ann, *put(desk, a=content, b=LETTER))
    assert [outcome.status for outcome in outcomes] == [status, "imported"]
    assert [problem.message for problem in outcomes[0].problems] == [message]
    kept = next(d for d in room.documents.of_patient(ann.id) if d.name == "a.txt")
    assert (kept.state, kept.problems) == ("unreadable", outcomes[0].problems)
    assert room.originals.get(kept.id) == content.encode()


def test_lost_page_is_named_and_the_others_are_found(room: Room, ann: Patient, desk: Path) -> None:
    (outcome,) = import_files(room, ann, *put(desk, a="Ferritin low.\fLOST\fIron tablets given."))
    assert outcome.status == "imported"
    assert [problem.where for problem in outcome.problems] == ["page 2"]
    (hit, *_) = room.search.search("tablets", ann.id, scope="person")
    assert (hit.passage.text, hit.passage.page) == ("Iron tablets given.", 3)


def test_missing_and_too_large_files_are_named_and_not_kept(
    room: Room, ann: Patient, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 10)
    large, good = put(desk, large="x" * 11, good="x y z")
    outcomes = import_files(room, ann, desk / "gone.txt", large, good)
    assert [outcome.status for outcome in outcomes] == ["unreadable", "unreadable", "imported"]
    assert [outcome.document_id for outcome in outcomes[:2]] == ["", ""]
    assert "no file of this name" in outcomes[0].problems[0].message
    assert "larger than 200 MB" in outcomes[1].problems[0].message
    assert only_document(room, ann).name == "good.txt"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_pipe_and_device_are_refused_at_once(room: Room, ann: Patient, desk: Path) -> None:
    from pathlib import Path

    os.mkfifo(desk / "pipe")
    outcomes = import_files(room, ann, desk / "pipe", Path(os.devnull), desk / ("x" * 300))
    assert [outcome.status for outcome in outcomes] == ["unreadable"] * 3
    assert "pipe" in outcomes[0].problems[0].message
    assert not room.documents.of_patient(ann.id)


@pytest.mark.skipif(os.name == "nt", reason="needs the rights of Unix")
def test_file_that_may_not_be_read_is_named(room: Room, ann: Patient, desk: Path) -> None:
    (path,) = put(desk, secret=LETTER)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root may read everything")
    (outcome,) = import_files(room, ann, path)
    assert "Check that you may read it" in outcome.problems[0].message


@pytest.mark.skipif(os.name == "nt", reason="names on Windows are always text")
def test_file_whose_name_is_no_text_is_imported(room: Room, ann: Patient, desk: Path) -> None:
    from pathlib import Path

    path = Path(os.fsdecode(os.fsencode(desk) + b"/caf\xe9.txt"))
    path.write_text(LETTER, encoding="utf-8")
    steps = list(room.importing.import_files([path], ann.id))
    assert {step.name for step in steps} == {"caf?.txt"}
    outcome = steps[-1].outcome
    assert outcome is not None
    assert (outcome.status, only_document(room, ann).name) == ("imported", "caf?.txt")
    assert outcome.path.endswith("caf?.txt")


def test_folder_is_imported_in_order_without_hidden_files(
    room: Room, ann: Patient, desk: Path
) -> None:
    for name in ("b.txt", "a.txt", "sub/c.txt", ".hidden", ".git/d.txt", "sub/.e.txt"):
        path = desk / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"Content of {name}.", encoding="utf-8")
    outcomes = import_files(room, ann, desk)
    assert [os.path.relpath(o.path, desk) for o in outcomes] == ["a.txt", "b.txt", "sub/c.txt"]


def test_empty_folder_gives_nothing(room: Room, ann: Patient, desk: Path) -> None:
    assert import_files(room, ann, desk) == []


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 6])
def test_stopping_keeps_what_is_through_and_resuming_does_the_rest(
    room: Room, ann: Patient, desk: Path, steps: int
) -> None:
    paths = put(desk, a=LETTER, b="Sodium was normal.\fPotassium was high.")
    work = room.importing.import_files(paths, ann.id)
    for _ in range(steps):
        next(work)
    work.close()
    assert room.reader.under_way == 0
    through = {d.name for d in room.documents.of_patient(ann.id) if d.state == "ready"}
    assert through == ({"a.txt"} if steps >= 4 else set())
    resumed = finished(room.importing.resume())
    assert all(outcome.status == "imported" for outcome in resumed)
    again = import_files(room, ann, *paths)
    assert {o.status for o in again} <= {"imported", "duplicate"}
    documents = room.documents.of_patient(ann.id)
    assert sorted((d.name, d.state) for d in documents) == [("a.txt", "ready"), ("b.txt", "ready")]
    assert len(found(room, ann, "ferritin")) == len(set(found(room, ann, "ferritin")))


def test_resuming_names_the_file_and_its_pages(room: Room, ann: Patient, desk: Path) -> None:
    work = room.importing.import_files(put(desk, a=LETTER), ann.id)
    next(work), next(work)
    work.close()
    steps = list(room.importing.resume())
    assert [(s.name, s.done, s.total, s.page) for s in steps] == [
        ("a.txt", 0, 1, 0),
        ("a.txt", 0, 1, 1),
        ("a.txt", 0, 1, 2),
        ("a.txt", 1, 1, 0),
    ]
    assert steps[-1].outcome is not None
    assert steps[-1].outcome.path == "a.txt"
    assert finished(room.importing.resume()) == []


def test_resuming_can_be_stopped_too(room: Room, ann: Patient, desk: Path) -> None:
    work = room.importing.import_files(put(desk, a=LETTER), ann.id)
    next(work), next(work)
    work.close()
    resuming = room.importing.resume()
    next(resuming), next(resuming)
    resuming.close()
    assert room.reader.under_way == 0
    assert [outcome.status for outcome in finished(room.importing.resume())] == ["imported"]


def test_file_that_was_unreadable_is_read_again_when_it_is_imported_again(
    room: Room, ann: Patient, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = put(desk, letter="DAMAGED for now")
    (first,) = import_files(room, ann, path)
    monkeypatch.setattr("fakes._texts", lambda content: [content.decode()])  # a better reader
    (second,) = import_files(room, ann, path)
    assert (first.status, second.status) == ("unreadable", "imported")
    assert first.document_id == second.document_id
    assert (only_document(room, ann).state, only_document(room, ann).problems) == ("ready", ())


@pytest.mark.parametrize(
    "failure",
    [
        InferenceError("The model did not answer. Your records are safe."),
        ChildDied("A helper process stopped unexpectedly. Your records are safe. Try again."),
        NotEnoughMemory(),
    ],
    ids=lambda failure: failure.code,
)
def test_without_the_embedder_files_are_kept_and_made_findable_later(
    room: Room, ann: Patient, desk: Path, failure: HealthMateError
) -> None:
    room.embedder.failure = failure
    outcomes = import_files(room, ann, *put(desk, a=LETTER, b="Sodium was normal."))
    assert [outcome.status for outcome in outcomes] == ["unreadable", "unreadable"]
    assert {outcome.problems[0].message for outcome in outcomes} == {str(failure)}
    assert {d.state for d in room.documents.of_patient(ann.id)} == {"importing"}
    room.embedder.failure = None
    assert [outcome.status for outcome in finished(room.importing.resume())] == ["imported"] * 2
    assert found(room, ann, "sodium")[0] == "Sodium was normal."


def test_reader_that_cannot_start_is_no_fault_of_the_file(
    room: Room, ann: Patient, desk: Path
) -> None:
    (outcome,) = import_files(room, ann, *put(desk, a="NO CHILD"))
    assert outcome.status == "unreadable"
    assert "Try again" in outcome.problems[0].message
    assert only_document(room, ann).state == "importing"


def test_original_lost_before_it_was_read_is_told_and_the_others_are_resumed(
    room: Room, ann: Patient, desk: Path
) -> None:
    room.embedder.failure = NotEnoughMemory()
    lost, *_ = import_files(room, ann, *put(desk, a=LETTER, b="Sodium was normal.", c="Chloride."))
    room.embedder.failure = None
    (room.vault.folder / "originals" / f"{lost.document_id}.age").unlink()
    resumed = {o.path: o for o in finished(room.importing.resume())}
    assert resumed["a.txt"].status == "unreadable"
    assert "missing" in resumed["a.txt"].problems[0].message
    assert (resumed["b.txt"].status, resumed["c.txt"].status) == ("imported", "imported")
    assert finished(room.importing.resume()) == []


def test_locked_vault_takes_nothing(room: Room, ann: Patient, desk: Path) -> None:
    room.vault.close()
    with pytest.raises(VaultError, match="locked"):
        import_files(room, ann, *put(desk, a=LETTER))


def test_page_that_was_not_read_is_not_found(room: Room, ann: Patient, desk: Path) -> None:
    import_files(room, ann, *put(desk, a=LETTER))
    with pytest.raises(NotFound):
        room.documents.page(only_document(room, ann).id, 3)


@pytest.mark.security
def test_nothing_of_a_file_is_in_what_goes_wrong(room: Room, ann: Patient, desk: Path) -> None:
    canary = "CANARY-7f3a"
    room.embedder.failure = InferenceError("The model did not answer.")
    contents = {"a": f"DAMAGED {canary}", "b": f"UNKNOWN {canary}", "c": canary}
    outcomes = import_files(room, ann, *put(desk / "..", **contents), desk / canary)
    assert len(outcomes) == 4
    assert not any(canary in problem.message for o in outcomes for problem in o.problems)


def test_outcome_comes_with_the_step_after_which_the_file_is_through(
    room: Room, ann: Patient, desk: Path
) -> None:
    *_, last = room.importing.import_files(put(desk, a=LETTER), ann.id)
    assert isinstance(last, ImportProgress)
    assert (last.done, last.total) == (1, 1)
    assert last.outcome is not None
    assert last.outcome.seconds > 0
