"""A2: an older page of the same number in place of the newer one, which the file's own checks let pass.

Each replay is told by `audit verify --deep`, or nothing that can be read is another than before.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher
from storage_builders import (
    NOW,
    a_grant,
    a_patient,
    a_reading,
    a_session,
    a_turn,
    a_user,
    add_letter,
    some_keys,
    verified,
)

from healthmate_desktop.domain.answers import Thread
from healthmate_desktop.domain.ids import DocumentId, JobId, ThreadId, new_id
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.errors import VaultError
from healthmate_desktop.storage.engine import open_keyed
from healthmate_desktop.storage.log_lines import add_log_lines
from healthmate_desktop.storage.tables import METADATA
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.keys import VaultKeys

pytestmark = [pytest.mark.database, pytest.mark.security]
PAGE = 4096
UNLOGGED = {"log_line", "job", "draft"}  # they come and go, and no event tells of them
SEARCH = {
    "passage_fts": "SELECT rowid, * FROM passage_fts ORDER BY rowid",
    "patient_fts": "SELECT rowid, * FROM patient_fts ORDER BY rowid",
}
Dump = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class History:
    """The one file of a vault at the end, and as it was before, oldest first."""

    folder: Path
    keys: VaultKeys
    newest: bytes
    older: list[bytes]

    @property
    def file(self) -> Path:
        return self.folder / "vault.db"

    def replays(self, number: int) -> list[tuple[int, int]]:
        """Which pages of an older copy are other ones now."""
        old = self.older[number]
        pages = range(min(len(old), len(self.newest)) // PAGE)
        return [(number, page) for page in pages if _page(old, page) != _page(self.newest, page)]

    def chosen(self) -> list[tuple[int, int]]:
        """In any order, every third of the copy after which rows were changed in place only."""
        chance = random.Random(7)
        edited = self.replays(len(self.older) - 1)
        others = [one for number in range(len(self.older) - 1) for one in self.replays(number)]
        chance.shuffle(edited)
        chance.shuffle(others)
        return [
            edited.pop() if number % 3 == 0 and edited else others.pop()
            for number in range(len(edited) + len(others))
        ]


def _page(content: bytes, number: int) -> bytes:
    return content[number * PAGE : (number + 1) * PAGE]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    keys, folder, seed = some_keys(), tmp_path_factory.mktemp("history") / "vault", os.urandom(32)
    chance = random.Random(2)
    Vault.create(folder, keys).close()
    states: list[bytes] = []
    for round_ in range(7):
        with closing(Vault.open(folder, keys)) as vault:
            vault.act_as(a_session(), seed)
            for _ in range(8):
                live(vault, chance, round_)
        states.append((folder / "vault.db").read_bytes())
    with closing(Vault.open(folder, keys)) as vault:
        vault.act_as(a_session(), seed)
        edit(vault)
    states.append((folder / "vault.db").read_bytes())
    return History(folder, keys, states[-1], states[:-1])


def live(vault: Vault, chance: random.Random, round_: int) -> None:
    """A little of everything, on people who are there and new ones."""
    with vault.write() as tx:
        people = tx.patients.all()
        for _ in range(3):
            new = a_patient(f"Person {chance.random()}")
            tx.patients.add(new)
            add_letter(tx, new, *[f"words {chance.random()} " * 40] * 3, seed=chance.randrange(99))
        for person in chance.sample(people, min(4, len(people))):
            tx.patients.update(replace(person, name=f"Renamed {chance.random()}"))
            document = tx.documents.of_patient(person.id)[0]
            texts = [f"other words {chance.random()} " * 30] * chance.randrange(1, 4)
            tx.documents.save_pages(DocumentId(document.id), a_reading(*texts))
            thread = Thread(ThreadId(new_id()), person.id, "Blood", NOW)
            tx.chats.add_thread(thread)
            tx.chats.add_turn(a_turn(thread.id, f"Question {chance.random()}"))
        user = a_user(f"User {chance.random()}")
        tx.users.add(user)
        tx.grants.add(a_grant(user.id, new.id))
        tx.preferences.set("lock.idle_minutes", str(chance.randrange(1000)))
        tx.preferences.set(f"other.{round_}", "x" * 500)
        tx.jobs.add(Job(JobId(new_id()), "import", payload={"paths": ["x" * 900]}))
        for job in tx.jobs.unfinished()[:-6]:
            tx.jobs.remove(job.id)
        tx.drafts.save(f"ask{chance.randrange(5)}", new.id, "draft " * chance.randrange(400))
    add_log_lines(vault, [f'{{"n":{chance.random()}}}' * 10 for _ in range(8)])


def edit(vault: Vault) -> None:
    """Rows that keep their length and place, so that no tree of the file changes its shape."""
    with vault.write() as tx:
        for patient in tx.patients.all():
            tx.patients.update(replace(patient, name=patient.name[::-1]))
            document = tx.documents.of_patient(patient.id)[0]
            tx.documents.mark_unreadable(document.id, document.kind, document.problems)
        for user in tx.users.all():
            tx.users.update(replace(user, name=user.name[::-1]))


def dump(history: History) -> Dump:
    """All that can be read, in tables and in the texts of search. Raises sqlcipher3's errors."""
    with closing(open_keyed(history.file, history.keys.database_key)) as raw:
        found: Dump = {"sqlite_master": raw.execute("SELECT * FROM sqlite_master").fetchall()}
        for name, table in METADATA.tables.items():
            order = ", ".join(column.name for column in table.primary_key)
            found[name] = raw.execute(f"SELECT * FROM {name} ORDER BY {order}").fetchall()
        for name, query in SEARCH.items():
            found[name] = raw.execute(query).fetchall()
        return found


