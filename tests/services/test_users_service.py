"""Staff: who can sign in and what they may do, in the vault and in the key file, and never one without the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from healthmate_desktop.domain.ids import PatientId, UserId
from healthmate_desktop.domain.sessions import FIRST_USER, Grant, User
from healthmate_desktop.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    VaultError,
    WrongPassphrase,
)
from healthmate_desktop.security.header import open_header
from healthmate_desktop.services.users import UserService, user_of
from services.staff import OTHER, PASSPHRASE, Staff, staff_of

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Role
    from services.conftest import Room

pytestmark = [pytest.mark.integration, pytest.mark.security]


@pytest.fixture
def staff(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staff:
    return staff_of(room, tmp_path, monkeypatch)


def opens(staff: Staff, passphrase: str, name: str) -> bool:
    try:
        return open_header(staff.folder, passphrase, name).user_name == name
    except WrongPassphrase:
        return False


def names(staff: Staff) -> list[str]:
    return [user.name for user in staff.users.all() if user.active]


def test_who_is_added_can_sign_in_and_is_listed(staff: Staff) -> None:
    added = staff.users.add("  Dr. Bo ", "clinician", "assigned", OTHER)
    assert (added.name, added.role, added.sees) == ("Dr. Bo", "clinician", "assigned")
    assert staff.users.all() == [User(FIRST_USER, "owner", "owner"), added]
    opened = open_header(staff.folder, OTHER, "Dr. Bo")
    assert opened.user_id == added.id
    assert user_of(staff.users.all(), opened.user_id) == added
    assert [event.subject for event in staff.room.events("user.added")][1:] == [f"user/{added.id}"]


def test_what_was_typed_in_a_broken_terminal_can_be_kept(staff: Staff, ann: Patient) -> None:
    assert staff.users.add("Ren\udce9", "clinician", "assigned", OTHER).name == "Ren?"
    room = staff.room.signed_in("clinician", "assigned", user=staff.users.all()[1])
    grant = UserService(room.access, staff.key_file).open_in_emergency(ann.id, "Fell \udce9 hard")
    assert grant.reason == "Fell ? hard"


def test_an_owner_of_some_people_can_not_take_others_into_care(staff: Staff, ann: Patient) -> None:
    second = staff.users.add("Bo", "owner", "assigned", OTHER)
    room = staff.room.signed_in("owner", "assigned", user=second)
    with pytest.raises(NotFound):
        UserService(room.access, staff.key_file).assign(second.id, ann.id)
    assert room.patients.all() == []


@pytest.mark.parametrize(
    ("name", "passphrase"),
    [("", OTHER), (" ", OTHER), ("a\nb", OTHER), ("Owner", OTHER), ("Bo", "short"), ("Bo", "")],
)
def test_who_can_not_be_added_is_in_neither_place(staff: Staff, name: str, passphrase: str) -> None:
    with pytest.raises(InvalidInput):
        staff.users.add(name, "clinician", "all", passphrase)
    assert names(staff) == ["owner"]
    assert staff.key_file.users == [(FIRST_USER, "owner")]


def test_a_key_slot_does_not_stay_when_the_vault_can_not_save(staff: Staff) -> None:
    with staff.room.vault.connection(writing=True) as connection:
        connection.exec_driver_sql("ALTER TABLE audit RENAME TO away")
    with pytest.raises(sqlcipher.OperationalError):
        staff.users.add("Bo", "clinician", "all", OTHER)
    with staff.room.vault.connection(writing=True) as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO audit")
    assert staff.key_file.users == [(FIRST_USER, "owner")]
    staff.users.add("Bo", "clinician", "all", OTHER)  # the name is free
    assert names(staff) == ["owner", "Bo"]


def test_what_someone_may_do_can_be_changed(staff: Staff) -> None:
    added = staff.users.add("Bo", "clinician", "all", OTHER)
    changed = staff.users.change(added.id, role="assistant", sees="assigned")
    assert changed == User(added.id, "Bo", "assistant", "assigned")
    assert staff.users.all()[1:] == [changed]
    with pytest.raises(NotFound):
        staff.users.change(UserId("nobody"), role="owner", sees="all")


def test_there_is_always_an_owner(staff: Staff) -> None:
    with pytest.raises(InvalidInput, match="last owner"):
        staff.users.change(FIRST_USER, role="clinician", sees="all")
    with pytest.raises(InvalidInput, match="last owner"):
        staff.users.remove(FIRST_USER)
    staff.users.change(FIRST_USER, role="owner", sees="assigned")  # still one
    second = staff.users.add("Bo", "owner", "all", OTHER)
    staff.users.change(FIRST_USER, role="clinician", sees="all")
    with pytest.raises(InvalidInput, match="last owner"):
        staff.users.remove(second.id)
    assert opens(staff, PASSPHRASE, "owner")


def test_a_removed_owner_does_not_count_as_one(staff: Staff) -> None:
    second = staff.users.add("Bo", "owner", "all", OTHER)
    staff.users.remove(second.id)
    with pytest.raises(NotFound, match="can't sign in"):
        staff.users.change(second.id, role="owner", sees="all")  # nor does it come back
    with pytest.raises(InvalidInput, match="last owner"):
        staff.users.remove(FIRST_USER)
    assert names(staff) == ["owner"]


def test_who_is_removed_is_out_everywhere_but_in_the_log(staff: Staff, ann: Patient) -> None:
    added = staff.users.add("Bo", "clinician", "assigned", OTHER)
    staff.users.assign(added.id, ann.id)
    staff.users.remove(added.id)
    assert not opens(staff, OTHER, "Bo")
    assert names(staff) == ["owner"]
    assert staff.users.grants(added.id) == []
    gone = staff.users.all()[1]
    assert (gone.name, gone.active) == ("Bo", False)
    with pytest.raises(NotAllowed, match="no longer sign in"):
        user_of(staff.users.all(), added.id)
    with pytest.raises(NotFound):
        staff.users.assign(added.id, ann.id)
    assert [event.action for event in staff.room.events()][-2:] == ["user.removed", "grant.ended"]
    again = staff.users.add("Bo", "clinician", "assigned", OTHER)
    assert again.id != added.id


def test_a_removal_that_was_cut_off_can_be_done_again(staff: Staff) -> None:
    added = staff.users.add("Bo", "clinician", "all", OTHER)
    staff.key_file.remove_user(added.id)  # so far it came
    staff.users.remove(added.id)
    assert names(staff) == ["owner"]


def test_people_are_given_into_care_and_taken_back(staff: Staff, ann: Patient) -> None:
    nurse = staff.users.add("Bo", "assistant", "assigned", OTHER)
    grant = staff.users.assign(nurse.id, ann.id)
    assert staff.users.grants(nurse.id) == [grant]
    assert (grant.until, grant.reason) == (None, "")
    assert [
        p.id for p in staff.room.signed_in("assistant", "assigned", user=nurse).patients.all()
    ] == [ann.id]
    owner = staff.as_owner()
    owner.users.end_grant(grant.id)
    assert owner.users.grants(nurse.id) == []
    assert staff.room.signed_in("assistant", "assigned", user=nurse).patients.all() == []
    owner = staff.as_owner()
    for user_id, patient_id in ((UserId("nobody"), ann.id), (nurse.id, PatientId("nobody"))):
        with pytest.raises(NotFound):
            owner.users.assign(user_id, patient_id)
    with pytest.raises(NotFound):
        owner.users.end_grant("none")


def in_emergency(staff: Staff) -> tuple[Room, UserService]:
    clinician = staff.users.add("Bo", "clinician", "assigned", OTHER)
    room = staff.room.signed_in("clinician", "assigned", user=clinician)
    return room, UserService(room.access, staff.key_file)


def test_an_emergency_opens_one_person_for_an_hour_and_owners_are_told(
    staff: Staff, ann: Patient
) -> None:
    bob = staff.room.patients.add("Bob Example")
    room, users = in_emergency(staff)
    assert room.patients.all() == []
    assert {person.id for person in users.others("example")} == {ann.id, bob.id}
    assert users.others("") == []
    before = datetime.now(UTC)
    grant = users.open_in_emergency(ann.id, "  Found unconscious  ")
    assert (grant.patient_id, grant.reason) == (ann.id, "Found unconscious")
    assert grant.until is not None
    assert timedelta(0) <= grant.until - before - timedelta(hours=1) < timedelta(minutes=1)
    assert room.patients.all() == [ann]
    assert [person.id for person in users.others("example")] == [bob.id]
    (told,) = room.events("grant.emergency_opened")
    assert (told.patient_id, dict(told.details)) == (ann.id, {"minutes": 60})
    assert users.emergencies() == []  # told to owners, not to who did it

    owner = staff.as_owner()
    assert owner.users.emergencies() == [grant]
    owner.users.mark_emergencies_seen()
    assert owner.users.emergencies() == []


@pytest.mark.parametrize("reason", ["", "    ", "abc", " ab   ", "x" * 501])
def test_an_emergency_needs_a_reason(staff: Staff, ann: Patient, reason: str) -> None:
    room, users = in_emergency(staff)
    with pytest.raises(InvalidInput, match="Write why"):
        users.open_in_emergency(ann.id, reason)
    assert room.patients.all() == []


def test_an_emergency_is_of_a_person_who_is_there(staff: Staff) -> None:
    _, users = in_emergency(staff)
    with pytest.raises(NotFound):
        users.open_in_emergency(PatientId("nobody"), "Found unconscious")


def test_the_reason_is_in_the_vault_and_not_in_the_log(staff: Staff, ann: Patient) -> None:
    room, users = in_emergency(staff)
    users.open_in_emergency(ann.id, "CANARY-7f3a fell")
    assert not any("CANARY" in repr(event) for event in room.events())


@pytest.mark.parametrize("role", ["clinician", "assistant", "auditor"])
def test_only_owners_look_after_users(staff: Staff, ann: Patient, role: Role) -> None:
    added = staff.users.add("Bo", "clinician", "all", OTHER)
    room = staff.room.signed_in(role)
    users = UserService(room.access, staff.key_file)
    before = room.vault.head()
    for call in (
        lambda: users.add("Eve", "owner", "all", OTHER),
        lambda: users.change(added.id, role="owner", sees="all"),
        lambda: users.remove(added.id),
        lambda: users.grants(added.id),
        lambda: users.assign(added.id, ann.id),
        lambda: users.end_grant("none"),
        users.mark_emergencies_seen,
    ):
        with pytest.raises(NotAllowed):
            call()
    assert users.emergencies() == []
    assert room.vault.head() == before
    assert len(staff.key_file.users) == 2
    if role == "auditor":  # the log names them by id
        assert added in users.all()
    else:
        with pytest.raises(NotAllowed, match="manage who can sign in"):
            users.all()
    if role != "clinician":
        for emergency in (
            lambda: users.others("ann"),
            lambda: users.open_in_emergency(ann.id, "Found unconscious"),
        ):
            with pytest.raises(NotAllowed):
                emergency()


def test_by_recovery_key_the_first_owner_signs_in() -> None:
    gone = User(UserId("a"), "Gone", "owner", active=False)
    nurse = User(UserId("b"), "Nurse", "assistant")
    first, second = (User(UserId(name), name, "owner") for name in "cd")
    assert user_of([gone, nurse, first, second], "") == first
    assert user_of([gone, nurse, first, second], "b") == nurse
    with pytest.raises(NotAllowed):
        user_of([gone, nurse], "")


def test_a_grant_says_who_gave_it(staff: Staff, ann: Patient) -> None:
    nurse = staff.users.add("Bo", "assistant", "assigned", OTHER)
    grant: Grant = staff.users.assign(nurse.id, ann.id)
    (event,) = (e for e in staff.room.events("grant.added") if e.subject.endswith(grant.id))
    assert (event.user_id, event.patient_id) == (FIRST_USER, ann.id)


def test_a_locked_vault_adds_nobody(staff: Staff) -> None:
    staff.room.vault.close()
    with pytest.raises(VaultError, match="locked"):
        staff.users.add("Bo", "clinician", "all", OTHER)
    assert staff.key_file.users == [(FIRST_USER, "owner")]
