"""Users, care, work under way, drafts and settings, as they are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from storage_builders import (
    NOW,
    Clock,
    a_grant,
    a_patient,
    a_session,
    a_user,
    actions,
    some_keys,
    verified,
)

from healthmate_desktop.domain.ids import JobId, UserId, new_id
from healthmate_desktop.domain.jobs import Job
from healthmate_desktop.domain.sessions import FIRST_USER, User
from healthmate_desktop.errors import InvalidInput, NotFound
from healthmate_desktop.storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient

pytestmark = pytest.mark.database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(tmp_path: Path, clock: Clock) -> Iterator[Vault]:
    vault = Vault.create(tmp_path / "vault", some_keys(), clock=clock)
    vault.act_as(a_session())
    yield vault
    assert verified(vault).ok  # whatever a test did, the log tells of it
    vault.close()


@pytest.fixture
def user(vault: Vault, clock: Clock) -> User:
    user = a_user()
    clock.move(seconds=1)
    with vault.write() as tx:
        tx.users.add(user)
    return user


@pytest.fixture
def patient(vault: Vault) -> Patient:
    patient = a_patient()
    with vault.write() as tx:
        tx.patients.add(patient)
    return patient


def test_a_new_vault_has_the_one_who_made_it(tmp_path: Path) -> None:
    owner = User(FIRST_USER, "Ann", "owner")
    vault = Vault.create(tmp_path / "another", some_keys(), owner=owner)
    with vault.read() as tx:
        assert tx.users.all() == [owner]
        assert tx.users.get(FIRST_USER) == owner
    vault.close()


def test_users_are_kept_changed_and_remembered(vault: Vault, user: User) -> None:
    changed = replace(user, role="assistant", sees="all")
    gone = replace(changed, active=False)
    with vault.write() as tx:
        tx.users.update(changed)
    with vault.write() as tx:
        assert tx.users.get(user.id) == changed
        tx.users.update(gone)
    with vault.read() as tx:
        assert tx.users.all()[1:] == [gone]
        with pytest.raises(NotFound):
            tx.users.get(UserId("nobody"))
    with pytest.raises(NotFound), vault.write() as tx:
        tx.users.update(a_user("Nobody"))
    assert actions(vault)[-3:] == ["user.added", "user.changed", "user.removed"]


@pytest.mark.parametrize("name", ["Dr. Bo", "dr. bo", "DR. BO", "Dr. \uff22\uff4f"])
def test_a_name_is_signed_in_with_by_one_person(vault: Vault, user: User, name: str) -> None:
    other = a_user(name)
    with pytest.raises(InvalidInput, match="Choose another"), vault.write() as tx:
        tx.users.add(other)
    with vault.write() as tx:
        tx.users.update(replace(user, name=name))  # one's own in other letters
        tx.users.update(replace(user, active=False))
        tx.users.add(other)  # it is free again
    with pytest.raises(InvalidInput), vault.write() as tx:
        tx.users.update(user)  # and taken for who had it before


def test_care_is_given_and_taken_back(vault: Vault, user: User, patient: Patient) -> None:
    grant, other = a_grant(user.id, patient.id), a_grant(FIRST_USER, patient.id)
    with vault.write() as tx:
        tx.grants.add(grant)
        tx.grants.add(other)
        assert tx.grants.of_user(user.id) == [grant]
        assert tx.grants.live(user.id, patient.id)
    with vault.write() as tx:
        tx.grants.end(grant.id)
        assert tx.grants.of_user(user.id) == []
        assert not tx.grants.live(user.id, patient.id)
        assert tx.grants.of_user(FIRST_USER) == [other]
    with vault.write() as tx:
        tx.grants.end(grant.id)  # once more is nothing
        with pytest.raises(NotFound):
            tx.grants.end("none")
    assert actions(vault)[-3:] == ["grant.added", "grant.added", "grant.ended"]


def test_care_is_of_people_and_users_who_are_there(
    vault: Vault, user: User, patient: Patient
) -> None:
    with vault.write() as tx:
        for grant in (a_grant("nobody", patient.id), a_grant(user.id, "nobody")):
            with pytest.raises(NotFound):
                tx.grants.add(grant)
        tx.users.update(replace(user, active=False))
        with pytest.raises(NotFound):
            tx.grants.add(a_grant(user.id, patient.id))


def test_an_emergency_is_told_until_an_owner_saw_it(
    vault: Vault, clock: Clock, user: User, patient: Patient
) -> None:
    until = NOW + timedelta(hours=1)
    grant = a_grant(user.id, patient.id, until=until, reason="Found unconscious")
    with vault.write() as tx:
        tx.grants.add(a_grant(user.id, patient.id))
        tx.grants.add(grant)
        assert tx.grants.unseen() == [grant]
    clock.move(hours=2)
    with vault.write() as tx:
        assert grant not in tx.grants.of_user(user.id)  # over
        assert tx.grants.unseen() == [grant]  # and still to be told
        tx.grants.mark_seen()
        assert tx.grants.unseen() == []
        tx.grants.mark_seen()
    assert actions(vault)[-1] == "grant.seen"
    assert actions(vault).count("grant.seen") == 1


def test_work_is_kept_until_it_is_done(vault: Vault, clock: Clock) -> None:
    first = Job(JobId(new_id()), "import", payload={"paths": ["/a", "/b"], "folder": {"n": 1}})
    second = Job(JobId(new_id()), "renewal")
    with vault.write() as tx:
        tx.jobs.add(first)
        clock.move(seconds=1)
        tx.jobs.add(second)
    failed = replace(first, state="failed", error="The disk is full.", attempt=3)
    with vault.write() as tx:
        assert tx.jobs.unfinished() == [first, second]
        assert tx.jobs.get(first.id) == first
        tx.jobs.update(failed)
    with vault.read() as tx:
        assert tx.jobs.unfinished() == [second]
        assert tx.jobs.failed() == [failed]
    with vault.write() as tx:
        tx.jobs.update(replace(second, state="done"))
        tx.jobs.remove(first.id)  # who it concerns was told
        tx.jobs.remove(first.id)
        assert tx.jobs.unfinished() == tx.jobs.failed() == []
        for call in (tx.jobs.update, lambda job: tx.jobs.get(job.id)):
            with pytest.raises(NotFound):
                call(first)


def test_drafts_are_of_one_user_place_and_person(
    vault: Vault, user: User, patient: Patient
) -> None:
    with vault.write() as tx:
        tx.drafts.save("ask", None, "to nobody")
        tx.drafts.save("ask", patient.id, "first")
        tx.drafts.save("ask", patient.id, "second")
        tx.drafts.save("note", patient.id, "elsewhere")
        with pytest.raises(NotFound):
            tx.drafts.save("ask", a_patient().id, "x")
    with vault.read() as tx:
        assert tx.drafts.get("ask", None) == "to nobody"
        assert tx.drafts.get("ask", patient.id) == "second"
        assert tx.drafts.get("note", patient.id) == "elsewhere"
        assert tx.drafts.get("note", None) == ""
    vault.act_as(a_session(user.id))
    with vault.write() as tx:
        assert tx.drafts.get("ask", patient.id) == ""
        tx.drafts.remove("ask", patient.id)
    vault.act_as(a_session())
    with vault.write() as tx:
        tx.drafts.remove("ask", patient.id)
        assert tx.drafts.get("ask", patient.id) == ""
        assert tx.drafts.get("note", patient.id) == "elsewhere"


def test_settings_are_the_same_for_everyone_and_logged_when_they_change(
    vault: Vault, user: User
) -> None:
    with vault.write() as tx:
        assert tx.preferences.get("lock.idle_minutes") == ""
        assert tx.preferences.get("lock.idle_minutes", "15") == "15"
        tx.preferences.set("lock.idle_minutes", "5")
    vault.act_as(a_session(user.id))
    with vault.write() as tx:
        assert tx.preferences.get("lock.idle_minutes", "15") == "5"
        tx.preferences.set("lock.idle_minutes", "5")
    assert actions(vault).count("preference.set") == 1
    with vault.write() as tx:
        tx.preferences.set("lock.idle_minutes", "10")
        assert tx.preferences.get("lock.idle_minutes") == "10"
    assert actions(vault).count("preference.set") == 2


def names(people: list[Patient]) -> list[str]:
    return [person.name for person in people]


def test_people_are_found_by_the_beginnings_of_their_names(vault: Vault) -> None:
    for name in (
        "Zo\u00eb van den Berg",
        "Jos\u00e9 Mar\u00eda Garc\u00eda",
        "bo Berg",
        "Ann O'Brien",
        "\u674e\u5c0f\u9f99",
    ):
        with vault.write() as tx:
            tx.patients.add(a_patient(name))
    with vault.read() as tx:
        found = {
            text: names(tx.patients.find(text, 9))
            for text in (
                "berg",
                "BER zo",
                "zoe",
                "ZOE\u0308",
                "garcia jose",
                "1980-02",
                "1980 ann",
                "o'brien",
                "brien",
                "\u674e",
                "erg",
                "berg garcia",
                "%",
                '" OR *',
                'berg" NOT bo',
                "AND",
                "\u00df",
                " ".join(["w"] * 99),
            )
        }
        assert names(tx.patients.find("", 2)) == ["\u674e\u5c0f\u9f99", "Ann O'Brien"]
        assert names(tx.patients.find("berg", 1)) == ["bo Berg"]
        assert tx.patients.count() == 5
    both = ["bo Berg", "Zo\u00eb van den Berg"]
    assert found["berg"] == both  # by name, whatever the letters' size
    assert found["BER zo"] == found["zoe"] == found["ZOE\u0308"] == both[1:]
    assert found["garcia jose"] == ["Jos\u00e9 Mar\u00eda Garc\u00eda"]
    assert len(found["1980-02"]) == 5
    assert found["1980 ann"] == found["o'brien"] == found["brien"] == ["Ann O'Brien"]
    assert found["\u674e"] == ["\u674e\u5c0f\u9f99"]
    for text in ("erg", "berg garcia", 'berg" NOT bo', "AND", "\u00df", " ".join(["w"] * 99)):
        assert found[text] == [], text
    assert len(found["%"]) == 5  # no word at all
    assert found['" OR *'] == []


def test_a_person_who_changes_is_found_by_the_new_name_only(vault: Vault, patient: Patient) -> None:
    changed = replace(patient, name="Eve Married", birth_date=None)
    with vault.write() as tx:
        tx.patients.update(changed)
        with pytest.raises(NotFound):
            tx.patients.update(a_patient())
    with vault.read() as tx:
        assert tx.patients.find("eve", 5) == [changed]
        assert tx.patients.find("ann", 5) == tx.patients.find("1980", 5) == []
        assert tx.patients.get(patient.id) == changed
    assert actions(vault)[-1] == "patient.changed"
