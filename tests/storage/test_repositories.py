from __future__ import annotations

import random
import string
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
import sqlalchemy as sa
from storage_builders import (
    CANARY,
    NOW,
    a_document,
    a_passage,
    a_patient,
    a_reading,
    a_session,
    a_turn,
    add_letter,
    some_keys,
    vectors_for,
)

from healthmate_desktop.domain.answers import Thread
from healthmate_desktop.domain.documents import DocumentKind, Page, Problem, ReadDocument
from healthmate_desktop.domain.ids import (
    DocumentId,
    PassageId,
    PatientId,
    ThreadId,
    new_id,
)
from healthmate_desktop.domain.patients import Patient
from healthmate_desktop.errors import NotFound
from healthmate_desktop.storage.tables import DOCUMENT, PATIENT
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.database


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault.create(tmp_path / "vault", some_keys())
    yield vault
    vault.close()


@pytest.fixture
def patient(vault: Vault) -> Patient:
    patient = a_patient()
    with vault.write() as tx:
        tx.patients.add(patient)
    return patient


def test_people_come_back_as_they_were_added(vault: Vault) -> None:
    people = [a_patient("Ann"), Patient(PatientId(new_id()), "Bo"), a_patient("\u00c7a")]
    with vault.write() as tx:
        for person in people:
            tx.patients.add(person)
    with vault.read() as tx:
        assert tx.patients.all() == people
        assert tx.patients.get(people[1].id) == people[1]
        with pytest.raises(NotFound):
            tx.patients.get(PatientId("nobody"))


def test_each_record_says_when_by_whom_and_which_version(vault: Vault, patient: Patient) -> None:
    document = a_document(patient.id)
    vault.act_as(a_session())
    with vault.write() as tx:
        tx.documents.add(document)
    with vault.connection(writing=False) as connection:
        first = connection.execute(sa.select(DOCUMENT)).one()
    with vault.write() as tx:
        tx.documents.mark_unreadable(document.id, None, ())
    with vault.connection(writing=False) as connection:
        second = connection.execute(sa.select(DOCUMENT)).one()
    assert (first.revision, second.revision) == (1, 2)
    assert first.created_at == first.updated_at == second.created_at < second.updated_at
    assert first.author == "owner"
    assert first.deleted_at is None
    assert second.updated_at.utcoffset() == timedelta(0)


def test_a_deleted_record_is_no_longer_shown(vault: Vault, patient: Patient) -> None:
    with vault.connection(writing=True) as connection:
        connection.execute(sa.update(PATIENT).values(deleted_at=NOW))
    with vault.read() as tx:
        assert tx.patients.all() == []
        with pytest.raises(NotFound):
            tx.patients.get(patient.id)


def test_times_without_a_zone_are_a_bug(vault: Vault, patient: Patient) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(sa.exc.StatementError, match="without a zone"), vault.write() as tx:
        tx.documents.add(a_document(patient.id, added_at=naive))


def test_documents_are_listed_newest_first_and_per_person(vault: Vault, patient: Patient) -> None:
    other = a_patient("Bo")
    old = a_document(patient.id, "old.pdf", added_at=NOW - timedelta(days=1))
    new = a_document(patient.id, "new.pdf", kind=DocumentKind.PDF, sha256="cd" * 32)
    theirs = a_document(other.id, "theirs.pdf", sha256="ef" * 32)
    with vault.write() as tx:
        tx.patients.add(other)
        for document in (old, new, theirs):
            tx.documents.add(document)
    with vault.read() as tx:
        assert tx.documents.of_patient(patient.id) == [new, old]
        assert tx.documents.of_patient(other.id) == [theirs]
        assert tx.documents.get(old.id) == old
        assert tx.documents.with_sha256(patient.id, new.sha256) == new
        assert tx.documents.with_sha256(patient.id, theirs.sha256) is None
        assert set(tx.documents.unfinished()) == {old, new, theirs}
        with pytest.raises(NotFound):
            tx.documents.get(DocumentId("none"))


def test_a_read_document_keeps_every_page_word_and_box(vault: Vault, patient: Patient) -> None:
    document = a_document(patient.id)
    read = a_reading("one two three", "four \u00e9\u00e8 \U0001f600")
    with vault.write() as tx:
        tx.documents.add(document)
        tx.documents.save_pages(document.id, read)
    with vault.read() as tx:
        assert tx.documents.pages(document.id) == list(read.pages)
        assert tx.documents.page(document.id, 2) == read.pages[1]
        assert tx.documents.unfinished() == []
        assert tx.documents.get(document.id) == replace(
            document,
            kind=read.kind,
            state="ready",
            page_count=2,
            problems=read.problems,
        )
        for number in (0, 3):
            with pytest.raises(NotFound):
                tx.documents.page(document.id, number)


