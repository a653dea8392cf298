"""Choosing the sentences of an answer. What holds whatever the weights are set to."""

from __future__ import annotations

import pytest
from builders import a_passage
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.domain import evidence
from healthmate_desktop.domain.evidence import Candidate, Scored
from healthmate_desktop.domain.lay_words import Expansion
from healthmate_desktop.domain.questions import Wanted, telling_words, wanted_words

pytestmark = [pytest.mark.unit, pytest.mark.chat]

QUESTION = "What was the ferritin result in March?"
LETTER = (
    "# Blood tests\n\nThe ferritin result in March was 9 ug/L. Was it low? The ferritin result in March was low. "
    "Iron tablets were prescribed for three months. Yes."
)


def scored(text: str, score: float = 1.0) -> Scored:
    (candidate,) = evidence.candidates_of([a_passage(text)])
    return Scored(candidate, score, score)


def rank(question: str, texts: str, near: list[float], *, personal: bool = False) -> list[Scored]:
    """The sentences of `texts`, best first; `near` is how near each is to the question."""
    found = evidence.candidates_of([a_passage(texts, title="")])
    return evidence.score(question, found, near, wanted(question), personal=personal)


def wanted(question: str, *meanings: Expansion) -> list[Wanted]:
    return wanted_words(question, "Mia Harlow", meanings)


def shares(question: str, sentences: list[str]) -> list[float]:
    return evidence.word_scores(question, [set(telling_words(each)) for each in sentences])


def covered(asked: list[Wanted], candidate: Candidate) -> list[float]:
    return evidence.coverage(asked, [candidate], [set(telling_words(candidate.text))])


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
    assert evidence.candidates_of([a_passage("BLOOD TESTS OF MARCH\n\nOk.")]) == []


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
    sentences = "Sodium was measured twice today. Ferritin was measured twice today. Salt was measured twice today."
    ranked = rank("Was ferritin measured?", sentences, [0.5] * 3)
    assert ranked[0].candidate.text == "Ferritin was measured twice today."


def test_nearer_meaning_scores_higher_at_equal_words() -> None:
    ranked = rank(
        "Ferritin?", "Bed rest is always best here. Deep sleep is always good here.", [0.1, 0.9]
    )
    assert texts(ranked) == ["Deep sleep is always good here.", "Bed rest is always best here."]


def test_own_record_comes_before_a_public_one_when_the_question_is_about_the_person() -> None:
    own = a_passage("Iron tablets helped well.", title="")
    public = a_passage("Iron tablets helped well.", title="", shelf="library", document_id="t")
    found = evidence.candidates_of([public, own])
    ranked = evidence.score("Did my tablets help?", found, [0.6, 0.6], [], personal=True)
    assert [item.candidate.passage.shelf for item in ranked] == ["person", "library"]
    assert ranked[0].relevance == ranked[1].relevance


def test_words_are_missing_that_tell_something_and_are_not_in_what_was_found() -> None:
    ranked = rank("Ferritin?", "The ferritin result in March was 9 ug/L.", [0.9])
    asked = wanted("What did Mia's mother say about ferritin results of zebras, 2019, yesterday?")
    assert [each.terms for each in evidence.missing(asked, ranked)] == [("zebras",)]
    assert [each.terms for each in evidence.missing(wanted("Ferritin?"), [])] == [("ferritin",)]


def test_word_is_not_missing_where_the_passage_calls_it_by_another_name() -> None:
    ranked = rank("Iron stores?", "The ferritin result in March was 9 ug/L.", [0.9])
    called = Expansion("iron stores", ("ferritin", "serum iron"), 1)
    assert evidence.missing(wanted("Iron stores?", called), ranked) == []
    assert len(evidence.missing(wanted("Iron stores?"), ranked)) == 2


def test_passage_that_has_what_is_asked_for_by_any_name_is_the_more_relevant() -> None:
    (candidate,) = evidence.candidates_of([a_passage("The ferritin result in March was 9 ug/L.")])
    called = Expansion("iron stores", ("ferritin",), 1)
    plain, known = (
        covered(asked, candidate)
        for asked in (wanted("Iron stores of zebras?"), wanted("Iron stores of zebras?", called))
    )
    assert plain == [0]
    # of iron, stores and zebras, which weigh more since none has them
    assert 0.5 < known[0] < 2 / 3
    assert covered([], candidate) == [0.5]


def test_sentence_is_as_relevant_as_the_words_of_its_whole_passage() -> None:
    letter = "The ferritin result was 9 ug/L. Iron tablets were prescribed for her."
    apart = rank("Iron for low ferritin?", letter, [0.5, 0.5])
    assert apart[0].relevance == apart[1].relevance > 0.5


def test_question_with_an_unheard_word_needs_better_evidence() -> None:
    ranked = rank("Ferritin of zebras?", "The ferritin result was 9 ug/L.", [0.6])
    doubted = evidence.doubted("Ferritin of zebras?", ranked, 1)
    assert evidence.passes_gate(ranked)
    assert not evidence.passes_gate(doubted)
    assert [item.score for item in doubted] == [item.score for item in ranked]
    assert evidence.doubted("Ferritin of zebras?", ranked, 0) == ranked


