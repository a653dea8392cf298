"""Words of every day, and what health texts say for them."""

from __future__ import annotations

import pytest

from healthmate_desktop.composition.commons import load_lay_words
from healthmate_desktop.domain.lay_words import Expansion, LayWords
from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.paths import resources_dir

pytestmark = [pytest.mark.unit, pytest.mark.health]


@pytest.fixture
def words() -> LayWords:
    return LayWords.parse(
        "# a comment\n"
        "water pill; fluid tablet\tdiuretic\t\t1\n"
        "pill\ttablet\t\t0.5\n"
        "piles\thaemorrhoids\t\t1\n"
        "paracetamol\tacetaminophen\tboth\t1\n"
        "bp\tblood pressure\t\t1\n"
    )


def terms(found: list[Expansion]) -> list[str]:
    return [term for each in found for term in each.terms]


def test_longest_phrase_is_what_was_meant(words: LayWords) -> None:
    assert words.expansions("Is a Water PILL safe?") == [Expansion("water pill", ("diuretic",), 1)]


@pytest.mark.parametrize("question", ["two pills", "the pill's colour", "the pill\u2019s colour"])
def test_plural_and_possessive_are_the_same_word(words: LayWords, question: str) -> None:
    assert terms(words.expansions(question)) == ["tablet"]


def test_word_that_is_only_known_as_a_plural_is_not_found_in_the_singular(words: LayWords) -> None:
    assert terms(words.expansions("piles")) == ["haemorrhoids"]
    assert words.expansions("a pile of paper") == []


def test_some_pairs_go_both_ways(words: LayWords) -> None:
    assert terms(words.expansions("paracetamol")) == ["acetaminophen"]
    assert terms(words.expansions("acetaminophen")) == ["paracetamol"]
    assert words.expansions("diuretic") == []


def test_what_the_question_says_already_is_not_added(words: LayWords) -> None:
    assert words.expansions("My BP: is this blood pressure high?") == []
    assert terms(words.expansions("bp and BP")) == ["blood pressure"]


def test_letter_that_names_many_things_does_not_become_a_list_of_them() -> None:
    table = LayWords([([f"word{i}"], [f"term{i}"], False, 1.0) for i in range(100)])
    found = table.expansions(" ".join(f"word{i}" for i in range(100)))
    assert 5 < len(found) < 20


@pytest.mark.parametrize("line", ["a\tb\t1", "a\tb\tboth\t1\tmore", "a\tb\t\tmuch"])
def test_damaged_table_is_said(line: str) -> None:
    with pytest.raises(InvalidInput, match="Install HealthMate again"):
        LayWords.parse(line)


ROWS = [
    line.split("\t")
    for line in (resources_dir() / "words" / "lay_words.tsv")
    .read_text(encoding="utf-8")
    .splitlines()
    if line and not line.startswith("#")
]


def test_table_has_the_form_it_says() -> None:
    heard = [word for row in ROWS for word in row[0].split("; ")]
    called = [word for row in ROWS for word in row[1].split("; ")]
    assert len(heard) > 3000
    assert len(set(heard)) == len(heard)
    for word in (*heard, *called):
        assert word == word.strip().lower()
        assert word
    assert all(len(word) >= 3 for word in called)
    assert {row[2] for row in ROWS} == {"", "both"}
    assert all(0 < float(row[3]) <= 1 for row in ROWS)


def test_no_word_of_the_table_stands_for_itself() -> None:
    table = load_lay_words()
    for row in ROWS:
        for word in row[0].split("; "):
            for found in table.expansions(word):
                assert word not in found.terms


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("is my sugar too high", "glucose"),
        ("water pill at night", "diuretic"),
        ("does Tylenol help", "paracetamol"),
        ("he had a heart attack", "myocardial infarction"),
        ("my kid has pink eye", "conjunctivitis"),
        ("throwing up all day", "vomiting"),
    ],
)
def test_what_people_say_is_known(question: str, term: str) -> None:
    assert term in terms(load_lay_words().expansions(question))


@pytest.mark.parametrize(
    "question",
    [
        "should I keep fit",
        "allergic to nuts",
        "vitamins A and E",
        "a period of time",
        "a growth chart",
        "a pile of tablets",
    ],
)
def test_words_that_mean_something_else_add_little(question: str) -> None:
    found = load_lay_words().expansions(question)
    assert all(each.weight <= 0.5 for each in found), found
