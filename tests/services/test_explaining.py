"""Why was my document not used? For an answer, each document says what the search and the gate did with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from builders import finished, put

from healthmate_desktop.domain.explaining import Why
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.retrieval import Filters
from healthmate_desktop.errors import NotFound
from healthmate_desktop.services.assistant import PASSAGES

if TYPE_CHECKING:
    from pathlib import Path

    from healthmate_desktop.domain.answers import Turn
    from healthmate_desktop.domain.explaining import Explained
    from healthmate_desktop.domain.patients import Patient
    from services.conftest import Room

pytestmark = [pytest.mark.integration, pytest.mark.chat]

FERRITIN = "What was the ferritin result?"


def ask(room: Room, person: Patient, question: str = FERRITIN) -> Turn:
    return finished(room.assistant.ask(question, person.id))


def add(room: Room, person: Patient, desk: Path, **texts: str) -> None:
    finished(room.importing.import_files(put(desk, **texts), person.id))


def why(room: Room, person: Patient, turn: Turn) -> dict[str, Explained]:
    found = room.assistant.explain(turn, person.id).documents
    return {each.document.name.removesuffix(".txt"): each for each in found}


def test_each_document_says_what_became_of_it(room: Room, ann: Patient, desk: Path) -> None:
    add(
        room,
        ann,
        desk,
        blood="The ferritin result was 9 ug/L.",
        copy="The ferritin result was 9 ug/L. ",
        walk="We walked along the river and talked about ferritin and many other things that day.",
        bad="DAMAGED",
        form="Ferritin",
        empty="   ",
    )
    turn = ask(room, ann)
    found = why(room, ann, turn)
    quoted = [name for name in ("blood", "copy") if found[name].why is Why.QUOTED]
    assert len(quoted) == 1
    other = found[({"blood", "copy"} - set(quoted)).pop()]
    assert (other.why, "said already" in other.words) == (Why.SAME, True)
    assert found["walk"].why is Why.OUTSCORED
    assert found["walk"].relevance is not None
    assert found["walk"].best.startswith("We walked")
    assert found["bad"].why is Why.UNREADABLE
    assert "This file is damaged. It is kept." in found["bad"].words
    assert found["form"].why is Why.NO_SENTENCE
    assert (found["empty"].why, found["empty"].passages) == (Why.NO_TEXT, 0)
    assert next(iter(found)) == quoted[0]  # the quoted ones come first
    assert found[quoted[0]].words == "Quoted: 1 sentence of the answer stands in this document."


def test_below_the_gate_the_score_and_what_is_needed_are_said(
    room: Room, ann: Patient, desk: Path
) -> None:
    add(room, ann, desk, walk="We walked along the river and saw many birds and ferritin there.")
    turn = ask(room, ann, "What did the cardiologist say about the ferritin of my brother?")
    assert turn.answer.sentences == ()
    found = why(room, ann, turn)["walk"]
    assert found.why is Why.BELOW_GATE
    assert found.relevance is not None
    assert f"reaches {found.relevance:.2f}, and an answer needs one of 0.69" in found.words


def test_what_came_after_those_that_are_read_says_its_place(
    room: Room, ann: Patient, desk: Path
) -> None:
    letters = {f"n{n}": f"The ferritin result was {n} ug/L." for n in range(PASSAGES)}
    add(room, ann, desk, **letters, far="We walked by the river, and once ferritin was named too.")
    found = why(room, ann, ask(room, ann))["far"]
    assert (found.why, found.rank) == (Why.RANKED_LOWER, PASSAGES + 1)
    assert "came as number 9, and the first 8 are read" in found.words


def test_what_was_not_even_near_is_said_to_be_searched(
    room: Room, ann: Patient, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("healthmate_desktop.services.search.DEPTH", 1)
    add(room, ann, desk, blood="The ferritin result was 9 ug/L.", two="Birds.\fRivers.", one="Sky.")
    found = why(room, ann, ask(room, ann))
    assert (found["two"].why, found["two"].rank) == (Why.NOT_FOUND, None)
    assert "none of its 2 passages was among the nearest" in found["two"].words
    assert "its 1 passage was not among the nearest" in found["one"].words


def test_what_was_added_or_left_unread_since_is_said(room: Room, ann: Patient, desk: Path) -> None:
    turn = ask(room, ann)
    add(room, ann, desk, blood="The ferritin result was 9 ug/L.")
    assert why(room, ann, turn)["blood"].why is Why.ADDED_AFTER
    later = replace(turn, asked_at=turn.asked_at + timedelta(minutes=1))
    assert why(room, ann, later)["blood"].why is Why.NOW  # asked again, it would be quoted
    work = room.importing.import_files(put(desk, new="Iron tablets."), ann.id)
    next(work)
    next(work)
    assert why(room, ann, later)["new"].why is Why.WAITING


def test_a_crisis_was_answered_by_rules_alone(room: Room, ann: Patient, desk: Path) -> None:
    add(room, ann, desk, blood="I want to kill time until the ferritin result comes.")
    found = why(room, ann, ask(room, ann, "I want to kill myself"))["blood"]
    assert found.why is Why.NOT_SEARCHED
    assert "its rules alone answered" in found.words


def test_a_document_of_someone_else_says_whose_it_is(room: Room, ann: Patient, desk: Path) -> None:
    bob = room.patients.add("Bob Example")
    add(room, bob, desk, blood="The ferritin result was 9 ug/L.")
    (document,) = room.documents.of_patient(bob.id)
    turn = ask(room, ann)
    assert room.assistant.explain(turn, ann.id).documents == ()
    (found,) = room.assistant.explain(turn, ann.id, document.id).documents
    assert found.why is Why.OTHER_PERSON
    assert "in the records of Bob Example" in found.words
    with pytest.raises(NotFound):
        room.assistant.explain(turn, ann.id, DocumentId("nothing"))


def test_one_document_alone_is_explained(room: Room, ann: Patient, desk: Path) -> None:
    add(room, ann, desk, blood="The ferritin result was 9 ug/L.", walk="We walked. It was fine.")
    turn = ask(room, ann)
    wanted = next(d for d in room.documents.of_patient(ann.id) if d.name == "blood.txt")
    explanation = room.assistant.explain(turn, ann.id, wanted.id)
    assert [each.document for each in explanation.documents] == [wanted]
    assert explanation.documents[0].why is Why.QUOTED
    assert (explanation.question, explanation.asked_at) == (turn.question, turn.asked_at)


def test_explaining_keeps_nothing_in_the_chats(room: Room, ann: Patient, desk: Path) -> None:
    add(room, ann, desk, blood="The ferritin result was 9 ug/L.")
    turn = ask(room, ann)
    room.assistant.explain(turn, ann.id)
    assert room.assistant.turns(turn.thread_id) == [turn]


def test_passages_of_the_library_say_what_the_gate_did_and_how_they_were_ranked(
    room: Room, ann: Patient, desk: Path
) -> None:
    texts = {
        "iron": "Iron deficiency makes people tired and pale.",
        "river": "Iron was once carried along the river by people in small boats.",
        "title": "Iron",
    }
    finished(room.library.add(put(desk, **texts)))
    turn = ask(room, ann, "Why does iron deficiency make people tired?")
    explanation = room.assistant.explain(turn, ann.id)
    found = {
        each.hit.passage.external_id.removesuffix(".txt"): each for each in explanation.library
    }
    assert found["iron"].why is Why.QUOTED
    assert found["iron"].words == "Quoted: 1 sentence of the answer stands in this passage."
    assert found["river"].why is Why.OUTSCORED
    assert found["river"].best == texts["river"]
    assert (found["title"].why, found["title"].relevance) == (Why.NO_SENTENCE, None)
    assert [each.rank for each in explanation.library] == [1, 2, 3]
    chances = [each.hit.score for each in explanation.library]
    assert chances == sorted(chances, reverse=True)
    assert explanation.understood is not None
    assert explanation.understood.language == "en"
    assert explanation.understood.looked_up == turn.question
    without = Filters(without=frozenset(source.id for source in room.library.sources()))
    assert room.assistant.explain(turn, ann.id, filters=without).library == ()


def test_a_spanish_question_shows_the_words_that_were_looked_for(
    room: Room, ann: Patient, desk: Path
) -> None:
    texts = {"tos": "La tos con fiebre necesita descanso y agua."}
    finished(room.library.add(put(desk, **texts)))
    turn = ask(room, ann, "¿Qué hago con la tos y la fiebre de mi hijo?")
    understood = room.assistant.explain(turn, ann.id).understood
    assert understood is not None
    assert understood.language == "es"
    assert understood.looked_up == "tos fiebre hijo"


def test_what_only_the_person_knows_is_not_looked_for_in_the_library(
    room: Room, ann: Patient, desk: Path
) -> None:
    finished(room.library.add(put(desk, iron="The ferritin result was 9 ug/L in a study.")))
    explanation = room.assistant.explain(ask(room, ann, "What was my ferritin result?"), ann.id)
    assert (explanation.understood, explanation.library) == (None, ())
