"""`audit verify --deep`: each record is as its newest event says, and search finds what is there."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher
from storage_builders import (
    NOW,
    a_document,
    a_grant,
    a_patient,
    a_session,
    a_turn,
    a_user,
    add_letter,
    some_keys,
    verified,
)

from healthmate_desktop.domain.answers import Thread
from healthmate_desktop.domain.ids import JobId, ThreadId, new_id
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.storage.engine import open_keyed
from healthmate_desktop.storage.indexes import check_indexes
from healthmate_desktop.storage.originals import Originals
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.database, pytest.mark.security]
KEYS = some_keys()


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """With a row in every table."""
    vault = Vault.create(tmp_path / "vault", KEYS)
    vault.act_as(a_session())
    originals = Originals(vault, bytes, lambda sealed, _: sealed, lambda: 1)
    people = [a_patient(name) for name in ("Ann", "Bo")]
    with vault.write() as tx:
        for person in people:
            tx.patients.add(person)
            add_letter(tx, person, "some words", "other words")
            thread = Thread(ThreadId(new_id()), person.id, "Blood", NOW)
            tx.chats.add_thread(thread)
            tx.chats.add_turn(a_turn(thread.id))
            tx.jobs.add(Job(JobId(new_id()), "import"))
            tx.drafts.save("ask", person.id, "words")
            user = a_user(f"Dr. {person.name}")
            tx.users.add(user)
            tx.grants.add(a_grant(user.id, person.id))
            tx.preferences.set(f"of.{user.id}", "1")
    for person in people:
        originals.put(a_document(person.id), b"content")
    yield vault
    vault.close()


def run(vault: Vault, *statements: str) -> None:
    """As someone does who has the database's key and not HealthMate."""
    with closing(open_keyed(vault.folder / "vault.db", KEYS.database_key)) as raw:
        for statement in statements:
            raw.execute(statement)


def test_a_vault_used_in_every_way_is_whole(vault: Vault) -> None:
    report = verified(vault, vault.head())
    assert (report.ok, report.deep, report.problems) == (True, True, ())
    assert report.events == vault.head().seq
    assert vault.check() == []


CHANGES = {
    "patient": "name = 'Another'",
    "document": "name = 'another.pdf'",
    "original": "sealed_sha256 = 'ab'",
    "page": "text = 'another'",
    "vector": "vector = zeroblob(1536)",
    "thread": "title = 'Another'",
    "turn": "answer = '{}'",
    "user": "role = 'owner', sees = 'all'",
    "access_grant": "ended_at = '2026-03-02T00:00:00.000000Z'",
    "preference": "value = 'another'",
}
SAID = {
    "patient": "The entry of a person",
    "document": "The entry of a document",
    "original": "The entry of a document's original file",
    "page": "What was read from a document",
    "vector": "What was read from a document",
    "thread": "A conversation",
    "turn": "A question with its answer",
    "user": "The entry of a user",
    "access_grant": "The entry that gives a person into someone's care",
    "preference": "A setting",
}


@pytest.mark.parametrize("table", CHANGES)
def test_a_changed_row_is_told(vault: Vault, table: str) -> None:
    run(
        vault,
        f"UPDATE {table} SET {CHANGES[table]} WHERE rowid = (SELECT max(rowid) FROM {table})",
    )
    (problem,) = verified(vault).problems
    assert problem.startswith(SAID[table])
    assert "is not as it was saved last" in problem
    assert "restore a backup" in problem
    assert verified(vault, deep=False).ok


@pytest.mark.parametrize("table", CHANGES)
def test_a_row_taken_out_is_told(vault: Vault, table: str) -> None:
    run(
        vault,
        "PRAGMA foreign_keys=OFF",
        f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})",
    )
    problems = verified(vault).problems
    assert any(problem.startswith(SAID[table]) for problem in problems), problems


