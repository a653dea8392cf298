"""What was read is looked at before it counts: taken, put right, left out, and put back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from builders import finished

from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.errors import InvalidInput, NotAllowed, NotFound
from healthmate_desktop.services.importing import SOMEONE_ELSE
from healthmate_desktop.services.records import RecordService
from healthmate_desktop.services.review import ReviewService
from services.review_desk import CONDITION, ROSA, glucose, ids, make_desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from services.conftest import Room
    from services.review_desk import Desk

pytestmark = [pytest.mark.integration, pytest.mark.health]

MARIA = {"resourceType": "Patient", "name": [{"text": "Maria Lopez"}], "birthDate": "1960-05-03"}


@pytest.fixture
def desk(room: Room, tmp_path: Path) -> Desk:
    return make_desk(room, tmp_path)


# --- what comes first ---


def test_what_needs_a_look_comes_first_and_what_is_here_already_last(desk: Desk) -> None:
    desk.add("old.json", glucose(5.4), glucose(6.1, "2024-04-01"), accept_all=True)
    outcome = desk.add(
        "new.json", glucose(5.4), CONDITION, glucose(9.9, "2024-04-01"), glucose(7, "2024-05-01")
    )
    desk.propose(outcome, glucose(3.3, "2020-01-01"), "Faint.")
    review = desk.open(outcome)
    said = [(found.record.facts.value, found.standing) for found in review.proposals]
    assert said == [
        ("3.3 mmol/L", "look"),
        ("9.9 mmol/L", "look"),
        ("", "plain"),
        ("7 mmol/L", "plain"),
        ("5.4 mmol/L", "here"),
    ]
    assert review.counts == {"look": 2, "plain": 2, "here": 1}
    rivals = {f.record.facts.value: [r.facts.value for r in f.rivals] for f in review.proposals}
    assert rivals["9.9 mmol/L"] == ["6.1 mmol/L"]
    assert review.proposals[-1].twin is not None


def test_of_very_many_the_first_are_opened_and_the_rest_is_counted(desk: Desk) -> None:
    values = [glucose(number, "2020-01-01") for number in range(1, 41)]
    outcome = desk.add("many.json", *values)
    desk.propose(outcome, glucose(99, "2020-01-01"), "Faint.")
    review = desk.open(outcome, limit=3)
    assert [f.record.facts.value for f in review.proposals] == ["99 mmol/L", "1 mmol/L", "2 mmol/L"]
    assert review.counts == {"look": 1, "plain": 40}
    assert len(desk.review.accept_plain(DocumentId(outcome.document_id)).decided) == 40
    assert [f.record.facts.value for f in desk.open(outcome, limit=3).proposals] == ["99 mmol/L"]


def test_the_same_from_another_file_is_already_here(desk: Desk) -> None:
    desk.add("old.json", glucose(), accept_all=True)
    outcome = desk.add(
        "new.json", glucose(valueQuantity={"value": 5.4, "unit": "mmol/L"}), CONDITION
    )
    plain, twin = desk.open(outcome).proposals
    assert (plain.record.type, twin.record.type) == ("Condition", "Observation")
    assert twin.twin is not None
    assert desk.review.accept_plain(DocumentId(outcome.document_id)).decided == (plain.record.id,)
    assert desk.review.reject_known(DocumentId(outcome.document_id)).decided == (twin.record.id,)
    assert desk.review.waiting(desk.patient.id) == []
    assert desk.said(RecordFilter(type="Observation")) == ["5.4 mmol/L"]

    desk.add("third.json", glucose(), accept_all=True)
    assert desk.said(RecordFilter(type="Observation")) == ["5.4 mmol/L"]
    assert desk.add("third.json", glucose()).status == "duplicate"


def test_another_value_of_the_same_time_is_set_beside(desk: Desk) -> None:
    desk.add("old.json", glucose(5.4), accept_all=True)
    outcome = desk.add("new.json", glucose(9.9))
    (found,) = desk.open(outcome).proposals
    assert [rival.facts.value for rival in found.rivals] == ["5.4 mmol/L"]
    assert desk.review.accept_plain(DocumentId(outcome.document_id)).decided == ()
    desk.review.accept(found.record.id)  # both, where the person says so
    assert desk.said() == ["5.4 mmol/L", "9.9 mmol/L"]


@pytest.mark.parametrize(
    ("patient", "stranger"),
    [
        (ROSA, False),
        ({**ROSA, "birthDate": "1956"}, False),
        ({"resourceType": "Patient", "name": [{"text": "HARLOW, Rósa M."}]}, False),
        ({"resourceType": "Patient"}, False),
        ({**ROSA, "birthDate": "1957-02-03"}, True),
        ({**ROSA, "name": [{"text": "Maria Lopez"}]}, True),  # though born on the same day
        ({**ROSA, "name": [{"text": "Rosa Webb"}]}, False),  # born on the same day
        ({"resourceType": "Patient", "name": [{"text": "Rosa Webb"}]}, True),
        ({"resourceType": "Patient", "name": [{"text": "Tomas Harlow"}]}, True),
        ({"resourceType": "Patient", "name": [{"text": "Mrs R. Harlow"}]}, False),
        ({"resourceType": "Patient", "birthDate": "1957"}, True),
    ],
)
def test_a_document_about_someone_else_is_noticed(
    desk: Desk, patient: dict[str, Any], stranger: bool
) -> None:
    outcome = desk.add("labs.json", patient, glucose())
    review = desk.open(outcome)
    assert bool(review.strangers) is stranger
    assert (SOMEONE_ELSE in outcome.problems) is stranger


def test_a_correction_counts_and_the_words_that_were_read_stay(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose(54))
    (found,) = desk.open(outcome).proposals
    desk.review.correct(found.record.id, {"value": "5,40"})
    (record,) = desk.records.all(desk.patient.id)
    assert (record.facts.value, record.text) == ("5.40 mmol/L", found.record.text)
    assert record.fingerprint != found.record.fingerprint
    with pytest.raises(InvalidInput, match="needs a value"):
        desk.review.correct(record.id, {"value": ""})


def test_roles_decide_who_may_look_and_who_may_change(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose())
    (found,) = desk.open(outcome).proposals
    auditor = desk.room.signed_in("auditor").access
    with pytest.raises(NotAllowed):
        RecordService(auditor).all(desk.patient.id)
    with pytest.raises(NotAllowed):
        ReviewService(auditor).accept(found.record.id)
    stranger = desk.room.signed_in("clinician", "assigned").access
    for look in (
        lambda: RecordService(stranger).all(desk.patient.id),
        lambda: RecordService(stranger).get(found.record.id),
        lambda: ReviewService(stranger).open(DocumentId(outcome.document_id)),
        lambda: ReviewService(stranger).accept(found.record.id),
        lambda: ReviewService(stranger).reject(found.record.id),
        lambda: ReviewService(stranger).correct(found.record.id, {"value": "1"}),
        lambda: ReviewService(stranger).accept_plain(DocumentId(outcome.document_id)),
        lambda: ReviewService(stranger).reject_known(DocumentId(outcome.document_id)),
        lambda: ReviewService(stranger).confirm_person(DocumentId(outcome.document_id)),
    ):
        with pytest.raises(NotFound):
            look()
    desk.room.vault.act_as(desk.room.access.session)
    assert desk.said() == []
    assert desk.review.waiting(desk.patient.id) != []


def test_a_code_goes_with_a_name_that_was_read_from_print(desk: Desk) -> None:
    outcome = desk.add("labs.json", glucose())
    desk.propose(outcome, glucose(3.3, "2020-01-01"), "Faint.")
    printed, sent = desk.open(outcome).proposals
    desk.review.correct(printed.record.id, {"name": "Lactate"})
    desk.review.correct(sent.record.id, {"name": "Sugar"})
    codes = {r.facts.display: len(r.facts.codings) for r in desk.records.all(desk.patient.id)}
    assert codes == {"Lactate": 0, "Sugar": 1}


# --- one in the place of another ---


def test_the_new_one_counts_instead_and_the_old_one_is_kept_with_its_trace(desk: Desk) -> None:
    old = desk.add("old.json", glucose(5.4), accept_all=True)
    outcome = desk.add("new.json", glucose(9.9))
    (found,) = desk.open(outcome).proposals
    decision = desk.review.replace(found.record.id, ids(found.rivals))
    assert desk.said() == ["9.9 mmol/L"]
    assert desk.states() == {"5.4 mmol/L": "rejected", "9.9 mmol/L": "accepted"}
    with desk.room.vault.read() as tx:
        (kept,) = tx.records.of_patient(desk.patient.id, RecordFilter(state="rejected"))
    assert (kept.document_id, kept.resource) == (old.document_id, found.rivals[0].resource)
    (event,) = desk.room.events("record.replaced")
    assert (event.subject, event.details) == (f"record/{kept.id}", {"by": found.record.id})
    assert event.patient_id == desk.patient.id
    desk.review.put_back(decision)
    assert desk.said() == ["5.4 mmol/L"]
    assert desk.states()["9.9 mmol/L"] == "proposed"
    assert whole(desk)


def test_only_what_was_seen_and_still_contradicts_makes_way(desk: Desk) -> None:
    desk.add("old.json", glucose(5.4), glucose(6.6), glucose(7.7, "2024-05-01"), accept_all=True)
    outcome = desk.add("new.json", glucose(9.9))
    (found,) = desk.open(outcome).proposals
    seen = [rival.id for rival in found.rivals if rival.facts.value == "5.4 mmol/L"]
    other = [r.id for r in desk.records.all(desk.patient.id) if r.facts.value == "7.7 mmol/L"]
    assert desk.review.replace(found.record.id, seen + other).set_aside == tuple(seen)
    assert desk.said() == ["6.6 mmol/L", "9.9 mmol/L", "7.7 mmol/L"]


# --- put back ---


def accept_one(desk: Desk, outcome: Any) -> Any:
    return desk.review.accept(desk.open(outcome).proposals[0].record.id)


def reject_one(desk: Desk, outcome: Any) -> Any:
    return desk.review.reject(desk.open(outcome).proposals[0].record.id)


def correct_one(desk: Desk, outcome: Any) -> Any:
    record = desk.open(outcome).proposals[0].record
    return desk.review.correct(record.id, {"value": "1.1", "date": "2021"})


def accept_all_plain(desk: Desk, outcome: Any) -> Any:
    return desk.review.accept_plain(DocumentId(outcome.document_id))


def reject_all_known(desk: Desk, outcome: Any) -> Any:
    return desk.review.reject_known(DocumentId(outcome.document_id))


@pytest.mark.parametrize(
    "decide", [accept_one, reject_one, correct_one, accept_all_plain, reject_all_known]
)
def test_each_decision_can_be_put_back(desk: Desk, decide: Callable[[Desk, Any], Any]) -> None:
    desk.add("old.json", glucose(5.4), accept_all=True)
    outcome = desk.add("new.json", glucose(6, "2020"), glucose(7, "2021"), glucose(5.4))
    before = desk.open(outcome)
    decision = decide(desk, outcome)
    assert desk.open(outcome).counts != before.counts
    desk.review.put_back(decision)
    assert desk.open(outcome) == before
    assert desk.said() == ["5.4 mmol/L"]
    assert whole(desk)


def test_what_was_removed_since_is_not_brought_back(desk: Desk) -> None:
    old = desk.add("old.json", glucose(5.4), accept_all=True)
    outcome = desk.add("new.json", glucose(9.9))
    (found,) = desk.open(outcome).proposals
    decision = desk.review.replace(found.record.id, ids(found.rivals))
    desk.room.documents.remove(DocumentId(old.document_id))
    desk.review.put_back(decision)
    assert desk.states() == {"9.9 mmol/L": "proposed"}


# --- someone else's ---


def test_nothing_is_taken_from_a_document_of_someone_else(desk: Desk) -> None:
    desk.add("old.json", glucose(9.9), accept_all=True)
    outcome = desk.add("hers.json", MARIA, glucose())
    (found,) = (f for f in desk.open(outcome).proposals if f.record.type == "Observation")
    desk.review.reject(found.record.id)  # it takes nothing
    takes: tuple[Callable[[], object], ...] = (
        lambda: desk.review.accept(found.record.id),
        lambda: desk.review.correct(found.record.id, {"value": "1"}),
        lambda: desk.review.replace(found.record.id, ids(found.rivals)),
        lambda: desk.review.accept_plain(DocumentId(outcome.document_id)),
    )
    for take in takes:
        with pytest.raises(InvalidInput, match="Say first whose"):
            take()
    assert desk.said() == ["9.9 mmol/L"]


def test_whose_it_is_is_asked_once_and_kept(desk: Desk) -> None:
    outcome = desk.add("hers.json", MARIA, glucose())
    document_id = DocumentId(outcome.document_id)
    desk.review.confirm_person(document_id)
    (event,) = desk.room.events("document.confirmed")
    assert (event.subject, event.patient_id) == (f"document/{document_id}", desk.patient.id)
    again = ReviewService(desk.room.reopened().access)
    review = again.open(document_id)
    assert review.strangers == ()
    assert SOMEONE_ELSE not in review.document.problems
    assert review.document.people[0].name == "Maria Lopez"  # what it says stays known
    again.accept(review.proposals[0].record.id)


def test_it_is_asked_anew_when_it_is_given_to_another_person(desk: Desk) -> None:
    outcome = desk.add("hers.json", MARIA, glucose())
    desk.review.confirm_person(DocumentId(outcome.document_id))
    tomas = desk.room.patients.add("Tomas Webb", date(1990, 1, 2))
    desk.room.documents.assign(DocumentId(outcome.document_id), tomas.id)
    assert [person.name for person in desk.open(outcome).strangers] == ["Maria Lopez"]
    assert whole(desk)


def test_whose_it_is_is_not_asked_of_whom_it_is_given_to(desk: Desk) -> None:
    outcome = desk.add("hers.json", MARIA, glucose())
    maria = desk.room.patients.add("Maria Lopez", date(1960, 5, 3))
    desk.room.documents.assign(DocumentId(outcome.document_id), maria.id)
    review = desk.open(outcome)
    assert (review.strangers, review.document.problems) == ((), ())


def test_who_accepts_all_unseen_is_told_of_someone_else(desk: Desk) -> None:
    outcome = desk.add("hers.json", MARIA, glucose(), accept_all=True)
    assert (outcome.status, SOMEONE_ELSE in outcome.problems) == ("imported", True)
    assert "5.4 mmol/L" in desk.said()


def whole(desk: Desk) -> bool:
    return finished(desk.room.vault.verify(deep=True, anchors=())).problems == ()