def problems(history: History) -> tuple[str, ...]:
    try:
        with closing(Vault.open(history.folder, history.keys)) as vault:
            return verified(vault, deep=True).problems
    except VaultError as error:  # it does not even open
        return (str(error),)


def own_checks_pass(history: History) -> bool:
    with closing(open_keyed(history.file, history.keys.database_key)) as raw:
        try:
            pages = raw.execute("PRAGMA cipher_integrity_check").fetchall()
            rows = raw.execute("PRAGMA integrity_check").fetchall()
        except sqlcipher.DatabaseError:
            return False
    return not pages and rows == [("ok",)]


def replay(history: History, copy: int, page: int) -> None:
    """One older page in the newest file, and nothing else beside it."""
    old = history.older[copy]
    content = history.newest[: page * PAGE] + _page(old, page) + history.newest[(page + 1) * PAGE :]
    for left in history.folder.glob("vault.db*"):
        left.unlink()
    history.file.write_bytes(content)


def test_the_newest_state_is_whole(history: History) -> None:
    replay(history, -1, 10**9)
    assert problems(history) == ()
    assert own_checks_pass(history)
    assert len(history.chosen()) > 1000


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("part", "count"),
    [(0, 40), *(pytest.param(n, 100, marks=pytest.mark.slow) for n in range(5))],
)
def test_an_older_page_is_told_or_changes_nothing(
    history: History, part: int, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(history, -1, 10**9)
    wanted = dump(history)
    counts: Counter[str] = Counter()
    missed: list[tuple[int, int]] = []
    for copy, page in history.chosen()[part * count : (part + 1) * count]:
        replay(history, copy, page)
        passed = own_checks_pass(history)
        replay(history, copy, page)
        if problems(history):
            counts["told"] += 1
            counts["told, own checks passed"] += passed
            continue
        replay(history, copy, page)
        found = dump(history)
        different = {name for name in wanted if found[name] != wanted[name]}
        if different <= UNLOGGED:
            counts["unlogged rows only" if different else "nothing changed"] += 1
        else:
            missed.append((copy, page))
    with capsys.disabled():
        print(f"\nA2 replays={count} missed={len(missed)} {dict(counts)}")
    assert missed == []
    assert counts["told, own checks passed"] > 0  # else the log would not be needed
