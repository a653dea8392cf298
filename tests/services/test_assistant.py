"""Ask: danger first, then quotes that stand where they are said to stand, or an honest nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from builders import finished, put

from healthmate_desktop.domain.answers import NOTHING_FOUND, AnswerSentence
from healthmate_desktop.domain.ids import ThreadId
from healthmate_desktop.domain.retrieval import Filters
from healthmate_desktop.domain.triage import Level, Triage
from healthmate_desktop.errors import (
    ChildDied,
    InferenceError,
    InvalidInput,
    NotAllowed,
    NotEnoughMemory,
    NotFound,
    VaultError,
)
from healthmate_desktop.services.assistant import LONGEST_QUESTION, AssistantService, Searched

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.answers import Answer, Turn
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.sessions import Role
    from healthmate_desktop.errors import HealthMateError
    from services.conftest import Room

pytestmark = [pytest.mark.integration, pytest.mark.chat]

FERRITIN = "What was the ferritin result?"
EMERGENCY = "I have crushing chest pain that goes into my left arm and I am sweating"
CRISIS = "I want to kill myself"


@pytest.fixture
def stocked(room: Room, ann: Patient, desk: Path) -> Room:
    letters = put(
        desk,
        blood="Blood tests of March.\fThe ferritin result was 9 ug/L. Sodium was normal.",
        visit="Iron tablets were prescribed for three months.",
    )
    finished(room.importing.import_files(letters, ann.id))
    topics = put(
        desk,
        iron="Vitamin C helps the body absorb iron.",
        store="The ferritin result shows how much iron the body stores.",
    )
    finished(room.library.add(topics))
    return room


def ask(room: Room, person: Patient, question: str) -> Turn:
    return finished(room.assistant.ask(question, person.id))


def quotes(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


def test_answer_quotes_the_sentence_that_answers(stocked: Room, ann: Patient) -> None:
    answer = ask(stocked, ann, FERRITIN).answer
    assert quotes(answer)[0] == "The ferritin result was 9 ug/L."
    assert (answer.route, answer.note, answer.weights) == ("documents", "", "Fake weights")
    assert answer.triage.level is Level.NONE
    assert answer.disclaimer


def test_every_quote_stands_word_for_word_on_its_page(stocked: Room, ann: Patient) -> None:
    questions = [FERRITIN, "Iron tablets prescribed for months?", "Does vitamin C absorb iron?"]
    cited = 0
    for question in questions:
        for sentence in ask(stocked, ann, question).answer.sentences:
            (citation,) = sentence.citations
            service = stocked.documents if citation.shelf == "person" else stocked.library
            page = service.place(citation).text
            assert page[citation.start : citation.start + len(citation.quote)] == citation.quote
            assert sentence.text == citation.quote
            cited += 1
    assert cited >= 3


def test_quote_far_down_a_long_page_is_cited_where_it_stands(
    room: Room, ann: Patient, desk: Path
) -> None:
    before = " ".join(f"Visit number {i} brought nothing new to be told here." for i in range(60))
    after = " ".join(f"Visit number {i} was put off to another week." for i in range(20))
    page = f"{before} The ferritin result was 9 ug/L. {after}"
    finished(room.importing.import_files(put(desk, long=page), ann.id))
    (citation,) = ask(room, ann, FERRITIN).answer.sentences[0].citations
    assert citation.quote == "The ferritin result was 9 ug/L."
    assert citation.start == page.index(citation.quote)
    assert citation.start > 2000


def test_citation_names_document_page_and_title(stocked: Room, ann: Patient) -> None:
    (citation,) = ask(stocked, ann, FERRITIN).answer.sentences[0].citations
    assert (citation.shelf, citation.title, citation.page) == ("person", "blood.txt", 2)
    assert stocked.documents.of_patient(ann.id)[1].id == citation.document_id


def test_source_that_is_switched_off_is_not_quoted(stocked: Room, ann: Patient) -> None:
    question = "Does vitamin C help the body absorb iron?"
    off = Filters(without=frozenset(source.id for source in stocked.library.sources()))
    asked = stocked.assistant.ask(question, ann.id, filters=off)
    cited = [c for sentence in finished(asked).answer.sentences for c in sentence.citations]
    assert all(citation.shelf == "person" for citation in cited)


def test_public_source_is_cited_as_such(stocked: Room, ann: Patient) -> None:
    answer = ask(stocked, ann, "Does vitamin C help the body absorb iron?").answer
    assert answer.route in {"library", "both"}
    (citation,) = answer.sentences[0].citations
    assert (citation.shelf, citation.external_id) == ("library", "iron.txt")


def test_both_shelves_can_stand_in_one_answer(room: Room, ann: Patient, desk: Path) -> None:
    own, public = put(
        desk,
        own="Ferritin iron stores measured low on Tuesday.",
        public="Ferritin shows iron stores measured cheaply anywhere.",
    )
    finished(room.importing.import_files([own], ann.id))
    finished(room.library.add([public]))
    answer = ask(room, ann, "Ferritin iron stores measured?").answer
    assert (answer.route, len(answer.sentences)) == ("both", 2)


def test_steps_come_in_order_triage_search_sentences(stocked: Room, ann: Patient) -> None:
    steps = list(stocked.assistant.ask(FERRITIN, ann.id))
    assert isinstance(steps[0], Triage)
    assert steps[1] == Searched(documents=2, articles=2)
    assert len(steps) > 2
    assert all(isinstance(step, AnswerSentence) for step in steps[2:])


def test_emergency_is_said_before_anything_is_searched(stocked: Room, ann: Patient) -> None:
    asked = len(stocked.embedder.texts)
    asking = stocked.assistant.ask(EMERGENCY, ann.id)
    triage = next(asking)
    assert isinstance(triage, Triage)
    assert (triage.level, bool(triage.advice), bool(triage.numbers)) == (
        Level.EMERGENCY,
        True,
        True,
    )
    assert len(stocked.embedder.texts) == asked
    answer = finished(asking).answer
    assert (answer.route, answer.note, answer.triage) == ("emergency", "", triage)


def test_person_in_crisis_is_given_help_and_no_passages(
    room: Room, ann: Patient, desk: Path
) -> None:
    finished(room.importing.import_files(put(desk, a="Kill myself I want to kill."), ann.id))
    asked = len(room.embedder.texts)
    steps = list(room.assistant.ask(CRISIS, ann.id))
    assert isinstance(steps[0], Triage)
    assert "crisis" in {number.kind for number in steps[0].numbers}
    assert steps[1:] == [Searched(0, 0)]
    assert len(room.embedder.texts) == asked
    (thread,) = room.assistant.threads(ann.id)
    (turn,) = room.assistant.turns(thread.id)
    assert (turn.answer.route, turn.answer.sentences) == ("emergency", ())


def test_evidence_that_does_not_bear_on_the_question_is_not_given(
    stocked: Room, ann: Patient
) -> None:
    answer = ask(stocked, ann, "When does the train to Leeds leave?").answer
    assert (answer.sentences, answer.route) == ((), "none")
    assert (answer.note, answer.weights) == (NOTHING_FOUND, "")


def test_fact_of_the_person_is_never_answered_by_the_library(stocked: Room, ann: Patient) -> None:
    bob = stocked.patients.add("Bob")
    question = "What was my ferritin result?"
    steps = list(stocked.assistant.ask(question, bob.id))
    assert steps[1:] == [Searched(documents=0, articles=0)]
    assert ask(stocked, bob, question).answer.note == NOTHING_FOUND
    own = ask(stocked, ann, question).answer
    assert (own.route, quotes(own)[0]) == ("documents", "The ferritin result was 9 ug/L.")
    advice = ask(stocked, bob, "What does my ferritin result mean, how much iron the body stores?")
    assert advice.answer.route == "library"


def test_question_about_something_never_heard_of_is_not_answered_by_what_is_near(
    stocked: Room, ann: Patient
) -> None:
    assert ask(stocked, ann, "How do bodies absorb iron?").answer.sentences
    assert not ask(stocked, ann, "How do zebra stallions absorb iron?").answer.sentences


def test_nothing_there_is_said_honestly(room: Room, ann: Patient) -> None:
    answer = ask(room, ann, FERRITIN).answer
    assert (answer.sentences, answer.note, answer.route) == ((), NOTHING_FOUND, "none")


def test_evidence_of_another_person_is_never_quoted(stocked: Room) -> None:
    answer = ask(stocked, stocked.patients.add("Bob"), FERRITIN).answer
    assert not any("9 ug/L" in quote for quote in quotes(answer))


def test_turn_is_kept_as_it_was_answered(stocked: Room, ann: Patient) -> None:
    turn = ask(stocked, ann, f"  {FERRITIN} ")
    (thread,) = stocked.assistant.threads(ann.id)
    assert (thread.id, thread.title, thread.patient_id) == (turn.thread_id, FERRITIN, ann.id)
    assert stocked.assistant.turns(thread.id) == [turn]
    assert turn.question == FERRITIN


def test_next_question_joins_the_conversation(stocked: Room, ann: Patient) -> None:
    first = ask(stocked, ann, FERRITIN)
    second = finished(
        stocked.assistant.ask("Which tablets were prescribed?", ann.id, thread_id=first.thread_id)
    )
    third = ask(stocked, ann, "Was sodium normal?")
    assert stocked.assistant.turns(first.thread_id) == [first, second]
    assert third.thread_id != first.thread_id
    assert len(stocked.assistant.threads(ann.id)) == 2


def test_a_question_never_joins_a_chat_of_someone_else(stocked: Room, ann: Patient) -> None:
    bob = stocked.patients.add("Bob")
    theirs = ask(stocked, bob, FERRITIN)
    for thread_id in (theirs.thread_id, ThreadId("gone")):
        with pytest.raises(NotFound, match="not this person's"):
            finished(stocked.assistant.ask(FERRITIN, ann.id, thread_id=thread_id))
    assert stocked.assistant.threads(ann.id) == []
    assert stocked.assistant.turns(theirs.thread_id) == [theirs]


@pytest.mark.security
@pytest.mark.parametrize("role", ["assistant", "auditor"])
def test_who_may_not_ask_is_still_told_of_danger(stocked: Room, ann: Patient, role: Role) -> None:
    turn = ask(stocked, ann, FERRITIN)
    someone = stocked.signed_in(role)
    asking = someone.assistant.ask(EMERGENCY, ann.id)
    triage = next(asking)
    assert isinstance(triage, Triage)
    assert triage.level is Level.EMERGENCY
    for call in (
        lambda: finished(asking),
        lambda: someone.assistant.threads(ann.id),
        lambda: someone.assistant.turns(turn.thread_id),
    ):
        with pytest.raises(NotAllowed):
            call()


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_question_closed_on_the_way_is_not_kept(stocked: Room, ann: Patient, steps: int) -> None:
    asking = stocked.assistant.ask(FERRITIN, ann.id)
    for _ in range(steps):
        next(asking)
    asking.close()
    assert stocked.assistant.threads(ann.id) == []


@pytest.mark.parametrize("question", ["", "  \n ", "x" * (LONGEST_QUESTION + 1)])
def test_no_question_and_an_endless_one_are_refused(
    room: Room, ann: Patient, question: str
) -> None:
    with pytest.raises(InvalidInput, match=str(LONGEST_QUESTION)):
        next(room.assistant.ask(question, ann.id))
    assert room.assistant.threads(ann.id) == []


@pytest.mark.parametrize(
    "question", ["x" * LONGEST_QUESTION, "?!", "ferritin \ud83d", "💊" * 50, "a\x00b"]
)
def test_any_other_text_can_be_asked_and_is_kept(
    stocked: Room, ann: Patient, question: str
) -> None:
    turn = ask(stocked, ann, question)
    assert stocked.assistant.turns(turn.thread_id) == [turn]


@pytest.mark.parametrize(
    "failure",
    [
        InferenceError("The model did not answer. Your records are safe."),
        ChildDied("A helper process stopped unexpectedly. Your records are safe. Try again."),
        NotEnoughMemory(),
    ],
    ids=lambda failure: failure.code,
)
def test_answer_stands_without_the_writer(
    stocked: Room, ann: Patient, failure: HealthMateError
) -> None:
    stocked.writer.failure = failure
    answer = ask(stocked, ann, FERRITIN).answer
    assert quotes(answer)[0] == "The ferritin result was 9 ug/L."
    assert stocked.writer.asked
    assert not stocked.writer.texts


def test_writer_chooses_between_equal_public_sentences(
    room: Room, ann: Patient, desk: Path
) -> None:
    sides = {
        "left": "Aspirin tablets thin blood leftward.",
        "right": "Aspirin tablets thin blood rightward.",
    }
    finished(room.library.add(put(desk, **sides)))
    for favourite in sides.values():
        room.writer.favourite = favourite
        answer = ask(room, ann, "Aspirin tablets thin blood?").answer
        assert quotes(answer)[0] == favourite


def test_answer_needs_no_writer_at_all(stocked: Room, ann: Patient) -> None:
    assistant = AssistantService(
        stocked.access, stocked.search, stocked.embedder, None, stocked.rules
    )
    answer = finished(assistant.ask(FERRITIN, ann.id)).answer
    assert quotes(answer)[0] == "The ferritin result was 9 ug/L."
    assert answer.weights == ""


@pytest.mark.parametrize(
    "failure",
    [
        InferenceError("The model did not answer. Your records are safe."),
        ChildDied("A helper process stopped unexpectedly. Your records are safe. Try again."),
        NotEnoughMemory(),
    ],
    ids=lambda failure: failure.code,
)
def test_without_the_embedder_danger_is_still_told_and_the_reason_given(
    stocked: Room, ann: Patient, failure: HealthMateError
) -> None:
    stocked.embedder.failure = failure
    asking = stocked.assistant.ask(EMERGENCY, ann.id)
    triage = next(asking)
    assert isinstance(triage, Triage)
    assert triage.level is Level.EMERGENCY
    with pytest.raises(type(failure)):
        next(asking)
    stocked.embedder.failure = None
    assert ask(stocked, ann, FERRITIN).answer.sentences


def test_locked_vault_answers_nothing_but_danger_is_still_told(stocked: Room, ann: Patient) -> None:
    stocked.vault.close()
    asking = stocked.assistant.ask(EMERGENCY, ann.id)
    triage = next(asking)
    assert isinstance(triage, Triage)
    assert triage.level is Level.EMERGENCY
    with pytest.raises(VaultError, match="locked"):
        next(asking)


def test_country_chooses_nothing_that_is_not_known(room: Room) -> None:
    assert (
        room.assistant.triage(EMERGENCY, "ZZ").numbers == room.assistant.triage(EMERGENCY).numbers
    )


def test_times_are_measured(stocked: Room, ann: Patient) -> None:
    seconds = ask(stocked, ann, FERRITIN).answer.seconds
    assert seconds.triage > 0
    assert seconds.retrieve > 0
    assert seconds.triage + seconds.retrieve <= seconds.first_token <= seconds.total


@pytest.mark.security
def test_nothing_of_a_question_is_in_what_goes_wrong(room: Room, ann: Patient) -> None:
    with pytest.raises(InvalidInput) as refused:
        next(room.assistant.ask("CANARY-7f3a" * 500, ann.id))
    assert "CANARY" not in repr(refused.value)
