"""A1: whatever is done to the log with the database's key in hand, `audit verify` with an anchor tells.

An outsider has no key of the log, so links or keyed hashes do not fit. An insider, who holds all keys of the vault but
the others' signing seeds, makes them anew; then signatures and anchors do not fit.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished
from storage_builders import Clock, a_patient, a_session, a_user, add_letter, some_keys, verified

from healthmate_desktop.errors import VaultError
from healthmate_desktop.storage import chain
from healthmate_desktop.storage.engine import open_keyed
from healthmate_desktop.storage.signatures import public_key_of, sign
from healthmate_desktop.storage.vault import Vault
from healthmate_desktop.storage.verifying import verify_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from healthmate_desktop.domain.audit import VerifyReport
    from healthmate_desktop.domain.keys import Anchor, VaultKeys

pytestmark = [pytest.mark.database, pytest.mark.security]
KEPT = "seq, at, user_id, session_id, action, subject, patient_id, details, digest, link, mac"
INSERT = f"INSERT INTO audit ({KEPT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Victim:
    """A vault, closed, in whose log several people signed."""

    file: Path
    keys: VaultKeys
    anchor: Anchor
    seeds: dict[str, bytes]
    mine: str  # the user whose seed the insider has

    @property
    def log_keys(self) -> chain.LogKeys:
        return chain.LogKeys(self.keys.vault_id, self.keys.audit_key)


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Victim:
    keys, clock = some_keys(), Clock()
    vault = Vault.create(tmp_path_factory.mktemp("victim") / "vault", keys, clock=clock)
    seeds = {"owner": os.urandom(32)}
    vault.act_as(a_session(), seeds["owner"])
    with vault.write() as tx:
        for name in ("Bo", "Cem"):
            user = a_user(name)
            tx.users.add(user)
            seeds[user.id] = os.urandom(32)
    people = [a_patient(f"Person {number}") for number in range(5)]
    for user_id in [*seeds, *seeds]:
        vault.act_as(a_session(user_id), seeds[user_id])
        for person in people:
            clock.move(hours=7)
            with vault.write() as tx:
                tx.audit.add("patient.viewed", patient_id=person.id, details={"count": 1})
                if user_id == "owner" and person.id not in {p.id for p in tx.patients.all()}:
                    tx.patients.add(person)
                    add_letter(tx, person, "words")
        vault.sign_checkpoint()
    with vault.write() as tx:  # a tail that nobody has signed
        tx.audit.add("session.locked")
    vault.act_as(a_session())
    anchor = vault.head()
    vault.close()
    assert vault.folder.joinpath("vault.db").exists()
    return Victim(vault.folder / "vault.db", keys, anchor, seeds, list(seeds)[1])


class Attack:
    """Someone with the file and its key, at a copy of it."""

    linked = False  # links and keyed hashes are made anew after it

    def __init__(self, raw: Any, victim: Victim, chance: random.Random) -> None:
        self.raw, self.victim, self.chance = raw, victim, chance
        for trigger in (
            "audit_fixed",
            "audit_kept",
            "audit_signature_fixed",
            "audit_signature_kept",
        ):
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.execute("PRAGMA foreign_keys=OFF")
        self.events: list[tuple[Any, ...]] = raw.execute(
            f"SELECT {KEPT} FROM audit ORDER BY seq"
        ).fetchall()

    def pick(self) -> int:
        """The number of some event."""
        return int(self.chance.choice(self.events)[0])

    def signature(self) -> int:
        seqs = [row[0] for row in self.raw.execute("SELECT seq FROM audit_signature")]
        return int(self.chance.choice(seqs))

    def set(self, seq: int, column: str, value: object) -> None:
        self.raw.execute(f"UPDATE audit SET {column} = ? WHERE seq = ?", (value, seq))

    def renumber(self) -> None:
        """So that no gap shows."""
        rows = self.raw.execute(f"SELECT {KEPT} FROM audit ORDER BY seq").fetchall()
        self.write([(number, *row[1:]) for number, row in enumerate(rows, 1)])

    def write(self, rows: list[tuple[Any, ...]]) -> None:
        self.raw.execute("DELETE FROM audit")
        self.raw.executemany(INSERT, rows)

    def link_anew(self, *, resign: bool) -> None:
        """What an insider can do: all links and keyed hashes fit, and all checkpoints are signed, by one seed."""
        keys, link, rows = self.victim.log_keys, chain.first_link(self.victim.keys.vault_id), []
        seed = self.victim.seeds[self.victim.mine]
        for row in self.raw.execute(f"SELECT {KEPT} FROM audit ORDER BY seq").fetchall():
            link = chain.next_link(link, row[:9])
            rows.append((*row[:9], link, chain.mac_of(keys.audit_key, link)))
            if resign and row[4] == chain.SIGNED:
                values = (*sign(seed, link), row[0])
                self.raw.execute(
                    "UPDATE audit_signature SET public_key = ?, signature = ? WHERE seq = ?", values
                )
        self.write(rows)


def edit(attack: Attack) -> None:
    column = attack.chance.choice(KEPT.split(", ")[2 : 9 if attack.linked else 11])
    seq = attack.pick()
    old = attack.events[seq - 1][KEPT.split(", ").index(column)]
    new = os.urandom(32) if isinstance(old, bytes) else f"{old}x"
    if column == "details" and attack.chance.random() < 0.7:
        new = attack.chance.choice(["{", "[]", "null", '{"count":2}'])
    attack.set(seq, column, new)


def delete(attack: Attack) -> None:
    seq = attack.chance.randrange(1, len(attack.events))  # the last one is `truncate`
    count = attack.chance.choice([1, 1, 2, 5])
    attack.raw.execute("DELETE FROM audit WHERE seq >= ? AND seq < ?", (seq, seq + count))
    if attack.chance.random() < 0.5:
        attack.renumber()


def reorder(attack: Attack) -> None:
    first, second = sorted(attack.chance.sample(range(len(attack.events)), 2))
    rows = list(attack.events)
    keep = attack.chance.choice([1, 9])  # swap all of the rows, or leave the links where they are
    for here, there in ((first, second), (second, first)):
        one, other = attack.events[here], attack.events[there]
        rows[here] = (one[0], *other[1:]) if keep == 1 else (one[0], *other[1:9], *one[9:])
    attack.write(rows)


def insert(attack: Attack) -> None:
    """Not after the end by an insider: to add to the log is what the keys are for."""
    seq = attack.chance.randint(1, len(attack.events) - attack.linked)
    row = attack.events[seq - 1]
    rows = list(attack.events)
    rows.insert(seq, (seq + 1, *row[1:]))  # an event once more, or with something else in it
    if attack.chance.random() < 0.5:
        rows[seq] = (seq + 1, row[1], row[2], row[3], "patient.viewed", *row[5:])
    attack.write([(number, *each[1:]) for number, each in enumerate(rows, 1)])


def put_before_the_beginning(attack: Attack) -> None:
    row = attack.events[0]
    attack.raw.execute(INSERT, (attack.chance.choice([0, -1]), *row[1:]))


def truncate(attack: Attack) -> None:
    keep = attack.chance.randrange(0, len(attack.events))
    attack.raw.execute("DELETE FROM audit WHERE seq > ?", (keep,))
    if attack.chance.random() < 0.8:
        attack.raw.execute("DELETE FROM audit_signature WHERE seq > ?", (keep,))


def change_time(attack: Attack) -> None:
    seq = attack.pick()
    at = attack.events[seq - 1][1]
    year = attack.chance.choice(["1999", "2025", "2027", "9999"])
    attack.set(seq, "at", attack.chance.choice([year + at[4:], f"{at[:20]}000001Z", "yesterday"]))


def sign_as_another(attack: Attack) -> None:
    seq = attack.signature()
    link = attack.events[seq - 1][9]
    user_id = attack.events[seq - 1][2]
    others = [seed for name, seed in attack.victim.seeds.items() if name != user_id]
    key, signature = sign(attack.chance.choice([*others, os.urandom(32)]), link)
    change = attack.chance.randrange(4)
    if change == 0:
        values: tuple[object, ...] = (user_id, key, signature)
    elif change == 1:
        values = ("someone", key, signature)
    elif change == 2:
        values = (user_id, public_key_of(attack.victim.seeds[user_id]), signature)
    else:
        values = (user_id, public_key_of(attack.victim.seeds[user_id]), os.urandom(64))
    query = "UPDATE audit_signature SET user_id = ?, public_key = ?, signature = ? WHERE seq = ?"
    attack.raw.execute(query, (*values, seq))


def take_a_signature(attack: Attack) -> None:
    attack.raw.execute("DELETE FROM audit_signature WHERE seq = ?", (attack.signature(),))


def move_a_signature(attack: Attack) -> None:
    seq = attack.signature()
    free = [row[0] for row in attack.events if row[4] != chain.SIGNED]
    query = "UPDATE audit_signature SET seq = ? WHERE seq = ?"
    attack.raw.execute(query, (attack.chance.choice(free), seq))


OUTSIDE: dict[str, Callable[[Attack], None]] = {
    "edit": edit,
    "delete": delete,
    "reorder": reorder,
    "insert": insert,
    "put before": put_before_the_beginning,
    "truncate": truncate,
    "time": change_time,
    "foreign signature": sign_as_another,
    "signature taken": take_a_signature,
    "signature moved": move_a_signature,
}
LINKED = {"edit", "delete", "reorder", "insert", "time"}  # what links made anew can hide


def attacked(victim: Victim, work: Path, deed: Callable[[Attack], None], seed: int) -> VerifyReport:
    shutil.copy(victim.file, work)
    with closing(open_keyed(work, victim.keys.database_key)) as raw:
        before = _all_of(raw)
        raw.execute("BEGIN")
        deed(Attack(raw, victim, random.Random(seed)))
        raw.execute("COMMIT")
        assert _all_of(raw) != before, "nothing was done"
        return finished(verify_log(raw, victim.log_keys, deep=False, anchors=[victim.anchor]))


def _all_of(raw: Any) -> list[tuple[Any, ...]]:
    return [
        row
        for table, order in (("audit", "seq"), ("audit_signature", "seq"))
        for row in raw.execute(f"SELECT * FROM {table} ORDER BY {order}")
    ]


def test_the_log_of_the_victim_is_whole(victim: Victim, tmp_path: Path) -> None:
    with closing(open_keyed(victim.file, victim.keys.database_key)) as raw:
        for anchors in ([], [victim.anchor]):
            report = finished(verify_log(raw, victim.log_keys, deep=True, anchors=anchors))
            assert report.ok, report.problems
        signers = {row[0] for row in raw.execute("SELECT user_id FROM audit_signature")}
    assert signers == set(victim.seeds)
    assert report.events > 50
    shutil.copytree(victim.file.parent, tmp_path / "vault")
    with closing(Vault.open(tmp_path / "vault", victim.keys)) as vault:
        assert verified(vault, victim.anchor).ok


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "count", [pytest.param(200, id="few"), pytest.param(2000, id="all", marks=pytest.mark.slow)]
)
def test_every_tamper_is_told(
    victim: Victim, tmp_path: Path, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    told: Counter[str] = Counter()
    missed: list[tuple[str, int]] = []
    for number in range(count):
        name = list(OUTSIDE)[number % len(OUTSIDE)]
        deed = OUTSIDE[name]
        if name in LINKED and number // len(OUTSIDE) % 2:  # every other time by an insider
            outside, resign = deed, bool(number // (2 * len(OUTSIDE)) % 2)
            name += ", linked and signed anew" if resign else ", linked anew"

            def deed(attack: Attack, *, outside: Any = outside, resign: bool = resign) -> None:
                attack.linked = True
                outside(attack)
                attack.renumber()
                attack.link_anew(resign=resign)

        report = attacked(victim, tmp_path / "copy.db", deed, number)
        if report.ok:
            missed.append((name, number))
        told[name] += not report.ok
    with capsys.disabled():
        print(f"\nA1 tampers={count} told={told.total()} missed={len(missed)} kinds={len(told)}")
    assert missed == []
    assert told.total() == count


def rewrite(attack: Attack, announce: Callable[[str], bytes]) -> None:
    """The log told anew from its second event, everyone's key being the one that `announce` says."""
    attack.set(2, "details", '{"count":9}')
    for seq, row in enumerate(attack.events, 1):
        if row[4] == chain.KEY_SET:
            details = chain.details_to_text({"key": announce(row[2]).hex()})
            attack.set(seq, "details", details)
    attack.link_anew(resign=True)


