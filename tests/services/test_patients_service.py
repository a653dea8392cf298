"""Whose records: people are added, listed, and one is meant."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from healthmate_desktop.domain.sessions import Grant
from healthmate_desktop.errors import InvalidInput, NotAllowed, NotFound

if TYPE_CHECKING:
    from services.conftest import Room

pytestmark = pytest.mark.integration


def test_person_is_kept_as_given(room: Room) -> None:
    added = room.patients.add("  Rosa Harlow ", dt.date(1958, 2, 14), "female")
    assert added.name == "Rosa Harlow"
    assert room.patients.all() == [added]
    assert room.patients.chosen(added.id) == added


def test_the_only_person_is_meant_when_nobody_is_named(room: Room) -> None:
    added = room.patients.add("Rosa")
    assert room.patients.chosen(None) == room.patients.chosen("") == added


def test_nobody_there_says_how_to_add_one(room: Room) -> None:
    with pytest.raises(InvalidInput, match="person add"):
        room.patients.chosen(None)


def test_several_people_must_be_told_apart(room: Room) -> None:
    rosa, tomas = room.patients.add("Rosa"), room.patients.add("Tomas")
    with pytest.raises(InvalidInput, match="--person"):
        room.patients.chosen(None)
    assert room.patients.chosen(tomas.id) == tomas
    assert {person.id for person in room.patients.all()} == {rosa.id, tomas.id}


def test_unknown_id_is_not_found(room: Room) -> None:
    room.patients.add("Rosa")
    with pytest.raises(NotFound):
        room.patients.chosen("somebody-else")


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_refused_person_is_not_kept(room: Room, name: str) -> None:
    with pytest.raises(InvalidInput):
        room.patients.add(name)
    assert room.patients.all() == []


def test_name_typed_in_a_broken_terminal_can_be_kept(room: Room) -> None:
    assert room.patients.add("Ren\udce9").name == "Ren?"
    assert [person.name for person in room.patients.all()] == ["Ren?"]


def test_people_outside_ones_care_are_neither_found_nor_counted(room: Room) -> None:
    rosa, tomas = room.patients.add("Rosa Harlow"), room.patients.add("Tomas Harlow")
    assert {person.id for person in room.patients.find("harlow")} == {rosa.id, tomas.id}
    assert (room.patients.count(), room.patients.get(tomas.id)) == (2, tomas)
    nurse = room.signed_in("assistant", "assigned")
    grant = Grant("g1", nurse.access.session.user_id, rosa.id, dt.datetime.now(dt.UTC))
    with nurse.vault.write() as tx:
        tx.grants.add(grant)
    assert nurse.patients.find("harlow") == nurse.patients.all() == [rosa]
    assert (nurse.patients.count(), nurse.patients.chosen(None)) == (1, rosa)
    assert nurse.patients.get(rosa.id) == rosa
    with pytest.raises(NotFound):
        nurse.patients.get(tomas.id)


def test_who_sees_no_records_sees_no_names(room: Room) -> None:
    rosa = room.patients.add("Rosa")
    auditor = room.signed_in("auditor").patients
    for call in (
        auditor.all,
        auditor.count,
        lambda: auditor.get(rosa.id),
        lambda: auditor.find("rosa"),
        lambda: auditor.add("Tomas"),
    ):
        with pytest.raises(NotAllowed):
            call()
