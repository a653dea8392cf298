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
    return Scored(candidate, score, score)


def rank(question: str, texts: str, near: list[float], *, personal: bool = False) -> list[Scored]:
    """The sentences of `texts`, best first; `near` is how near each is to the question."""
    found = evidence.candidates_of([a_passage(texts, title="")])
    return evidence.score(question, found, near, personal=personal)


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
    ranked = evidence.score("Did my tablets help?", found, [0.6, 0.6], personal=True)
    assert [item.candidate.passage.shelf for item in ranked] == ["person", "library"]
    assert ranked[0].relevance == ranked[1].relevance


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What was my ferritin?", True),
        ("When was Mia given MMR?", True),
        ("When was mia given MMR?", True),
        ("How much ibuprofen may an adult take?", False),
        ("Is a miasma harmful?", False),
    ],
)
def test_question_is_about_the_person_who_asks_or_is_named(question: str, about: bool) -> None:
    assert evidence.is_about(question, "Mia Harlow") is about
    assert not evidence.is_about("Is salt harmful?", " ")


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("What was my ferritin in 2019?", True),
        ("What did my last mammogram show?", True),
        ("When is my appointment with the dentist?", True),
        ("which vaccine did I get as a child", True),
        ("Am I allergic to penicillin?", True),
        ("When was mia given MMR?", True),
        ("my next appointment please", True),
        ("what is the name of my midwife", True),
        ("My blood pressure is a bit high, what helps?", False),
        ("my ferritin is only 8, what does that mean", False),
        ("What should my blood pressure be?", False),
        ("When can I drive after a heart attack?", False),
        ("Why is my TSH above the range?", False),
        ("How do I take iron tablets?", False),
        ("Are my headaches a sign of a stroke?", False),
        ("Is my rash catching?", False),
        ("Has my baby got croup?", False),
        ("Has my biopsy come back?", True),
        ("Which vaccines does my baby need?", False),
        ("What was the first sign of measles?", False),
    ],
)
def test_fact_of_the_person_is_told_from_a_wish_for_advice(question: str, own: bool) -> None:
    assert evidence.asks_for_own_fact(question, "Mia Harlow") is own


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("What does a hearing aid cost?", True),
        ("how long is the waiting list for a new hip", True),
        ("When does the clinic open?", True),
        ("Can my dog have paracetamol?", True),
        ("Is this safe for cats?", True),
        ("our rabbit limps", True),
        ("My dog bit me, do I need a jab?", False),
        ("Is my cat's fur bad for asthma?", False),
        ("When does the cough stop?", False),
    ],
)
def test_library_is_not_asked_about_prices_and_pets(question: str, own: bool) -> None:
    assert evidence.asks_for_own_fact(question, " ") is own


def test_missing_words_are_those_that_tell_something_and_are_not_in_what_was_found() -> None:
    ranked = rank("Ferritin?", "The ferritin result in March was 9 ug/L.", [0.9])
    asked = "What did Mia's mother say about ferritin results of zebras, 2019, yesterday?"
    assert evidence.missing_words(asked, ranked, "Mia Harlow") == ["zebras"]
    assert evidence.missing_words("Ferritin?", [], "Mia") == ["ferritin"]


def test_question_with_an_unheard_word_needs_better_evidence() -> None:
    ranked = rank("Ferritin of zebras?", "The ferritin result was 9 ug/L.", [0.6])
    doubted = evidence.doubted("Ferritin of zebras?", ranked, 1)
    assert evidence.passes_gate(ranked)
    assert not evidence.passes_gate(doubted)
    assert [item.score for item in doubted] == [item.score for item in ranked]
    assert evidence.doubted("Ferritin of zebras?", ranked, 0) == ranked


def test_one_odd_word_in_a_long_message_raises_no_doubt() -> None:
    ranked = rank("Ferritin?", "The ferritin result was 9 ug/L.", [0.6])
    message = (
        "ferritin result low, tired, pale, breathless, dizzy, cold hands, headache like a zebra"
    )
    assert evidence.doubted(message, ranked, 1) == ranked
    assert evidence.doubted(message, ranked, 5) != ranked


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
    assert evidence.score(QUESTION, [], [], personal=False) == []
    assert evidence.choose([]) == []