def insiders_key(victim: Victim) -> bytes:
    return public_key_of(victim.seeds[victim.mine])


def test_one_key_never_counts_as_that_of_two_people(victim: Victim, tmp_path: Path) -> None:
    mine = insiders_key(victim)
    report = attacked(victim, tmp_path / "c.db", lambda a: rewrite(a, lambda _: mine), 1)
    assert any("sets the signature of someone else" in problem for problem in report.problems)


def test_nobody_tells_the_log_anothers_key(victim: Victim, tmp_path: Path) -> None:
    def announce(attack: Attack) -> None:
        """That Bo's key is Cem's, said by Bo."""
        seq = next(row[0] for row in attack.events if row[4] == chain.KEY_SET and row[2] != "owner")
        other = [
            user for user in attack.victim.seeds if user not in ("owner", attack.events[seq - 1][2])
        ]
        attack.set(seq, "subject", f"user/{other[0]}")
        attack.link_anew(resign=False)

    report = attacked(victim, tmp_path / "copy.db", announce, 1)
    assert any("sets the signature of someone else" in problem for problem in report.problems)
    assert any("is not of the one who made" in problem for problem in report.problems)


def test_a_log_made_anew_is_told_by_its_anchor(victim: Victim, tmp_path: Path) -> None:
    """The insider gives each of the others a key of their own making: only what was noted elsewhere shows it."""
    made = {user: os.urandom(32) for user in victim.seeds}

    def deed(attack: Attack) -> None:
        rewrite(attack, lambda user: public_key_of(made[user]))
        rows = attack.raw.execute("SELECT seq, user_id FROM audit_signature").fetchall()
        links = {row[0]: row[9] for row in attack.raw.execute(f"SELECT {KEPT} FROM audit")}
        for seq, user_id in rows:
            values = (*sign(made[user_id], links[seq]), seq)
            query = "UPDATE audit_signature SET public_key = ?, signature = ? WHERE seq = ?"
            attack.raw.execute(query, values)

    (problem,) = attacked(victim, tmp_path / "copy.db", deed, 1).problems
    assert "is not the one that was noted before" in problem