@pytest.mark.parametrize("table", [name for name in CHANGES if name not in {"page", "vector"}])
def test_a_row_put_in_is_told(vault: Vault, table: str) -> None:
    with closing(open_keyed(vault.folder / "vault.db", KEYS.database_key)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
        others = ", ".join(columns[1:])
        raw.execute(f"INSERT INTO {table} SELECT 'new', {others} FROM {table} LIMIT 1")
    problems = verified(vault).problems
    assert any("the log does not know of it" in problem for problem in problems), problems


def test_content_put_in_for_an_unread_document_is_told(vault: Vault) -> None:
    run(
        vault,
        "INSERT INTO page SELECT d.id, p.number, p.text, p.width, p.height, p.by_ocr, p.words "
        "FROM page p, document d WHERE d.state = 'importing' LIMIT 1",
    )
    (problem,) = verified(vault).problems
    assert "What was read from a document" in problem
    assert "the log does not know of it" in problem


def test_pages_read_anew_and_swapped_are_told(vault: Vault) -> None:
    run(
        vault,
        "UPDATE page SET number = 100 - number",
        "UPDATE page SET number = 3 - (100 - number)",
    )
    assert len(verified(vault).problems) == 2


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["DELETE FROM patient_fts WHERE name = 'Ann'"], "not those of the people"),
        (["UPDATE patient_fts SET name = 'Eve' WHERE name = 'Ann'"], "not those of the people"),
        (
            [
                "INSERT INTO patient_fts SELECT * FROM patient_fts LIMIT 1",
            ],
            "not those of the people",
        ),
        (["DELETE FROM patient_fts_data WHERE id > 10"], "finding people do not match"),
        (["DELETE FROM passage_fts_data WHERE id > 10"], "searching documents do not match"),
        (
            ["DROP TRIGGER passage_removed", "DELETE FROM vector", "DELETE FROM passage"],
            "searching documents do not match",
        ),
        (
            ["PRAGMA foreign_keys=OFF", "UPDATE vector SET passage_number = passage_number + 100"],
            "Something in the table vector belongs to a record that is not here",
        ),
    ],
)
def test_search_that_does_not_fit_the_records_is_told(
    vault: Vault, statements: list[str], words: str
) -> None:
    run(vault, *statements)
    problems = verified(vault).problems
    assert any(words in problem for problem in problems), problems


def test_a_damaged_index_is_told(vault: Vault) -> None:
    run(
        vault,
        "PRAGMA writable_schema=ON",
        "DELETE FROM sqlite_master WHERE name = 'ix_thread_patient_id'",
    )
    problems = verified(vault).problems
    assert any("The database is damaged" in problem for problem in problems), problems


def test_a_damaged_page_is_a_problem_like_others(vault: Vault) -> None:
    with vault.write() as tx:
        for _ in range(500):
            tx.audit.add("patient.viewed")
    vault.close()
    path = vault.folder / "vault.db"
    content = bytearray(path.read_bytes())
    for place in range(len(content) - 5 * 4096 + 100, len(content), 4096):
        content[place] ^= 1
    path.write_bytes(content)
    with closing(Vault.open(vault.folder, KEYS)) as again:
        for deep in (False, True):
            problems = verified(again, deep=deep).problems
            assert any("damaged" in problem for problem in problems)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit SET link = NULL WHERE seq = 4", "Event 4 of the log is damaged"),
        ("UPDATE audit SET details = NULL WHERE seq = 4", "Event 4 of the log is damaged"),
        ("UPDATE audit_signature SET public_key = NULL", "is not of the one who made the event"),
    ],
)
def test_what_no_table_would_hold_is_told_too(vault: Vault, statement: str, words: str) -> None:
    """A damaged page gives such rows; here it is the table that is another."""
    vault.act_as(a_session(), bytes(32))
    vault.sign_checkpoint()
    anew = []
    for table in ("audit", "audit_signature"):
        anew += [
            f"CREATE TABLE copy AS SELECT * FROM {table}",
            f"DROP TRIGGER {table}_kept",
            f"DROP TABLE {table}",
            f"ALTER TABLE copy RENAME TO {table}",
        ]
    run(vault, "PRAGMA foreign_keys=OFF", *anew, statement)
    problems = verified(vault).problems
    assert any(words in problem for problem in problems), problems


def test_errors_that_nobody_knows_travel_up() -> None:
    class Broken:
        def execute(self, statement: str) -> Any:
            if "passage_fts" in statement:
                raise sqlcipher.DatabaseError("of another kind")
            return [("ok",)] if "integrity" in statement else []

    with pytest.raises(sqlcipher.DatabaseError, match="of another kind"):
        check_indexes(Broken())
