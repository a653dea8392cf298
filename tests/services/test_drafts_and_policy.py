"""Words being typed, and when the vault locks: kept in the vault, each for whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.sessions import LockPolicy
from healthmate_desktop.errors import NotAllowed, NotFound
from healthmate_desktop.services.drafts import LONGEST, DraftService
from healthmate_desktop.services.policy import IDLE, SESSION, PolicyService

if TYPE_CHECKING:
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Role
    from services.conftest import Room

pytestmark = pytest.mark.integration


def test_a_draft_is_there_after_a_lock(room: Room, ann: Patient) -> None:
    drafts = DraftService(room.access)
    drafts.save("ask", ann.id, "Is potassium")
    drafts.save("ask", ann.id, "Is potassium 5.9 high?\nAnd")
    drafts.save("ask", None, "What is a")
    again = DraftService(room.reopened().access)
    assert again.get("ask", ann.id) == "Is potassium 5.9 high?\nAnd"
    assert again.get("ask", None) == "What is a"
    assert again.get("note", ann.id) == ""


def test_a_sent_draft_is_gone(room: Room, ann: Patient) -> None:
    drafts = DraftService(room.access)
    drafts.save("ask", ann.id, "words")
    drafts.save("ask", ann.id, "")
    assert drafts.get("ask", ann.id) == ""
    drafts.save("ask", ann.id, "")  # once more is nothing
    with room.vault.connection(writing=False) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM draft").scalar() == 0


def test_a_draft_holds_what_can_be_kept(room: Room) -> None:
    drafts = DraftService(room.access)
    drafts.save("ask", None, "a\udce9b" + "x" * LONGEST)
    assert drafts.get("ask", None) == ("a?b" + "x" * LONGEST)[:LONGEST]


def test_drafts_are_each_users_own(room: Room, ann: Patient) -> None:
    DraftService(room.access).save("ask", ann.id, "mine")
    other = DraftService(room.signed_in("clinician").access)
    assert other.get("ask", ann.id) == ""
    other.save("ask", ann.id, "theirs")
    assert DraftService(room.access).get("ask", ann.id) == "theirs"  # who is signed in counts


def test_no_draft_is_kept_of_a_person_outside_ones_care(room: Room, ann: Patient) -> None:
    drafts = DraftService(room.signed_in("clinician", "assigned").access)
    with pytest.raises(NotFound):
        drafts.save("ask", ann.id, "words")
    assert drafts.get("ask", ann.id) == ""


def test_who_sees_no_records_has_no_drafts(room: Room) -> None:
    drafts = DraftService(room.signed_in("auditor").access)
    for call in (lambda: drafts.save("ask", None, "x"), lambda: drafts.get("ask", None)):
        with pytest.raises(NotAllowed):
            call()


def test_typing_is_not_in_the_log(room: Room, ann: Patient) -> None:
    before = room.vault.head()
    DraftService(room.access).save("ask", ann.id, "words")
    assert room.vault.head() == before


def test_the_lock_policy_is_the_usual_one_until_it_is_set(room: Room) -> None:
    policy = PolicyService(room.vault, room.access)
    assert policy.get() == LockPolicy(15, 12)
    policy.set(LockPolicy(5, 24))
    again = room.reopened()
    assert PolicyService(again.vault, again.access).get() == LockPolicy(5, 24)
    assert [event.subject for event in again.events("preference.set")] == [
        f"preference/{IDLE}",
        f"preference/{SESSION}",
    ]


@pytest.mark.parametrize("role", ["clinician", "assistant", "auditor"])
def test_everyone_is_held_to_the_policy_and_owners_set_it(room: Room, role: Role) -> None:
    PolicyService(room.vault, room.access).set(LockPolicy(6, 3))
    other = room.signed_in(role)
    policy = PolicyService(other.vault, other.access)
    assert policy.get() == LockPolicy(6, 3)
    with pytest.raises(NotAllowed):
        policy.set(LockPolicy(60, 24))
    assert policy.get() == LockPolicy(6, 3)


@pytest.mark.parametrize("stored", ["never", "", "0", "61", "5.5"])
def test_a_policy_that_can_not_be_understood_is_the_usual_one(room: Room, stored: str) -> None:
    with room.vault.write() as tx:
        tx.preferences.set(IDLE, stored)
    assert PolicyService(room.vault, room.access).get() == LockPolicy()
