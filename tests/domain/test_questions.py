"""What a question is about, and whether only own papers can answer it."""

from __future__ import annotations

import pytest

from healthmate_desktop.domain import questions
from healthmate_desktop.domain.lay_words import Expansion

pytestmark = [pytest.mark.unit, pytest.mark.chat]


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
    assert questions.is_about(question, "Mia Harlow") is about
    assert not questions.is_about("Is salt harmful?", " ")


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
    assert questions.asks_for_own_fact(question, "Mia Harlow") is own


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
    assert questions.asks_for_own_fact(question, " ") is own


def test_word_forms_count_as_the_same_word() -> None:
    assert questions.telling_words("Tablets") == questions.telling_words("tablet")
    assert questions.telling_words("The of and") == []
    assert "7.4" in questions.telling_words("HbA1c 7.4 %")


def test_wanted_words_are_what_a_question_is_about_with_their_other_names() -> None:
    pill = Expansion("water pill", ("diuretic", "diuretics"), 1)
    asked = "Can Mia's grandad take his water pill on Monday, 2 times?"
    found = questions.wanted_words(asked, "Mia Harlow", [pill])
    assert [each.terms for each in found] == [
        ("water", "diuretic", "diuretics"),
        ("pill", "diuretic", "diuretics"),
        ("times",),
    ]
    assert found[0].stands_in(questions.telling_words("A diuretic."))
    assert not found[0].stands_in(questions.telling_words("A tablet."))


def test_name_of_several_words_stands_where_all_of_them_do() -> None:
    (word,) = questions.wanted_words(
        "Hypertension", "", [Expansion("hypertension", ("high blood pressure",), 1)]
    )
    assert word.stands_in(questions.telling_words("pressure of the blood, high"))
    assert not word.stands_in(questions.telling_words("a high fever"))