def test_reading_again_replaces_what_was_read_before(vault: Vault, patient: Patient) -> None:
    with vault.write() as tx:
        passages = add_letter(tx, patient, "first words", "second words")
    document_id = DocumentId(passages[0].document_id)
    page = Page(1, "third words")
    with vault.write() as tx:
        tx.documents.save_pages(document_id, ReadDocument(DocumentKind.TEXT, "", (page,)))
    with vault.read() as tx:
        assert tx.documents.pages(document_id) == [page]
        assert tx.passages.count(document_id) == 0
        assert tx.passages.full_text(patient.id, "second", 5) == []
        assert tx.passages.nearest(patient.id, vectors_for(1)[0], 5) == []
    with vault.write() as tx:
        tx.documents.save_pages(document_id, ReadDocument(DocumentKind.TEXT, "", ()))
    with vault.read() as tx:
        assert tx.documents.pages(document_id) == []


def test_an_unreadable_document_keeps_its_reasons(vault: Vault, patient: Patient) -> None:
    document = a_document(patient.id)
    problems = (Problem("file", "It is encrypted."),)
    with vault.write() as tx:
        tx.documents.add(document)
        tx.documents.mark_unreadable(document.id, DocumentKind.PDF, problems)
        with pytest.raises(NotFound):
            tx.documents.mark_unreadable(DocumentId("none"), None, ())
        with pytest.raises(NotFound):
            tx.documents.save_pages(DocumentId("none"), a_reading("x"))
    with vault.read() as tx:
        found = tx.documents.get(document.id)
    assert (found.state, found.kind, found.problems) == ("unreadable", DocumentKind.PDF, problems)


def test_passages_come_back_in_the_order_asked_for(vault: Vault, patient: Patient) -> None:
    with vault.write() as tx:
        passages = add_letter(tx, patient, "one", "two", "three")
    with vault.read() as tx:
        ids = [passages[2].id, PassageId("gone"), passages[0].id]
        assert tx.passages.get(ids) == [passages[2], passages[0]]
        assert tx.passages.get([]) == []
        document_id = DocumentId(passages[0].document_id)
        assert tx.passages.of_document(document_id) == passages
        assert tx.passages.count(document_id) == 3


def test_no_passages_and_mismatched_vectors(vault: Vault, patient: Patient) -> None:
    with vault.write() as tx:
        (passage,) = add_letter(tx, patient, "one")
        tx.passages.add(patient.id, [], vectors_for(0), "test")
        more = [a_passage(DocumentId(passage.document_id), "two")]
        for vectors in (vectors_for(2), np.zeros((1, 3), np.float32)):
            with pytest.raises(ValueError, match="shape"):
                tx.passages.add(patient.id, more, vectors, "test")


def test_a_passage_can_not_be_filed_under_another_person(vault: Vault, patient: Patient) -> None:
    other = a_patient("Bo")
    with vault.write() as tx:
        tx.patients.add(other)
        (passage,) = add_letter(tx, patient, "mine")
    stray = a_passage(DocumentId(passage.document_id), "mine too")
    with pytest.raises(sa.exc.IntegrityError), vault.write() as tx:
        tx.passages.add(other.id, [stray], vectors_for(1), "test")


def test_passages_are_never_changed_in_place(vault: Vault, patient: Patient) -> None:
    with vault.write() as tx:
        add_letter(tx, patient, "one")
    with (
        pytest.raises(sa.exc.DatabaseError, match="never changed"),
        vault.connection(writing=True) as raw,
    ):
        raw.exec_driver_sql("UPDATE passage SET text = 'two'")


def test_words_are_found_by_their_stems_and_ranked(vault: Vault, patient: Patient) -> None:
    with vault.write() as tx:
        passages = add_letter(
            tx,
            patient,
            "Potassium was measured: potassium 5.9 mmol/l.",
            "Nothing of note but a long text in which potassium is named only once at its end.",
            "The kidneys were examined.",
        )
    with vault.read() as tx:
        found = tx.passages.full_text(patient.id, "How high: POTASSIUM?", 10)
        assert [key for key, _ in found] == [passages[0].id, passages[1].id]
        assert found[0][1] > found[1][1] > 0
        assert tx.passages.full_text(patient.id, "potassium", 1) == found[:1]
        assert tx.passages.full_text(patient.id, "kidney examination", 10)[0][0] == passages[2].id
        in_heading = tx.passages.full_text(patient.id, "blood", 10)
        assert {key for key, _ in in_heading} == {passage.id for passage in passages}


def test_any_text_is_a_safe_question(vault: Vault, patient: Patient) -> None:
    chance = random.Random(5)
    letters = string.printable + "\u00e9\u6211\U0001f600\u0301\0_"
    asked = [
        '"',
        "'; DROP TABLE patient; --",
        "a NOT b",
        "NEAR(a b)",
        "title:x*",
        "",
        " ",
        "-",
        "_",
    ]
    asked += ["".join(chance.choices(letters, k=chance.randrange(1, 60))) for _ in range(300)]
    asked += [" ".join(f"w{i}" for i in range(5000)), "x" * 100_000]
    with vault.write() as tx:
        (passage,) = add_letter(tx, patient, "the NOT of a near a b")
    with vault.read() as tx:
        for text in asked:
            found = tx.passages.full_text(patient.id, text, 5)
            assert {key for key, _ in found} <= {passage.id}
        assert tx.passages.full_text(patient.id, 'say "NOT" (near)', 5)


