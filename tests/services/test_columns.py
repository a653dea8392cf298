"""What columns mean is said once: the document is read by it, it is remembered in the vault, and can be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished

from healthmate_desktop.domain.documents import (
    COLUMNS_AS_BEFORE,
    UNSURE_COLUMNS,
    has_unsure_columns,
)
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.errors import DiskFull, InvalidInput, NotAllowed, NotFound, VaultDamaged
from healthmate_desktop.interop.tables import MOST_KEPT
from healthmate_desktop.services import columns
from healthmate_desktop.services.columns import Answer, ColumnService, Role, answered
from healthmate_desktop.services.importing import ImportService
from services.review_desk import StraightReader

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.services.outcomes import FileOutcome
    from services.conftest import Room

pytestmark = pytest.mark.integration

EARLY = "Date,Test,Result,Unit\n03/04/2024,Sodium,141,mmol/L\n04/04/2024,Potassium,4.2,mmol/L\n"
LATER = "Date,Test,Result,Unit\n05/06/2024,Sodium,139,mmol/L\n"
BARE = "03/04/2024,Sodium,141,mmol/L\n04/04/2024,Sodium,140,mmol/L\n"


@dataclass
class Drawer:
    """Ann's tables, read straight."""

    room: Room
    ann: Patient
    folder: Path
    importing: ImportService
    service: ColumnService

    def add(self, text: str, name: str = "labs.csv", *, accept_all: bool = False) -> DocumentId:
        return DocumentId(self.outcome(text, name, accept_all=accept_all).document_id)

    def outcome(self, text: str, name: str, *, accept_all: bool = False) -> FileOutcome:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        work = self.importing.import_files([path], self.ann.id, accept_all=accept_all)
        (outcome,) = finished(work)
        return outcome

    def say(self, document_id: DocumentId, *, accept_all: bool = False, **answer: str) -> None:
        (look,) = self.service.look(document_id)
        words: dict[str, Any] = dict(answer)
        said = {1: answered(look, Answer(**words))}
        finished(self.service.save(document_id, said, accept_all=accept_all))

    def document(self, document_id: DocumentId) -> Document:
        with self.room.access.read(Action.VIEW) as tx:
            return tx.documents.get(document_id)

    def records(self, document_id: DocumentId) -> list[Record]:
        with self.room.access.read(Action.VIEW) as tx:
            return tx.records.of_patient(
                self.ann.id, RecordFilter(state="", document_id=document_id)
            )

    def said(self, document_id: DocumentId) -> list[tuple[str, str]]:
        """Day and state of each record."""
        return [(r.facts.effective, r.state) for r in self.records(document_id)]


@pytest.fixture
def drawer(room: Room, ann: Patient, tmp_path: Path) -> Drawer:
    reader = StraightReader()
    importing = ImportService(room.access, room.originals, reader, room.embedder)  # type: ignore[arg-type]
    service = ColumnService(room.access, room.originals, reader, importing)  # type: ignore[arg-type]
    return Drawer(room, ann, tmp_path, importing, service)


@pytest.mark.parametrize(
    ("accept_all", "status", "state"),
    [(False, "proposed", "proposed"), (True, "imported", "accepted")],
)
def test_values_of_an_unsure_table_keep_that_doubt(
    drawer: Drawer, accept_all: bool, status: str, state: str
) -> None:
    outcome = drawer.outcome(EARLY, "labs.csv", accept_all=accept_all)
    document_id = DocumentId(outcome.document_id)
    assert outcome.status == status
    assert {each for _, each in drawer.said(document_id)} == {state}
    assert all(UNSURE_COLUMNS in record.doubts for record in drawer.records(document_id))
    assert has_unsure_columns(drawer.document(document_id))


def test_what_is_said_replaces_what_nobody_had_decided_on(drawer: Drawer) -> None:
    document_id = drawer.add(EARLY)
    assert drawer.said(document_id)[0] == ("2024-03-04", "proposed")
    drawer.say(document_id, order="DMY")
    assert drawer.said(document_id) == [("2024-04-03", "proposed"), ("2024-04-04", "proposed")]
    assert not any(record.doubts for record in drawer.records(document_id))
    assert drawer.document(document_id).problems == ()
    hits = drawer.room.search.search("Sodium", drawer.ann.id, scope="person")
    assert len(hits) == 1  # its text is found once


