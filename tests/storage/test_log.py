"""The log: one event for each touched row in the same transaction, and none of it tells of anyone's health."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from storage_builders import (
    CANARY,
    NOW,
    Clock,
    a_document,
    a_grant,
    a_patient,
    a_reading,
    a_session,
    a_turn,
    a_user,
    actions,
    add_letter,
    some_keys,
    verified,
)

from healthmate_desktop.domain.answers import Thread
from healthmate_desktop.domain.audit import GONE, AuditFilter
from healthmate_desktop.domain.ids import DocumentId, ThreadId, new_id
from healthmate_desktop.domain.keys import Anchor
from healthmate_desktop.errors import VaultError
from healthmate_desktop.storage import audit, chain
from healthmate_desktop.storage.signatures import is_signed, public_key_of
from healthmate_desktop.storage.tables import AUDIT, PATIENT
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.domain.audit import AuditEvent

pytestmark = [pytest.mark.database, pytest.mark.security]
KEYS = some_keys()
SEED = os.urandom(32)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(tmp_path: Path, clock: Clock) -> Iterator[Vault]:
    vault = Vault.create(tmp_path / "vault", KEYS, clock=clock)
    vault.act_as(a_session())
    yield vault
    vault.close()


def events(vault: Vault, **wanted: object) -> list[AuditEvent]:
    """Oldest first."""
    with vault.read() as tx:
        return tx.audit.events(AuditFilter(**wanted))[::-1]  # type: ignore[arg-type]  # as given


def test_every_touched_row_makes_one_event_of_who_did_it(vault: Vault) -> None:
    patient, user, session = a_patient(), a_user(), a_session()
    thread = Thread(ThreadId(new_id()), patient.id, "Blood", NOW)
    vault.act_as(session)
    start = vault.head().seq
    with vault.write() as tx:
        tx.patients.add(patient)
        tx.patients.update(patient)
        add_letter(tx, patient, "one", "two")
        tx.chats.add_thread(thread)
        tx.chats.add_turn(a_turn(thread.id))
        tx.chats.add_turn(a_turn(thread.id))
        tx.users.add(user)
        tx.grants.add(a_grant(user.id, patient.id))
        tx.preferences.set("lock.idle_minutes", "5")
    found = [event for event in events(vault) if event.seq > start]
    assert [event.action for event in found] == [
        "patient.added",
        "document.added",
        "content.changed",
        "thread.added",
        "turn.added",
        "turn.added",
        "user.added",
        "grant.added",
        "preference.set",
    ]
    assert {(event.user_id, event.session_id) for event in found} == {("owner", session.id)}
    assert {event.at for event in found} == {NOW}
    assert len({event.digest for event in found}) == len(found)
    assert {
        event.patient_id for event in found if not event.action.startswith(("user", "pref"))
    } == {patient.id}
    assert verified(vault).ok


def test_work_that_comes_and_goes_is_not_in_the_log(vault: Vault) -> None:
    from healthmate_desktop.domain.ids import JobId
    from healthmate_desktop.domain.jobs import Job

    before = vault.head()
    with vault.write() as tx:
        tx.jobs.add(Job(JobId(new_id()), "backup"))
        tx.drafts.save("ask", None, "words")
    assert vault.head() == before


def test_what_is_undone_leaves_no_event(vault: Vault) -> None:
    before = vault.head()

    def fail_half_way() -> None:
        with vault.write() as tx:
            tx.patients.add(a_patient())
            tx.audit.add("backup.made")
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert vault.head() == before


def test_an_event_is_never_lost_in_a_read_block(vault: Vault) -> None:
    with pytest.raises(VaultError), vault.read() as tx:
        tx.audit.add("patient.viewed")
    assert "patient.viewed" not in actions(vault)


def test_a_row_that_is_gone_at_the_end_is_told_as_removed(vault: Vault) -> None:
    patient = a_patient()
    with vault.write() as tx:
        tx.patients.add(patient)
        passages = add_letter(tx, patient, "one")
    with vault.write() as tx:
        tx.connection.exec_driver_sql("DELETE FROM vector")
        tx.connection.exec_driver_sql("DELETE FROM passage")
        tx.connection.exec_driver_sql("DELETE FROM page")
        tx.connection.exec_driver_sql("DELETE FROM document")
        tx.connection.exec_driver_sql("DELETE FROM patient")
        document_id = passages[0].document_id
        tx.audit.touch_content(document_id, patient.id)
        tx.audit.touch("document", document_id, "changed", patient.id)
        tx.audit.touch("patient", patient.id, "changed", patient.id)
    found = events(vault)[-3:]
    assert [event.action for event in found] == [
        "content.changed",
        "document.removed",
        "patient.removed",
    ]
    assert {event.digest for event in found} == {GONE}
    assert verified(vault).ok


@pytest.mark.parametrize(
    "tell",
    [
        {"action": "Ann has a cold"},
        {"action": "patient"},
        {"action": "patient.viewed", "subject": "patient/Ann Example"},
        {"action": "patient.viewed", "patient_id": "Ann Example"},
        {"action": "patient.viewed", "patient_id": "x" * 129},
        {"action": "patient.viewed", "details": {"note": "has a cold"}},
        {"action": "patient.viewed", "details": {"a note": 1}},
        {"action": "patient.viewed", "details": {"found": 1.5}},
        {"action": "patient.viewed", "details": {"found": True}},
        {"action": "patient.viewed", "details": {"found": None}},
    ],
    ids=repr,
)
def test_what_could_be_health_data_is_refused(vault: Vault, tell: dict[str, object]) -> None:
    action = str(tell["action"])
    rest = {key: value for key, value in tell.items() if key != "action"}
    before = vault.head()
    with pytest.raises(ValueError, match=r"log takes ids|not the name"), vault.write() as tx:
        tx.audit.add(action, **rest)  # type: ignore[arg-type]  # wrong on purpose
    assert vault.head() == before


def test_no_word_of_a_record_is_in_the_log(vault: Vault) -> None:
    patient = a_patient(CANARY)
    thread = Thread(ThreadId(new_id()), patient.id, CANARY, NOW)
    with vault.write() as tx:
        tx.patients.add(patient)
        add_letter(tx, patient, CANARY)
        tx.chats.add_thread(thread)
        tx.chats.add_turn(a_turn(thread.id, CANARY))
        tx.users.add(a_user(CANARY))
        tx.preferences.set("backup.folder", CANARY)
    with vault.connection(writing=False) as connection:
        rows = connection.exec_driver_sql("SELECT * FROM audit").all()
    assert not any(CANARY in str(row) for row in rows)


def test_the_log_can_be_asked_by_who_whom_what_and_when(vault: Vault, clock: Clock) -> None:
    ann, bo = a_patient("Ann"), a_patient("Bo")
    with vault.write() as tx:
        tx.patients.add(ann)
        tx.patients.add(bo)
    nurse = a_user()
    with vault.write() as tx:
        tx.users.add(nurse)
    vault.act_as(a_session(nurse.id, "all", "clinician"))
    clock.move(days=1)
    with vault.write() as tx:
        tx.audit.add("patient.viewed", subject=f"patient/{ann.id}", patient_id=ann.id)
        tx.audit.add("session.opened", details={"count": 2, "kind": "recovery_key"})
    assert actions(vault, user_id=nurse.id) == ["patient.viewed", "session.opened"]
    assert actions(vault, patient_id=ann.id) == ["patient.added", "patient.viewed"]
    assert actions(vault, patient_id=ann.id, kind="view") == ["patient.viewed"]
    assert actions(vault, kind="sign_in") == ["session.opened"]
    assert "user.added" in actions(vault, kind="safety")
    assert actions(vault, since=NOW + timedelta(hours=1)) == ["patient.viewed", "session.opened"]
    assert "patient.viewed" not in actions(vault, until=NOW + timedelta(days=1))
    assert len(actions(vault, limit=2)) == 2
    (last,) = events(vault, limit=1)
    assert dict(last.details) == {"count": 2, "kind": "recovery_key"}
    (before,) = events(vault, before=last.seq, limit=1)
    assert (before.seq, before.subject) == (last.seq - 1, f"patient/{ann.id}")


def test_a_log_is_asked_page_by_page(vault: Vault) -> None:
    with vault.write() as tx:
        for number in range(450):
            tx.audit.add("patient.viewed", details={"number": number})
    seen: list[int] = []
    before = None
    while page := events(vault, before=before, limit=100, kind="view"):
        seen = [int(event.details["number"]) for event in page] + seen
        before = page[0].seq
    assert seen == list(range(450))


def test_a_spoilt_event_is_shown_with_the_others(vault: Vault) -> None:
    with vault.write() as tx:
        tx.audit.add("backup.made")
        tx.audit.add("backup.made")
    with vault.connection(writing=True) as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_fixed")
        connection.exec_driver_sql("UPDATE audit SET details = '{' WHERE seq = 3")
        connection.exec_driver_sql("UPDATE audit SET details = '[]' WHERE seq = 4")
    assert [dict(event.details) for event in events(vault)[-2:]] == [{}, {}]


def test_the_log_can_only_be_added_to(vault: Vault) -> None:
    vault.act_as(a_session(), SEED)
    with vault.write() as tx:
        tx.patients.add(a_patient())
    vault.sign_checkpoint()
    for table in ("audit", "audit_signature"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET user_id = 'x'"):
            with (
                pytest.raises(Exception, match="added to, never changed"),
                vault.connection(writing=True) as connection,
            ):
                connection.exec_driver_sql(statement)


def test_each_link_covers_the_event_and_all_before_it(vault: Vault) -> None:
    """By the rule in words, without the code under test."""
    import hmac

    with vault.write() as tx:
        tx.patients.add(a_patient("Zoë"))
        tx.audit.add("patient.searched", details={"found": 3})
    with vault.connection(writing=False) as connection:
        query = "SELECT seq, at, user_id, session_id, action, subject, patient_id, details, digest, link, mac"
        rows = connection.exec_driver_sql(f"{query} FROM audit ORDER BY seq").all()
    link = hashlib.sha256(f"healthmate/log/1/{KEYS.vault_id}".encode()).digest()
    for row in rows:
        event = json.dumps(list(row[:9]), ensure_ascii=False, separators=(",", ":"))
        link = hashlib.sha256(link + event.encode()).digest()
        assert (row.link, row.mac) == (link, hmac.digest(KEYS.audit_key, link, "sha256"))
    assert len(rows) == 4


def test_the_head_is_an_anchor_that_the_log_holds(vault: Vault) -> None:
    first = vault.head()
    with vault.write() as tx:
        tx.patients.add(a_patient())
    head = vault.head()
    assert head.seq == first.seq + 1
    assert vault.holds(first)
    assert vault.holds(head)
    assert vault.holds(Anchor(0, ""))
    assert not vault.holds(Anchor(head.seq + 1, head.mac))
    assert not vault.holds(Anchor(head.seq, first.mac))


def test_a_clock_that_jumps_back_is_an_event(vault: Vault, clock: Clock) -> None:
    with vault.write() as tx:
        tx.patients.add(a_patient())
    clock.move(minutes=-4)
    with vault.write() as tx:
        tx.patients.add(a_patient())
    assert "clock.jumped" not in actions(vault)
    clock.move(hours=-2)
    with vault.write() as tx:
        tx.patients.add(a_patient())
    jumped, added = events(vault)[-2:]
    assert (jumped.action, dict(jumped.details)) == ("clock.jumped", {"seconds": 7200})
    assert added.action == "patient.added"
    clock.move(seconds=1)
    with vault.write() as tx:
        tx.patients.add(a_patient())
    assert actions(vault).count("clock.jumped") == 1
    assert verified(vault).ok


def signatures(vault: Vault) -> list[tuple[int, str, bytes, bytes]]:
    with vault.connection(writing=False) as connection:
        query = "SELECT seq, user_id, public_key, signature FROM audit_signature ORDER BY seq"
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_a_checkpoint_is_signed_by_who_works(vault: Vault) -> None:
    vault.sign_checkpoint()
    assert signatures(vault) == []  # nobody's seed is known
    vault.act_as(a_session(), SEED)
    vault.sign_checkpoint()
    ((seq, user_id, key, signature),) = signatures(vault)
    with vault.connection(writing=False) as connection:
        link = connection.execute(AUDIT.select().where(AUDIT.c.seq == seq)).one().link
    assert (user_id, key) == ("owner", public_key_of(SEED))
    assert is_signed(key, signature, link)
    assert not is_signed(key, signature, link[::-1])
    assert not is_signed(b"no key", signature, link)
    assert actions(vault)[-2:] == ["user.key_set", "audit.signed"]
    vault.sign_checkpoint()
    assert len(signatures(vault)) == 1  # nothing new to sign
    assert verified(vault).ok


def test_each_user_tells_the_log_their_own_key_once(vault: Vault) -> None:
    nurse, seed = a_user(), os.urandom(32)
    with vault.write() as tx:
        tx.users.add(nurse)
    for user_id, key in (("owner", SEED), (nurse.id, seed), ("owner", SEED)):
        vault.act_as(a_session(user_id), key)
        with vault.write() as tx:
            tx.audit.add("session.opened")
        vault.sign_checkpoint()
    assert actions(vault).count("user.key_set") == 2
    assert [row[1] for row in signatures(vault)] == ["owner", nurse.id, "owner"]
    assert verified(vault).ok


def test_who_gets_another_key_tells_the_log_and_its_old_signatures_stay_good(vault: Vault) -> None:
    for seed in (SEED, os.urandom(32)):  # a passphrase that was set with the recovery key
        vault.act_as(a_session(), seed)
        with vault.write() as tx:
            tx.audit.add("session.opened")
        vault.sign_checkpoint()
    assert actions(vault).count("user.key_set") == 2
    assert verified(vault).ok


def test_much_that_is_unsigned_is_signed_at_the_next_commit(vault: Vault) -> None:
    vault.act_as(a_session(), SEED)
    for _ in range(audit.SIGN_AFTER - vault.head().seq - 1):
        with vault.write() as tx:
            tx.audit.add("patient.viewed")
    assert signatures(vault) == []
    with vault.write() as tx:
        tx.audit.add("patient.viewed")
    assert len(signatures(vault)) == 1
    assert verified(vault).ok


def test_closing_signs_and_an_empty_session_signs_nothing(vault: Vault) -> None:
    vault.act_as(a_session(), SEED)
    vault.close()
    again = Vault.open(vault.folder, KEYS)
    assert len(signatures(again)) == 1
    again.act_as(a_session(), SEED)
    again.close()
    third = Vault.open(vault.folder, KEYS)
    assert len(signatures(third)) == 1
    assert verified(third).ok
    third.close()


def test_the_log_is_handed_out_so_that_anyone_can_follow_it(vault: Vault) -> None:
    vault.act_as(a_session(), SEED)
    patient = a_patient(CANARY)
    with vault.write() as tx:
        tx.patients.add(patient)
    vault.sign_checkpoint()
    with vault.write() as tx:
        tx.audit.add("audit.exported")
    with vault.read() as tx:
        first, *lines = [json.loads(line) for line in tx.audit.export_lines()]
    assert first == {
        "vault_id": KEYS.vault_id,
        "beginning": chain.BEGINNING,
        "columns": chain.COLUMNS.split(", "),
    }
    link = hashlib.sha256((first["beginning"] + first["vault_id"]).encode()).digest()
    signed = 0
    for line in lines:
        if "event" in line:
            text = json.dumps(line["event"], ensure_ascii=False, separators=(",", ":"))
            link = hashlib.sha256(link + text.encode()).digest()
            assert bytes.fromhex(line["link"]) == link
        else:
            signed += 1
            key, signature = (bytes.fromhex(line[name]) for name in ("public_key", "signature"))
            assert is_signed(key, signature, link)
    assert signed == 1
    assert [line["event"][0] for line in lines if "event" in line] == list(
        range(1, vault.head().seq + 1)
    )


def test_reading_a_document_again_is_one_event_of_its_content(vault: Vault) -> None:
    patient = a_patient()
    document = a_document(patient.id)
    with vault.write() as tx:
        tx.patients.add(patient)
        tx.documents.add(document)
    before = len(events(vault))
    with vault.write() as tx:
        tx.documents.save_pages(document.id, a_reading("one"))
        tx.documents.mark_unreadable(DocumentId(document.id), None, ())
    assert [event.action for event in events(vault)[before:]] == [
        "document.changed",
        "content.changed",
    ]


def test_a_row_that_was_touched_but_not_told_of_is_found(vault: Vault) -> None:
    with vault.write() as tx:
        tx.patients.add(a_patient())
    with vault.connection(writing=True) as connection:
        connection.execute(PATIENT.update().values(sex="male"))
    (problem,) = verified(vault).problems
    assert "is not as it was saved last" in problem
    assert verified(vault, deep=False).ok