def test_the_nearest_vectors_are_exact(vault: Vault, patient: Patient) -> None:
    vectors = vectors_for(300, seed=9)
    with vault.write() as tx:
        passages = add_letter(tx, patient, *[f"text {i}" for i in range(300)], seed=9)
    query = vectors_for(1, seed=77)[0]
    wanted = np.argsort(-(vectors @ query))[:7]
    for _ in range(2):  # from the file, then from memory
        with vault.read() as tx:
            found = tx.passages.nearest(patient.id, query, 7)
            assert [key for key, _ in found] == [passages[i].id for i in wanted]
            assert [score for _, score in found] == pytest.approx(
                [float(vectors[i] @ query) for i in wanted], abs=1e-6
            )
    with vault.read() as tx:
        assert len(tx.passages.nearest(patient.id, query, 1000)) == 300
        assert tx.passages.nearest(patient.id, query, 0) == []
        assert tx.passages.nearest(PatientId("nobody"), query, 5) == []


def test_what_was_just_written_is_found_at_once(vault: Vault, patient: Patient) -> None:
    query = vectors_for(1, seed=3)[0]
    with vault.read() as tx:
        assert tx.passages.nearest(patient.id, query, 5) == []
    with vault.write() as tx:
        (first,) = add_letter(tx, patient, "one", seed=3)
        assert tx.passages.nearest(patient.id, query, 5)[0][0] == first.id
    with vault.read() as tx:
        assert tx.passages.nearest(patient.id, query, 5)[0][0] == first.id


def test_an_older_reader_does_not_leave_old_vectors_behind(vault: Vault, patient: Patient) -> None:
    query = vectors_for(1, seed=3)[0]
    with vault.read() as old:
        old.patients.all()
        with vault.write() as tx:
            (first,) = add_letter(tx, patient, "one", seed=3)
        assert old.passages.nearest(patient.id, query, 5) == []
    with vault.read() as tx:
        assert tx.passages.nearest(patient.id, query, 5)[0][0] == first.id


def test_no_search_ever_shows_another_person(vault: Vault) -> None:
    people = [a_patient(f"Person {number}") for number in range(5)]
    own: dict[PatientId, set[PassageId]] = {}
    with vault.write() as tx:
        for number, person in enumerate(people):
            tx.patients.add(person)
            texts = [f"shared words and number {number} {i}" for i in range(20)]
            own[person.id] = {p.id for p in add_letter(tx, person, *texts, seed=number)}
    chance = random.Random(6)
    queries = vectors_for(200, seed=8)
    for query in queries:
        person = chance.choice(people)
        with vault.read() as tx:
            dense = tx.passages.nearest(person.id, query, 50)
            words = tx.passages.full_text(person.id, f"shared number {chance.randrange(5)}", 50)
        assert {key for key, _ in dense} == own[person.id]
        assert {key for key, _ in words} == own[person.id]


def test_deleted_words_leave_the_index(vault: Vault, patient: Patient) -> None:
    with vault.write() as tx:
        passages = add_letter(tx, patient, f"{CANARY} uniqueword")
        tx.documents.save_pages(DocumentId(passages[0].document_id), a_reading("other"))
    with vault.connection(writing=True) as connection:
        rows = connection.exec_driver_sql("SELECT block FROM passage_fts_data").scalars()
        assert not any(b"uniqueword" in bytes(block) for block in rows)
        connection.exec_driver_sql(
            "INSERT INTO passage_fts(passage_fts) VALUES ('integrity-check')"
        )


def test_a_conversation_reads_back_as_it_was_shown(vault: Vault, patient: Patient) -> None:
    quiet = Thread(ThreadId(new_id()), patient.id, "Quiet", NOW - timedelta(days=2))
    spoken = Thread(ThreadId(new_id()), patient.id, "Blood", NOW - timedelta(days=3))
    first = a_turn(spoken.id)
    second = replace(a_turn(spoken.id, "And now?"), asked_at=NOW + timedelta(minutes=1))
    with vault.write() as tx:
        for thread in (quiet, spoken):
            tx.chats.add_thread(thread)
        assert tx.chats.threads(patient.id) == [quiet, spoken]
        tx.chats.add_turn(first)
        tx.chats.add_turn(second)
    with vault.read() as tx:
        assert tx.chats.turns(spoken.id) == [first, second]
        assert tx.chats.turns(quiet.id) == []
        assert tx.chats.threads(patient.id) == [replace(spoken, updated_at=second.asked_at), quiet]
        assert tx.chats.threads(PatientId("nobody")) == []
    with pytest.raises(NotFound), vault.write() as tx:
        tx.chats.add_turn(a_turn(ThreadId("none")))
