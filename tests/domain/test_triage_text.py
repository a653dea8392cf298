"""Hostile and odd messages, the size of the work, and rule files that are broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmate_desktop.domain.triage import Level, Triage, TriageRules
from healthmate_desktop.domain.triage_phrases import MOST_MENTIONS, PhraseBook
from healthmate_desktop.domain.triage_text import (
    LONGEST,
    Language,
    Spelling,
    plain,
    read,
    shortened,
)
from healthmate_desktop.errors import InvalidInput

pytestmark = [pytest.mark.unit, pytest.mark.health]

RESOURCES = Path(__file__).parents[2] / "resources" / "rules"
RULES = (RESOURCES / "emergency.toml").read_text(encoding="utf-8")
NUMBERS = (RESOURCES / "numbers.toml").read_text(encoding="utf-8")
REAL = TriageRules.parse(RULES, NUMBERS)
LANGUAGE = Language(
    aliases={"can not": "cant"},
    fillers=frozenset({"my"}),
    breaks=frozenset({"but"}),
    joiners=frozenset({"and"}),
    starters=frozenset({"i"}),
    counted=frozenset({"days"}),
)
LOADED = """no not chest pain my cant breathe stroke had father if what is in 2010 , . but and i die
want 38.5 /"""
WORDS = st.sampled_from(LOADED.split())


@given(st.text(max_size=400))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(REAL.triage(text, text[:2]), Triage)


@given(st.lists(WORDS, max_size=60))
@settings(deadline=None)
def test_any_order_of_loaded_words_gets_an_answer_that_quotes_the_text(words: list[str]) -> None:
    text = " ".join(words)

    for reason in REAL.triage(text).reasons:
        assert all(part in " ".join(text.split()) for part in reason.quote[:100].split(" … ")[:1])


@pytest.mark.parametrize(
    "text", ["pain " * 60_000, "\ufdfa" * 100_000, "a" * 300_000, "é" * 50_000]
)
def test_no_text_is_read_beyond_the_limit(text: str) -> None:
    assert len(shortened(text)) <= LONGEST + 2
    assert isinstance(REAL.triage(text).level, Level)


def test_repeated_words_give_a_bounded_number_of_mentions() -> None:
    book = PhraseBook({})
    book.add("x", "chest ~6 pain ~6 arm ~6 jaw")
    reading = read("chest pain arm " * 3_000 + "jaw", LANGUAGE, str)

    assert len(book.find(reading).get("x", [])) <= MOST_MENTIONS


def test_places_lead_back_to_the_words_as_written() -> None:
    reading = read("I can NOT stand, but 2 days", LANGUAGE, str)

    assert reading.words == ("i", "cant", "stand", "but", "2", "days")
    assert reading.quote(1, 2) == "can NOT stand"
    assert reading.segments == (0, 0, 0, 1, 1, 1)
    assert reading.values[4] == 2.0
    assert reading.amounts[4]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Can\u2019t", "cant"),
        ("I'll", "iwill"),
        ("CAFÉ", "cafe"),
        ("paaaain", "paain"),
        ("38,5", "38,5"),
    ],
)
def test_words_are_read_plainly(word: str, expected: str) -> None:
    assert plain(word) == expected


@pytest.mark.parametrize("word", ["²", "٣", "三", "1²"])
def test_digits_of_other_scripts_do_no_harm(word: str) -> None:
    assert read(shortened(word), LANGUAGE, str).text


def test_slips_are_mended_only_when_near() -> None:
    spelling = Spelling(["seizure", "unconscious", "chest"])

    assert spelling.correct("siezure") == "seizure"
    assert spelling.correct("unconshus") == "unconshus"
    assert spelling.correct("uncounscous") == "unconscious"
    assert spelling.correct("chst") == "chest"
    assert spelling.correct("leisure") == "leisure"
    assert spelling.correct("abc") == "abc"


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("chest pain", "my chest pain", True),
        ("chest pain", "chest my pain", True),
        ("chest pain", "chest has pain", False),
        ("chest ~1 pain", "chest has pain", True),
        ("chest ~1 pain", "pain in chest", False),
        ("chest &1 pain", "pain in chest", True),
        ("chest ~5 pain", "chest. pain", False),
        ("chest ~5 pain", "chest but pain", False),
        ("vomit*", "vomiting", True),
        ("^what", "what now", True),
        ("^what", "so what", False),
        ("#3-4 mg", "3.5 mg", True),
        ("#3-4", "3 days", False),
        ("##3-4", "3 days", True),
        ("##3-4", "three days", True),
        ("<body> pain", "arm pain", True),
        ("chest ~2 pain ~1 arm", "chest pain and pain and arm", True),
    ],
)
def test_phrase_language(phrase: str, text: str, found: bool) -> None:
    book = PhraseBook({"body": "chest arm"})
    book.add("x", phrase)

    assert ("x" in book.find(read(text, LANGUAGE, str))) is found


@pytest.mark.parametrize(
    "phrase", ["~3 pain", "pain ~3", "<nothing> pain", "PAIN", "ab*", "a ~1 ~2 b"]
)
def test_phrase_that_cannot_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(InvalidInput):
        PhraseBook({}).add("x", phrase)


@pytest.mark.parametrize(
    ("rules", "numbers"),
    [
        ("not toml [", NUMBERS),
        ("", NUMBERS),
        (RULES, "not toml ["),
        (RULES, ""),
        (RULES, '[default]\nemergency = { label = "E", number = "1" }\n'),
        (RULES, '[default]\nemergency = "112"\n'),
        (RULES.replace('level = "emergency"', 'level = "soon"', 1), NUMBERS),
        (RULES.replace("when = [", 'when = ["no_such_concept", ', 1), NUMBERS),
        (RULES.replace("[care.self_care]", "[care.selfcare]"), NUMBERS),
        (RULES.replace('source = "', 'source = "" # "', 1), NUMBERS),
    ],
)
def test_broken_rules_are_refused_with_a_next_step(rules: str, numbers: str) -> None:
    with pytest.raises(InvalidInput, match=r"\.$"):
        TriageRules.parse(rules, numbers)