def test_one_odd_word_in_a_long_message_raises_little_doubt() -> None:
    ranked = rank("Ferritin?", "The ferritin result was 9 ug/L.", [0.6])
    message = (
        "ferritin result low, tired, pale, breathless, dizzy, cold hands, headache like a zebra"
    )
    one, five = (evidence.doubted(message, ranked, count)[0].relevance for count in (1, 5))
    assert ranked[0].relevance - one < 0.05
    assert ranked[0].relevance - five > 0.2


def test_rare_word_of_the_question_counts_more_than_a_common_one() -> None:
    sentences = ["result ferritin", "result march", "result april", "result june", "march result"]
    weighed = shares("ferritin result", sentences)
    assert weighed[0] == pytest.approx(1)
    assert weighed.index(max(weighed)) == 0
    assert all(0 < share < 0.5 for share in weighed[1:])


@given(question=st.text(), sentences=st.lists(st.text(), max_size=6))
def test_share_of_words_lies_between_none_and_all(question: str, sentences: list[str]) -> None:
    weighed = shares(question, sentences)
    assert len(weighed) == len(sentences)
    assert all(0 <= share <= 1 + 1e-9 for share in weighed)


def test_question_without_telling_words_finds_none() -> None:
    assert shares("What is it?", ["It is what it is.", "Ferritin"]) == [0, 0]


def test_sentence_is_shown_to_the_embedder_with_its_title() -> None:
    (candidate,) = evidence.candidates_of(
        [a_passage("Take two tablets with food in the evening.", title="Metformin")]
    )
    shown = evidence.shown_to_embedder(candidate)
    assert "Metformin" in shown
    assert candidate.text in shown


def test_gate_lets_the_sentence_that_answers_through_and_unrelated_ones_not() -> None:
    sentences = "The ferritin result in March was 9 ug/L. Iron tablets were prescribed."
    assert evidence.passes_gate(rank(QUESTION, sentences, [0.9, 0.1]))
    assert not evidence.passes_gate(rank("When does the train leave?", sentences, [0.1, 0.1]))
    assert not evidence.passes_gate([])


def test_being_about_the_person_does_not_open_the_gate() -> None:
    sentences = "The ferritin result in March was 9 ug/L. Iron tablets were prescribed."
    assert not evidence.passes_gate(rank("My train?", sentences, [0.4, 0.4], personal=True))


def public(text: str, score: float) -> Scored:
    (candidate,) = evidence.candidates_of([a_passage(text, shelf="library")])
    return Scored(candidate, score, score)


def test_models_opinion_orders_equals() -> None:
    items = [public("Ferritin stores all iron.", 0.8), public("Sodium keeps the water.", 0.8)]
    assert texts(evidence.with_opinion(items, [-3.0, -1.0]))[0] == "Sodium keeps the water."
    assert texts(evidence.with_opinion(items, [-1.0, -3.0]))[0] == "Ferritin stores all iron."


def test_models_opinion_does_not_lift_what_is_far_off() -> None:
    items = [public("Ferritin stores all iron.", 0.9), public("Sodium keeps the water.", 0.3)]
    assert texts(evidence.with_opinion(items, [-9.0, -1.0]))[0] == "Ferritin stores all iron."


def test_model_without_a_preference_changes_nothing() -> None:
    items = [public("Ferritin stores all iron.", 0.9), public("Sodium keeps the water.", 0.8)]
    assert evidence.with_opinion(items, [-2.0, -2.0]) == items
    assert evidence.with_opinion([], []) == []


def test_rows_of_a_persons_forms_keep_their_score_whatever_the_model_says() -> None:
    own = scored("Ferritin 9 ug/L low", 0.85)
    items = [public("Ferritin stores all iron.", 0.9), own, public("Sodium keeps water.", 0.8)]
    assert [evidence.wants_opinion(item) for item in items] == [True, False, True]
    assert own in evidence.with_opinion(items, [-3.0, -1.0])


def test_answer_leaves_out_what_is_much_weaker_than_the_best() -> None:
    items = [
        scored("Ferritin was nine units high.", 1.0),
        scored("Sodium was quite normal again.", 0.2),
    ]
    assert texts(evidence.choose(items)) == ["Ferritin was nine units high."]


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
    kinds = ["alpha", "beta", "gamma", "delta", "zeta", "theta", "kappa", "sigma"]
    items = [scored(f"{kind} {kind}one {kind}two {kind}three") for kind in kinds]
    assert len(evidence.choose(items, most=3)) == 3
    assert 1 <= len(evidence.choose(items)) < len(items)


def test_no_evidence_gives_no_answer() -> None:
    assert evidence.candidates_of([]) == []
    assert evidence.score(QUESTION, [], [], wanted(QUESTION), personal=False) == []
    assert evidence.choose([]) == []
