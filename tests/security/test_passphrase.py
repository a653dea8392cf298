"""Which passphrases are taken, suggested and called strong."""

from __future__ import annotations

import importlib.resources
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.errors import InvalidInput
from healthmate_desktop.security.passphrase import check_passphrase, strength, suggest_passphrase

pytestmark = pytest.mark.security


@pytest.mark.parametrize(
    "passphrase",
    [
        "seven green kettles",
        "mijn opa had twee ezels",
        "\u6211\u5976\u5976\u6709\u4e24\u53ea\u4f1a\u5531\u6b4c\u7684\u8001\u732b",
        "x7Kq-p2Vw-9mRz",
        "839201748392",
        "My doctor hates purple kites",
    ],
)
def test_long_unusual_passphrases_are_taken(passphrase: str) -> None:
    check_passphrase(passphrase)


@pytest.mark.parametrize("passphrase", ["", "short", "elevenchars", "e\u0301" * 11])
def test_short_passphrases_are_refused_with_the_length_wanted(passphrase: str) -> None:
    with pytest.raises(InvalidInput, match="at least 12 characters"):
        check_passphrase(passphrase)


@pytest.mark.parametrize(
    "passphrase",
    [
        "            ",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "password1234",
        "P@ssw0rd2024!",
        "passwordpassword",
        "123456789012",
        "987654321098",
        "qwertyuiopasdf",
        "HealthMate2025!",
        "healthmate vault",
        "correct horse battery staple",
        "Summer-Winter-2023",
    ],
)
def test_what_is_tried_first_is_refused(passphrase: str) -> None:
    with pytest.raises(InvalidInput, match="tried first"):
        check_passphrase(passphrase)


def test_words_someone_who_guesses_would_know_do_not_count() -> None:
    check_passphrase("Wilhelmina Vandenberg", context=[])
    with pytest.raises(InvalidInput, match="tried first"):
        check_passphrase("Wilhelmina Vandenberg", context=["vandenberg WILHELMINA"])
    check_passphrase("two Ann grey parrots", context=["Ann"])  # too short to be told from chance


def test_a_suggestion_is_six_words_of_a_public_list_of_7776() -> None:
    listed = word_list()
    assert len(listed) == len(set(listed)) == 7776
    suggested = {suggest_passphrase() for _ in range(50)}
    assert len(suggested) == 50
    for passphrase in suggested:
        check_passphrase(passphrase)
        words = passphrase.split(" ")
        assert len(words) == 6
        assert set(words) <= set(listed)
        assert strength(passphrase).bits < 80  # 6 times log2(7776) is 77.5
        assert strength(passphrase).words.startswith("Very strong")


def test_a_word_of_the_list_counts_as_one_word_also_with_a_hyphen() -> None:
    hyphenated = [word for word in word_list() if not word.isalpha()]
    assert len(hyphenated) == 4
    for word in hyphenated:
        assert strength(f"tummy {word}").bits == strength("tummy yield").bits


def word_list() -> list[str]:
    file = importlib.resources.files("xkcdpass") / "static" / "eff-long"
    return file.read_text(encoding="utf-8").split()


def test_every_word_of_the_list_is_drawn_as_often_as_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By `secrets`, from all of them."""
    drawn_from: list[int] = []

    def choice(words: list[str]) -> str:
        drawn_from.append(len(set(words)))
        return words[len(drawn_from)]

    monkeypatch.setattr(secrets, "choice", choice)
    suggest_passphrase(4)
    assert drawn_from == [7776] * 4


def test_a_suggestion_that_would_be_refused_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["april"] * 6 + ["whisking", "mortician", "sleet", "gurgling", "vanity", "tummy"])
    monkeypatch.setattr(secrets, "choice", lambda _words: next(drawn))
    assert suggest_passphrase() == "whisking mortician sleet gurgling vanity tummy"


def test_too_few_words_are_not_suggested() -> None:
    with pytest.raises(ValueError, match="too few words"):
        suggest_passphrase(1)
    assert len(suggest_passphrase(12).split()) == 12


@pytest.mark.parametrize(
    ("passphrase", "words"),
    [
        ("", "Weak: one fast graphics card would need about 1 minute"),
        ("a", "Weak"),
        ("password1234", "Weak"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "Weak"),
        ("hospital hospital hospital", "Weak"),
        ("tangerine tangerine tangerine", "Weak"),
        ("Summer-Winter-2023", "Weak"),
        ("hijack", "Weak: one fast graphics card would need about 55 minutes"),
        ("correct horse battery staple", "Fair"),
        ("839201748392", "Fair: one fast graphics card would need about 290 days"),
        ("antsy lustfully whisking mortician", "Strong: one fast graphics card would need about 120,000 years"),
        ("x7Kq-p2Vw-9mRz", "Strong"),
        ("tummy yield playing sleet gurgling vanity", "Very strong: out of reach for anyone who guesses."),
        ("\u6211\u5976\u5976\u6709\u4e24\u53ea\u4f1a\u5531\u6b4c\u7684\u8001\u732b", "Very strong"),
        ("\u0645\u0633\u062a\u0634\u0641\u0649", "Weak"),  # "hospital" in Arabic
        ("\ud800" * 12, "Weak"),
    ],
    ids=ascii,
)  # fmt: skip
def test_strength_is_told_as_the_time_one_graphics_card_needs(passphrase: str, words: str) -> None:
    """At 450 guesses a second, half of them needed: 4 words of 7,776 are about 126,000 years."""
    told = strength(passphrase)
    assert told.words.startswith(words)
    assert told.words.endswith(".")
    assert passphrase not in told.words or len(passphrase) < 2


@given(st.text(max_size=40))
def test_strength_can_be_told_of_any_text(passphrase: str) -> None:
    told = strength(passphrase)
    assert told.bits >= 0
    assert told.words.split(":")[0] in {"Weak", "Fair", "Strong", "Very strong"}


def test_saying_it_twice_hardly_helps() -> None:
    once = strength("whisking mortician sleet").bits
    assert once < strength("whisking mortician sleet " * 2).bits <= once + 2


def test_a_very_long_passphrase_is_judged_too() -> None:
    assert strength("whisking mortician " * 500).words.startswith("Fair")
    assert strength("".join(chr(0x4E00 + n) for n in range(2000))).words.startswith("Very strong")