def test_accepted_and_rejected_values_stay_and_are_not_asked_again(drawer: Drawer) -> None:
    document_id = drawer.add(EARLY)
    wrong, right = drawer.records(document_id)
    with drawer.room.access.write(Action.ADD) as tx:
        tx.records.set_state([wrong.id], "accepted")
        tx.records.set_state([right.id], "rejected")
    drawer.say(document_id, order="DMY")
    assert sorted(drawer.said(document_id)) == [
        ("2024-03-04", "accepted"),
        ("2024-04-03", "proposed"),
        ("2024-04-04", "rejected"),
    ]


def test_the_next_table_is_read_without_asking(drawer: Drawer) -> None:
    drawer.say(drawer.add(EARLY), order="DMY")
    following = drawer.outcome(LATER, "next.csv", accept_all=True)
    document_id = DocumentId(following.document_id)
    assert (following.status, drawer.said(document_id)) == (
        "imported",
        [("2024-06-05", "accepted")],
    )
    assert [p.message for p in drawer.document(document_id).problems] == [COLUMNS_AS_BEFORE]


def test_it_can_be_accepted_at_once(drawer: Drawer) -> None:
    document_id = drawer.add(EARLY)
    drawer.say(document_id, accept_all=True, order="DMY")
    assert {state for _, state in drawer.said(document_id)} == {"accepted"}


def test_what_is_remembered_is_listed_and_forgotten(drawer: Drawer) -> None:
    drawer.say(drawer.add(EARLY), order="DMY")
    (kept,) = drawer.service.kept()
    assert (kept.headings, kept.order) == (("Date", "Test", "Result", "Unit"), "DMY")
    drawer.service.forget(kept.key)
    assert drawer.service.kept() == []
    with pytest.raises(NotFound):
        drawer.service.forget(kept.key)
    assert drawer.outcome(LATER, "next.csv").problems[0].message.startswith(UNSURE_COLUMNS)


def test_what_a_file_told_by_itself_is_not_remembered_as_said(drawer: Drawer) -> None:
    told = "Date,Test,Result,Unit\n05/25/2024,Sodium,139,mmol/L\n05/06/2024,Sodium,4.1,mmol/L\n"
    drawer.say(drawer.add(told))
    (kept,) = drawer.service.kept()
    assert (kept.order, kept.mark, kept.date, kept.zone) == ("", "", "", "")
    assert has_unsure_columns(drawer.document(drawer.add(LATER, "next.csv")))


def test_a_date_for_all_belongs_to_its_file(drawer: Drawer) -> None:
    document_id = drawer.add("Test,Result,Unit\nSodium,141,mmol/L\n")
    drawer.say(document_id, date="2024-03-01")
    assert drawer.said(document_id) == [("2024-03-01", "proposed")]
    assert [mapping.date for mapping in drawer.service.kept()] == [""]
    assert has_unsure_columns(
        drawer.document(drawer.add("Test,Result,Unit\nSodium,1,mmol/L\n", "b.csv"))
    )


def test_a_table_without_headings_is_not_remembered(drawer: Drawer) -> None:
    document_id = drawer.add(BARE)
    drawer.say(document_id, order="DMY")
    assert [day for day, _ in drawer.said(document_id)] == ["2024-04-03", "2024-04-04"]
    assert drawer.service.kept() == []


