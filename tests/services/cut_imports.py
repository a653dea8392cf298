"""Imports that are cut off in the middle, and what is left of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.jobs import Job
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.services.outcomes import FileOutcome, ImportProgress
    from services.conftest import Room

    Work = Generator[ImportProgress, None, list[FileOutcome]]

PAPERS = {
    "a": "Ferritin was 9 ug/L.\fIron tablets.",
    "b": "Sodium was normal.\fPotassium.",
    "c": "Chloride.",
}


def killed(room: Room, work: Work, steps: int) -> Room:
    """The next start, after the power went off when so many steps of the work were done."""
    for _ in range(steps):
        next(work)
    again = room.reopened()
    work.close()  # the process is gone, and can't write any more
    return again


def to_reading(room: Room, name: str, work: Work) -> int:
    """How many more steps until a page of this file was read; the reader is in the middle of it."""
    before = len(room.reader.read_names)
    for steps, step in enumerate(work, 1):
        if step.name == name and step.page:
            assert room.reader.read_names[before:][-1] == name
            return steps
    raise AssertionError("that file is not read")


def jobs(room: Room) -> list[Job]:
    with room.vault.read() as tx:
        return tx.jobs.unfinished()


def failed(room: Room) -> list[Job]:
    with room.vault.read() as tx:
        return tx.jobs.failed()


def documents(room: Room, person: Patient) -> dict[str, Document]:
    """By name; none is there twice."""
    found = room.documents.of_patient(person.id)
    assert len({document.sha256 for document in found}) == len(found)
    return {document.name: document for document in found}


def states(room: Room, person: Patient) -> dict[str, str]:
    return {name: document.state for name, document in sorted(documents(room, person).items())}


def check_all_are_in(room: Room, person: Patient) -> None:
    assert states(room, person) == dict.fromkeys(["a.txt", "b.txt", "c.txt"], "ready")
    for name, document in documents(room, person).items():
        content = PAPERS[name.removesuffix(".txt")]
        assert room.originals.get(document.id) == content.encode()
        hits = room.search.search(content.replace("\f", " "), person.id, scope="person", k=20)
        passages = [hit.passage.text for hit in hits if hit.passage.document_id == document.id]
        assert sorted(passages) == sorted(content.split("\f"))
    assert jobs(room) == failed(room) == []
    assert list(room.importing.resume()) == []
