"""Who sees only people given to them finds nothing of the others, whatever is asked and by whatever id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from storage_builders import (
    NOW,
    Clock,
    a_document,
    a_grant,
    a_passage,
    a_patient,
    a_reading,
    a_session,
    a_turn,
    a_user,
    add_letter,
    some_keys,
    vectors_for,
    verified,
)

from healthmate_desktop.domain.answers import Thread
from healthmate_desktop.domain.ids import DocumentId, JobId, PassageId, ThreadId, new_id
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import User
    from healthmate_desktop.storage.transaction import Transaction

pytestmark = [pytest.mark.database, pytest.mark.security]


@dataclass(frozen=True)
class Shelf:
    """All that is kept for one person."""

    person: Patient
    document: Document
    passage: PassageId
    thread: ThreadId
    job: JobId


@dataclass(frozen=True)
class Ward:
    vault: Vault
    clock: Clock
    originals: Originals
    user: User
    mine: Shelf
    theirs: Shelf


def a_shelf(vault: Vault, originals: Originals, name: str) -> Shelf:
    person = a_patient(name)
    thread = Thread(ThreadId(new_id()), person.id, "Blood", NOW)
    job = Job(JobId(new_id()), "import", payload={"patient_id": person.id})
    with vault.write() as tx:
        tx.patients.add(person)
        passages = add_letter(tx, person, "shared words")
        tx.chats.add_thread(thread)
        tx.chats.add_turn(a_turn(thread.id))
        tx.jobs.add(job)
    document = a_document(person.id)
    originals.put(document, name.encode())
    return Shelf(person, document, passages[0].id, thread.id, job.id)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    clock = Clock()
    vault = Vault.create(tmp_path / "vault", some_keys(), clock=clock)
    originals = Originals(vault, bytes, lambda sealed, _: sealed, lambda: 1)
    mine, theirs = (a_shelf(vault, originals, name) for name in ("Ann Mine", "Bo Theirs"))
    user = a_user()
    with vault.write() as tx:
        tx.users.add(user)
        tx.grants.add(a_grant(user.id, mine.person.id))
    vault.act_as(a_session(user.id, "assigned", "clinician"))
    yield Ward(vault, clock, originals, user, mine, theirs)
    vault.close()


READS: dict[str, Callable[[Transaction, Shelf], Any]] = {
    "person": lambda tx, of: tx.patients.get(of.person.id),
    "people": lambda tx, of: [p for p in tx.patients.all() if p == of.person],
    "people by name": lambda tx, of: (
        [p for p in tx.patients.find("a b 1980", 9) if p == of.person]
        or [p for p in tx.patients.find(of.person.name, 9) if p == of.person]
    ),
    "newest people": lambda tx, of: [p for p in tx.patients.find("", 9) if p == of.person],
    "document": lambda tx, of: tx.documents.get(of.document.id),
    "documents": lambda tx, of: tx.documents.of_patient(of.person.id),
    "same bytes": lambda tx, of: tx.documents.with_sha256(of.person.id, of.document.sha256),
    "unfinished": lambda tx, of: [d for d in tx.documents.unfinished() if d == of.document],
    "page": lambda tx, of: tx.documents.page(read_document(tx, of), 1),
    "pages": lambda tx, of: tx.documents.pages(read_document(tx, of)),
    "passage": lambda tx, of: tx.passages.get([of.passage]),
    "passages of a document": lambda tx, of: tx.passages.of_document(read_document(tx, of)),
    "count of passages": lambda tx, of: tx.passages.count(read_document(tx, of)),
    "full text": lambda tx, of: tx.passages.full_text(of.person.id, "shared", 9),
    "nearest": lambda tx, of: tx.passages.nearest(of.person.id, vectors_for(1)[0], 9),
    "vectors": lambda tx, of: tx.passages.vectors(of.person.id, [of.passage]).any(),
    "threads": lambda tx, of: tx.chats.threads(of.person.id),
    "turns": lambda tx, of: tx.chats.turns(of.thread),
    "job": lambda tx, of: tx.jobs.get(of.job),
    "jobs": lambda tx, of: [job for job in tx.jobs.unfinished() if job.id == of.job],
}
WRITES: dict[str, Callable[[Transaction, Shelf], object]] = {
    "change a person": lambda tx, of: tx.patients.update(replace(of.person, name="Another")),
    "add a document": lambda tx, of: tx.documents.add(a_document(of.person.id)),
    "save pages": lambda tx, of: tx.documents.save_pages(of.document.id, a_reading("other")),
    "mark unreadable": lambda tx, of: tx.documents.mark_unreadable(of.document.id, None, ()),
    "add passages": lambda tx, of: tx.passages.add(
        of.person.id, [a_passage(of.document.id, "more")], vectors_for(1), "test"
    ),
    "add no passages": lambda tx, of: tx.passages.add(of.person.id, [], vectors_for(0), "test"),
    "add a thread": lambda tx, of: tx.chats.add_thread(
        Thread(ThreadId(new_id()), of.person.id, "Another", NOW)
    ),
    "add a turn": lambda tx, of: tx.chats.add_turn(a_turn(of.thread)),
    "save a draft": lambda tx, of: tx.drafts.save("ask", of.person.id, "words"),
    "add a job": lambda tx, of: tx.jobs.add(
        Job(JobId(new_id()), "import", payload={"patient_id": of.person.id})
    ),
    "update a job": lambda tx, of: tx.jobs.update(Job(of.job, "import", "failed")),
}


def read_document(tx: Transaction, of: Shelf) -> DocumentId:
    """By its id, which someone may know from before."""
    query = "SELECT document_id FROM passage WHERE id = ?"
    return DocumentId(str(tx.connection.exec_driver_sql(query, (of.passage,)).scalar()))


def seen(vault: Vault, read: Callable[[Transaction, Shelf], Any], of: Shelf) -> bool:
    with vault.read() as tx:
        try:
            return bool(read(tx, of))
        except NotFound:
            return False


@pytest.mark.parametrize("name", READS)
def test_nothing_of_the_others_can_be_read(ward: Ward, name: str) -> None:
    assert seen(ward.vault, READS[name], ward.mine)
    assert not seen(ward.vault, READS[name], ward.theirs)
    ward.vault.act_as(a_session())
    assert seen(ward.vault, READS[name], ward.theirs)  # it is there


@pytest.mark.parametrize("name", WRITES)
def test_nothing_of_the_others_can_be_written(ward: Ward, name: str) -> None:
    before = ward.vault.head()
    with pytest.raises(NotFound), ward.vault.write() as tx:
        WRITES[name](tx, ward.theirs)
    assert ward.vault.head() == before
    with ward.vault.write() as tx:
        WRITES[name](tx, ward.mine)
    ward.vault.act_as(a_session())
    with ward.vault.write() as tx:
        WRITES[name](tx, ward.theirs)
    assert verified(ward.vault).ok


def test_originals_of_the_others_can_be_neither_read_nor_removed(ward: Ward) -> None:
    assert ward.originals.get(ward.mine.document.id) == b"Ann Mine"
    with pytest.raises(NotFound):
        ward.originals.get(ward.theirs.document.id)
    with pytest.raises(NotFound):
        ward.originals.remove(ward.theirs.document.id)
    with pytest.raises(NotFound):
        ward.originals.put(a_document(ward.theirs.person.id), b"new")


def test_work_for_the_others_is_neither_seen_nor_removed(ward: Ward) -> None:
    with ward.vault.write() as tx:
        tx.jobs.add(Job(JobId(new_id()), "backup"))
        tx.jobs.remove(ward.theirs.job)
        assert [job.kind for job in tx.jobs.unfinished()] == ["import", "backup"]
        tx.jobs.remove(ward.mine.job)
    ward.vault.act_as(a_session())
    with ward.vault.read() as tx:
        assert [job.id for job in tx.jobs.unfinished()][:1] == [ward.theirs.job]


def test_counts_are_of_the_people_given(ward: Ward) -> None:
    with ward.vault.read() as tx:
        assert tx.patients.count() == 1
    ward.vault.act_as(a_session())
    with ward.vault.read() as tx:
        assert tx.patients.count() == 2


def test_drafts_of_a_person_are_not_shown_when_they_are_out_of_reach(ward: Ward) -> None:
    with ward.vault.write() as tx:
        tx.drafts.save("ask", ward.mine.person.id, "words")
        assert tx.drafts.get("ask", ward.mine.person.id) == "words"
        (grant,) = tx.grants.of_user(ward.user.id)
        tx.grants.end(grant.id)
        assert tx.drafts.get("ask", ward.mine.person.id) == ""


def test_care_that_ends_ends_at_once(ward: Ward) -> None:
    vector = vectors_for(1)[0]
    with ward.vault.read() as tx:
        assert tx.passages.nearest(ward.mine.person.id, vector, 5)  # now it is at hand
    with ward.vault.write() as tx:
        (grant,) = tx.grants.of_user(ward.user.id)
        tx.grants.end(grant.id)
    assert not any(seen(ward.vault, read, ward.mine) for read in READS.values())


def test_an_emergency_lasts_as_long_as_it_says(ward: Ward) -> None:
    until = NOW.replace(hour=13)
    with ward.vault.write() as tx:
        tx.grants.add(a_grant(ward.user.id, ward.theirs.person.id, until=until, reason="Fell"))
    with ward.vault.read() as tx:
        assert tx.passages.nearest(ward.theirs.person.id, vectors_for(1)[0], 5)
        ward.clock.now = until  # in the middle of a block, too
        assert tx.passages.nearest(ward.theirs.person.id, vectors_for(1)[0], 5) == []
    assert not any(seen(ward.vault, read, ward.theirs) for read in READS.values())
    ward.clock.now = NOW.replace(hour=11)  # set back before its beginning
    assert not any(seen(ward.vault, read, ward.theirs) for read in READS.values())
    ward.clock.now = NOW
    assert all(seen(ward.vault, read, ward.theirs) for read in READS.values())


def test_who_is_signed_in_next_sees_their_own_people_only(ward: Ward) -> None:
    with ward.vault.read() as tx:
        assert tx.passages.nearest(ward.mine.person.id, vectors_for(1)[0], 5)
    ward.vault.act_as(a_session(new_id(), "assigned", "clinician"))
    for shelf in (ward.mine, ward.theirs):
        assert not any(seen(ward.vault, read, shelf) for read in READS.values())


def test_who_adds_a_person_is_given_them(ward: Ward) -> None:
    new = a_patient("New")
    with ward.vault.write() as tx:
        tx.patients.add(new)
        assert tx.patients.get(new.id) == new
        assert tx.grants.live(ward.user.id, new.id)
    ward.vault.act_as(a_session())
    other = a_patient("Another")
    with ward.vault.write() as tx:
        tx.patients.add(other)  # who sees everyone needs no grant
        assert not tx.grants.live(ward.user.id, other.id)
    assert verified(ward.vault).ok


def test_people_out_of_reach_can_be_found_for_an_emergency(ward: Ward) -> None:
    theirs = ward.theirs.person
    with ward.vault.read() as tx:
        (found,) = tx.patients.find_others("bo", 5)
        assert (found.id, found.name, found.birth_date) == (
            theirs.id,
            "Bo Theirs",
            theirs.birth_date,
        )
        assert found.sex == ""  # no more than is needed to know them
        assert tx.patients.find_others("ann", 5) == []
        assert tx.patients.find_others(" ", 5) == []  # no list of everyone
    ward.vault.act_as(a_session())
    with ward.vault.read() as tx:
        assert tx.patients.find_others("bo", 5) == []  # nobody is out of reach
