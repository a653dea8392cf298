"""Choosing the sentences of an answer. What holds whatever the weights are set to."""

from __future__ import annotations

import pytest
from builders import a_passage
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.domain import evidence
from healthmate_desktop.domain.evidence import Scored

pytestmark = [pytest.mark.unit, pytest.mark.chat]

QUESTION = "What was the ferritin result in March?"
LETTER = (
    "# Blood tests\n\nThe ferritin result in March was 9 ug/L. Was it low? The ferritin result in March was low. "
    "Iron tablets were prescribed for three months. Yes."
)


def scored(text: str, score: float = 1.0) -> Scored:
    (candidate,) = evidence.candidates_of([a_passage(text)])
    return Scored(candidate, score, score, 0.0)


def texts(items: list[Scored]) -> list[str]:
    return [item.candidate.text for item in items]


def test_candidates_are_sentences_word_for_word_at_their_place_on_the_page() -> None:
    page = "Front matter. " + LETTER
    passage = a_passage(LETTER, start=len("Front matter. "))
    found = evidence.candidates_of([passage])
    assert "The ferritin result in March was 9 ug/L." in [c.text for c in found]
    for candidate in found:
        assert page[candidate.page_start :].startswith(candidate.text)


def test_headings_questions_and_stray_words_are_no_evidence() -> None:
    found = [candidate.text for candidate in evidence.candidates_of([a_passage(LETTER)])]
    assert not {"# Blood tests", "Was it low?", "Yes."} & set(found)


def test_place_in_two_overlapping_passages_counts_once() -> None:
    first, second = a_passage(LETTER), a_passage(LETTER[15:], start=15)
    assert len(evidence.candidates_of([first, second])) == len(evidence.candidates_of([first]))


def test_same_words_in_another_document_or_on_another_page_are_other_evidence() -> None:
    passages = [a_passage(LETTER), a_passage(LETTER, page=2), a_passage(LETTER, document_id="d2")]
    assert len(evidence.candidates_of(passages)) == 3 * len(evidence.candidates_of(passages[:1]))


@given(st.text())
def test_any_text_gives_candidates_that_stand_in_it(text: str) -> None:
    for candidate in evidence.candidates_of([a_passage(text)]):
        assert text[candidate.start : candidate.end] == candidate.text != ""


def test_sentence_with_the_questions_words_scores_higher_at_equal_meaning() -> None:
    candidates = evidence.candidates_of([a_passage(LETTER)])
    ranked = evidence.score(QUESTION, candidates, [0.5] * len(candidates))
    assert "ferritin" in ranked[0].candidate.text
    assert "Iron" in ranked[-1].candidate.text


def test_nearer_meaning_scores_higher_at_equal_words() -> None:
    candidates = evidence.candidates_of([a_passage("Rest is best here. Sleep is good here.")])
    ranked = evidence.score("Ferritin?", candidates, [0.1, 0.9])
    assert texts(ranked) == ["Sleep is good here.", "Rest is best here."]


def test_rare_word_of_the_question_counts_more_than_a_common_one() -> None:
    sentences = ["result ferritin", "result march", "result april", "result june", "march result"]
    shares = evidence.word_scores("ferritin result", sentences)
    assert shares[0] == pytest.approx(1)
    assert shares.index(max(shares)) == 0
    assert all(0 < share < 0.5 for share in shares[1:])


@given(question=st.text(), sentences=st.lists(st.text(), max_size=6))
def test_share_of_words_lies_between_none_and_all(question: str, sentences: list[str]) -> None:
    shares = evidence.word_scores(question, sentences)
    assert len(shares) == len(sentences)
    assert all(0 <= share <= 1 + 1e-9 for share in shares)


def test_question_without_telling_words_finds_none() -> None:
    assert evidence.word_scores("What is it?", ["It is what it is.", "Ferritin"]) == [0, 0]


def test_word_forms_count_as_the_same_word() -> None:
    assert evidence.telling_words("Tablets") == evidence.telling_words("tablet")
    assert evidence.telling_words("The of and") == []
    assert "7.4" in evidence.telling_words("HbA1c 7.4 %")


def test_title_stands_before_a_library_sentence_and_not_before_a_persons() -> None:
    text = "Take it with food every day."
    (own,) = evidence.candidates_of([a_passage(text, title="scan0001.pdf")])
    (public,) = evidence.candidates_of([a_passage(text, title="Metformin", shelf="library")])
    (untitled,) = evidence.candidates_of([a_passage(text, title="", shelf="library")])
    assert evidence.shown_to_embedder(own) == text
    assert evidence.shown_to_embedder(public) == f"Metformin: {text}"
    assert evidence.shown_to_embedder(untitled) == text


def test_gate_lets_the_sentence_that_answers_through_and_an_unrelated_one_not() -> None:
    candidates = evidence.candidates_of([a_passage(LETTER)])
    near = [0.9 if "ferritin" in c.text else 0.05 for c in candidates]
    ranked = evidence.score(QUESTION, candidates, near)
    assert evidence.passes_gate(ranked[0])
    far = evidence.score("When does the train to Leeds leave?", candidates, [0.05] * len(near))
    assert not evidence.passes_gate(far[0])


def test_models_opinion_orders_equals() -> None:
    items = [scored("Ferritin was nine.", 0.8), scored("Sodium was normal.", 0.8)]
    assert texts(evidence.with_opinion(items, [-3.0, -1.0]))[0] == "Sodium was normal."
    assert texts(evidence.with_opinion(items, [-1.0, -3.0]))[0] == "Ferritin was nine."


def test_models_opinion_does_not_lift_what_is_far_off() -> None:
    items = [scored("Ferritin was nine.", 0.9), scored("Sodium was normal.", 0.3)]
    assert texts(evidence.with_opinion(items, [-9.0, -1.0]))[0] == "Ferritin was nine."


def test_models_opinion_on_one_sentence_or_of_equal_strength_changes_nothing() -> None:
    one = [scored("Ferritin was nine.", 0.9)]
    assert evidence.with_opinion(one, [-9.0]) == one
    two = [*one, scored("Sodium was normal.", 0.8)]
    assert evidence.with_opinion(two, [-2.0, -2.0]) == two


def test_answer_leaves_out_what_is_much_weaker_than_the_best() -> None:
    items = [scored("Ferritin was nine.", 1.0), scored("Sodium was normal.", 0.2)]
    assert texts(evidence.choose(items)) == ["Ferritin was nine."]


def test_answer_does_not_say_the_same_twice() -> None:
    items = [
        scored("Ferritin was nine in March."),
        scored("In March the ferritin was nine."),
        scored("Iron tablets were prescribed."),
    ]
    assert texts(evidence.choose(items)) == [
        "Ferritin was nine in March.",
        "Iron tablets were prescribed.",
    ]


def test_answer_is_short_however_much_evidence_there_is() -> None:
    words = "alpha beta gamma delta epsilon zeta eta theta iota kappa".split()
    items = [scored(f"The {word} {word}ish value was measured.") for word in words]
    assert len(evidence.choose(items, most=3)) == 3
    assert 1 <= len(evidence.choose(items)) < len(items)


def test_no_evidence_gives_no_answer() -> None:
    assert evidence.candidates_of([]) == []
    assert evidence.score(QUESTION, [], []) == []
    assert evidence.choose([]) == []