@pytest.fixture
def vault(victim: Victim, tmp_path: Path) -> Iterator[Vault]:
    shutil.copytree(victim.file.parent, tmp_path / "vault")
    with closing(Vault.open(tmp_path / "vault", victim.keys)) as vault:
        yield vault


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM audit WHERE seq = 7", "Event 7 was taken out of the log"),
        ("DELETE FROM audit WHERE seq IN (7, 8)", "Events 7 to 8 were taken out of the log"),
        (
            "UPDATE audit SET user_id = 'x' WHERE seq = 7",
            "Event 7 of the log was changed, moved or",
        ),
        ("UPDATE audit SET seq = 0 WHERE seq = 1", "Event 0 was put into the log"),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 9", "older than the one"),
        ("UPDATE audit SET at = 'a while ago' WHERE seq = 9", "Event 9 of the log was changed"),
        ("DELETE FROM audit_signature", "signature of event"),
        ("DELETE FROM audit", "The log ends with event 0, but it went on to event"),
        ("UPDATE audit SET details = X'FF' WHERE seq = 3", None),
        ("UPDATE audit SET details = CAST(X'FF' AS TEXT) WHERE seq = 3", "can't be read"),
        ("DROP TABLE audit_signature", "can't be read"),
    ],
)
def test_what_is_told_says_where(
    vault: Vault, victim: Victim, statement: str, words: str | None
) -> None:
    with closing(open_keyed(vault.folder / "vault.db", victim.keys.database_key)) as raw:
        for table in ("audit", "audit_signature"):
            raw.execute(f"DROP TRIGGER {table}_fixed")
            raw.execute(f"DROP TRIGGER {table}_kept")
        if words is None:  # the table itself refuses it
            with pytest.raises(Exception, match="cannot store BLOB"):
                raw.execute(statement)
            return
        raw.execute(statement)
    report = verified(vault, victim.anchor, deep=False)
    assert any(words in problem for problem in report.problems), report.problems
    assert all("backup" in problem for problem in report.problems)


def test_many_problems_are_counted_and_not_all_told(vault: Vault, victim: Victim) -> None:
    with vault.write() as tx:
        for _ in range(60):
            tx.audit.add("patient.viewed")
    with closing(open_keyed(vault.folder / "vault.db", victim.keys.database_key)) as raw:
        raw.execute("DROP TRIGGER audit_fixed")
        raw.execute("UPDATE audit SET session_id = 'another'")
    report = verified(vault, deep=False)
    assert len(report.problems) == 51
    assert report.problems[-1] == f"And {report.events - 50} more of this kind."


def test_a_closed_vault_is_not_verified(vault: Vault) -> None:
    vault.close()
    with pytest.raises(VaultError, match="locked"):
        verified(vault)


def test_verifying_can_be_watched_and_stopped(vault: Vault) -> None:
    with vault.write() as tx:
        for _ in range(5000):
            tx.audit.add("patient.viewed")
    steps = vault.verify(deep=True)
    assert next(steps) == 2000
    steps.close()
    with vault.write() as tx:  # nothing holds it back
        tx.patients.add(a_patient())
    counts = list(vault.verify(deep=True))
    assert counts[-1] == vault.head().seq