def test_the_newest_is_remembered_and_only_so_many(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawer.say(drawer.add(EARLY), order="DMY")
    drawer.say(drawer.add(EARLY.replace("Date", "Day"), "b.csv"), order="DMY")
    drawer.say(drawer.add(LATER, "c.csv"), order="MDY")
    assert [(m.headings[0], m.order) for m in drawer.service.kept()] == [
        ("Date", "MDY"),
        ("Day", "DMY"),
    ]
    monkeypatch.setattr(columns, "_MOST_TEXT", 400)
    drawer.say(drawer.add(LATER.replace("Date", "When"), "d.csv"), order="DMY")
    assert [mapping.headings[0] for mapping in drawer.service.kept()] == ["When"]
    assert MOST_KEPT == 50


@pytest.mark.parametrize("kept", ["", "{", "[1]", '[{"key": "x"}]', "7"])
def test_what_is_kept_wrongly_keeps_nobody_from_reading(drawer: Drawer, kept: str) -> None:
    with drawer.room.access.write(Action.ADD) as tx:
        tx.preferences.set("columns", kept)
    assert drawer.service.kept() == []
    drawer.say(drawer.add(EARLY), order="DMY")
    assert len(drawer.service.kept()) == 1


def test_what_leaves_a_question_open_changes_nothing(drawer: Drawer) -> None:
    document_id = drawer.add(EARLY)
    before = drawer.records(document_id)
    (look,) = drawer.service.look(document_id)
    for answer in (
        Answer(roles={1: Role.IGNORED}, order="DMY"),
        Answer(roles={3: Role.VALUE}, order="DMY"),
    ):
        with pytest.raises(InvalidInput, match="Nothing was changed"):
            finished(drawer.service.save(document_id, {1: answered(look, answer)}))
    with pytest.raises(NotFound):
        finished(drawer.service.save(document_id, {2: look.mapping}))
    assert drawer.records(document_id) == before
    assert drawer.service.kept() == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(order="YMD"),
        Answer(mark=";"),
        Answer(zone="Mars/Olympus"),
        Answer(date="soon"),
        Answer(roles={9: Role.NAME}),
        Answer(roles={-1: Role.NAME}),
    ],
)
def test_nonsense_is_refused(drawer: Drawer, answer: Answer) -> None:
    (look,) = drawer.service.look(drawer.add(EARLY))
    with pytest.raises(InvalidInput, match="othing was changed"):
        answered(look, answer)


def test_one_answer_after_the_other_holds(drawer: Drawer) -> None:
    (look,) = drawer.service.look(drawer.add(EARLY))
    first = answered(look, Answer(order="DMY"))
    both = answered(look, Answer(roles={3: Role.NOTE}), first)
    assert (both.order, both.roles[3]) == ("DMY", Role.NOTE)


def test_a_disk_that_is_full_leaves_the_former_reading(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = drawer.add(EARLY)
    before = drawer.records(document_id)

    def full(*_: object, **__: object) -> None:
        raise DiskFull

    monkeypatch.setattr("healthmate_desktop.services.importing.keep_proposals", full)
    with pytest.raises(DiskFull):
        drawer.say(document_id, order="DMY")
    assert drawer.records(document_id) == before
    assert has_unsure_columns(drawer.document(document_id))
    assert drawer.service.kept() == []


def test_an_original_that_is_gone_is_told(drawer: Drawer) -> None:
    document_id = drawer.add(EARLY)
    for file in (drawer.room.vault.folder / "originals").rglob("*.age"):
        file.unlink()
    with pytest.raises((NotFound, VaultDamaged)):
        drawer.service.look(document_id)
    with pytest.raises(NotFound):
        drawer.service.look(DocumentId("nowhere"))
    with pytest.raises(NotFound):
        drawer.service.name_of(DocumentId("nowhere"))
    assert drawer.service.name_of(document_id) == "labs.csv"


def test_who_may_not_add_may_not_say(drawer: Drawer) -> None:
    document_id = drawer.add(EARLY)
    (look,) = drawer.service.look(document_id)
    room = drawer.room.signed_in("auditor")
    service = ColumnService(room.access, room.originals, StraightReader(), drawer.importing)  # type: ignore[arg-type]
    for forbidden in (
        lambda: service.look(document_id),
        lambda: finished(service.save(document_id, {1: look.mapping})),
        service.kept,
        lambda: service.forget("x"),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_someone_elses_table_is_out_of_reach(drawer: Drawer) -> None:
    document_id = drawer.add(EARLY)
    room = drawer.room.signed_in("assistant", "assigned")
    service = ColumnService(room.access, room.originals, StraightReader(), drawer.importing)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        service.look(document_id)
    with pytest.raises(NotFound):
        service.name_of(document_id)


def test_that_it_was_read_anew_stands_in_the_log_and_no_heading_does(drawer: Drawer) -> None:
    document_id = drawer.add(EARLY)
    before = len(drawer.room.events())
    drawer.say(document_id, order="DMY")
    new = drawer.room.events()[before:]
    assert {"document.read", "record.removed", "record.added", "preference.set"} <= {
        event.action for event in new
    }
    assert "Sodium" not in str(new)
    assert "Unit" not in str(new)
