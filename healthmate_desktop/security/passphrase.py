"""Which passphrases a vault takes: long, and not made of what everyone tries first."""

from __future__ import annotations

import contextlib
import functools
import importlib.resources
import itertools
import math
import re
import secrets
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST = 12  # characters, SECURITY 4.2
_LEFT_OVER = 6  # characters that must remain without known words and runs
_DIFFERENT = 5  # and how many of them must differ

# longer words before their beginnings
_KNOWN = re.compile(
    r"administrator|passphrase|healthmate|september|wednesday|password|passwort|passcode|"
    r"iloveyou|football|baseball|superman|princess|sunshine|whatever|starwars|changeme|"
    r"computer|internet|hospital|february|november|december|thursday|saturday|letmein|welcome|"
    r"trustno|michael|charlie|freedom|default|samsung|correct|battery|desktop|medical|patient|"
    r"january|october|tuesday|welkom|dragon|monkey|batman|shadow|master|secret|access|google|"
    r"staple|health|doctor|clinic|august|monday|friday|sunday|spring|summer|autumn|winter|"
    r"admin|login|horse|vault|march|april|mate|june|july"
)
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn",
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_REPEAT = re.compile(r"(.{1,6}?)\1{2,}")
_YEAR = re.compile(r"(?:19|20)\d\d")

GUESSES_A_SECOND = 450  # one graphics card at 256 MiB and 3 passes, SECURITY 1.7
_FEWEST_WORDS = 3  # that can hold the rules above
_HYPHENATED = "drop-down|felt-tip|t-shirt|yo-yo"  # all such words of the list
_PIECE = re.compile(rf"{_HYPHENATED}|[^\W\d_]+|\d+|[\W_]")
_WORD_BITS = 12.9  # one of 7,776
_KNOWN_BITS = 8.0  # a stretch of what is tried first
_LETTER_BITS, _DIGIT_BITS, _SIGN_BITS, _IDEOGRAPH_BITS = 4.7, 3.3, 4.0, 7.0
_OTHER_WORD_BITS, _TEXT_BITS = 9.0, 1.5  # a word of no list: some, and what each letter adds
_MINUTE, _HOUR, _DAY, _YEAR_LONG = 60.0, 3600.0, 86400.0, 31556952.0  # seconds
_TIMES = (
    (_HOUR, _MINUTE, "minute"),
    (2 * _DAY, _HOUR, "hour"),
    (2 * _YEAR_LONG, _DAY, "day"),
    (1e7 * _YEAR_LONG, _YEAR_LONG, "year"),
)
_WEAK, _FAIR = 30 * _DAY, 1000 * _YEAR_LONG  # a thousand cards: 43 minutes, a year


@dataclass(frozen=True, slots=True)
class Strength:
    """How many guesses a passphrase takes, as a power of two, and in words. An estimate, rather too low."""

    bits: float
    words: str


def check_passphrase(passphrase: str, context: Iterable[str] = ()) -> None:
    """`context` are words that someone who guesses would know, such as a name.

    Raises InvalidInput with what to do better.
    """
    if len(unicodedata.normalize("NFC", passphrase)) < SHORTEST:
        raise InvalidInput(
            f"This passphrase is too short. Use at least {SHORTEST} characters; a sentence only you know works well."
        )
    plain = _plain(passphrase)
    guessed = _guessed(plain, context)
    rest = [
        letter
        for letter, known in zip(plain, guessed, strict=True)
        if not known and not letter.isspace()
    ]
    if len(rest) < _LEFT_OVER or len(set(rest)) < _DIFFERENT:
        raise InvalidInput(
            "This passphrase is made of words or patterns that are tried first. Add a few unrelated words."
        )


def suggest_passphrase(words: int = 6) -> str:
    """Words drawn at random from a list of 7,776, with spaces between: six of them are 77 bits."""
    listed = sorted(_word_list())
    while True:
        drawn = " ".join(secrets.choice(listed) for _ in range(words))
        with contextlib.suppress(InvalidInput):
            check_passphrase(drawn)
            return drawn
        if words < _FEWEST_WORDS:
            raise ValueError("too few words for a passphrase")


def strength(passphrase: str) -> Strength:
    """What guessing it would take someone who has the key file."""
    plain = _plain(passphrase)
    guessed = _guessed(plain, ())
    for word in _PIECE.finditer(plain):
        start, end = word.span()
        if word.group() in _word_list() and not all(guessed[start:end]):
            guessed[start:end] = [False] * (
                end - start
            )  # one word, though "hij" of "hijack" is a run
    counts: Counter[tuple[str, bool]] = Counter(_pieces(plain, guessed))
    found = {piece: _bits_of(*piece) for piece in counts}
    repeats = sum(count - 1 for piece, count in counts.items() if found[piece])
    bits = sum(found.values()) + math.log2(1 + repeats)
    return Strength(round(bits, 1), _words_for(2 ** (min(bits, 1000) - 1) / GUESSES_A_SECOND))


def _pieces(plain: str, guessed: list[bool]) -> Iterator[tuple[str, bool]]:
    """Stretches of what is tried first, and words, numbers and signs of the rest."""
    for known, letters in itertools.groupby(zip(plain, guessed, strict=True), lambda pair: pair[1]):
        stretch = "".join(letter for letter, _ in letters)
        if known:
            yield stretch, True
        else:
            yield from ((piece, False) for piece in _PIECE.findall(stretch))


def _plain(passphrase: str) -> str:
    return unicodedata.normalize("NFKC", passphrase).casefold()


def _guessed(plain: str, context: Iterable[str]) -> list[bool]:
    """For each letter, whether it belongs to something that is tried first."""
    patterns = [(plain, _KNOWN), (plain.translate(_LEET), _KNOWN), (plain, _REPEAT), (plain, _YEAR)]
    patterns += [
        (plain, re.compile(re.escape(_plain(word))))
        for name in context
        for word in name.split()
        if len(word) > 3
    ]
    spans = [match.span() for text, pattern in patterns for match in pattern.finditer(text)]
    guessed = [False] * len(plain)
    for start, end in [*spans, *_runs(plain)]:
        guessed[start:end] = [True] * (end - start)
    return guessed


def _bits_of(piece: str, known: bool) -> float:
    letters = len(piece)
    if known:
        return min(_KNOWN_BITS, letters * _SIGN_BITS)
    if piece in _word_list():
        return _WORD_BITS
    if piece.isalpha():
        if all(unicodedata.east_asian_width(letter) == "W" for letter in piece):  # each says much
            return letters * _IDEOGRAPH_BITS
        return min(letters * _LETTER_BITS, _OTHER_WORD_BITS + letters * _TEXT_BITS)
    if piece.isdigit():
        return letters * _DIGIT_BITS
    return 0.0 if piece.isspace() else _SIGN_BITS


def _words_for(seconds: float) -> str:
    """On average, on one graphics card, see SECURITY 1.7."""
    for limit, unit, name in _TIMES:
        if seconds < limit:
            count = max(1, round(seconds / unit))
            amount = f"{_two_digits(count):,} {name}{'s' if count > 1 else ''}"
            judged = "Weak" if seconds < _WEAK else "Fair" if seconds < _FAIR else "Strong"
            return f"{judged}: one fast graphics card would need about {amount} to find it."
    return "Very strong: out of reach for anyone who guesses."


def _two_digits(number: int) -> int:
    """An estimate is not shown as if it were exact."""
    scale: int = 10 ** max(0, len(str(number)) - 2)
    return round(number / scale) * scale


@functools.cache
def _word_list() -> frozenset[str]:
    """The long list that the Electronic Frontier Foundation made for dice."""
    file = importlib.resources.files("xkcdpass") / "static" / "eff-long"
    return frozenset(file.read_text(encoding="utf-8").split())


def _runs(text: str) -> list[tuple[int, int]]:
    """Pieces of three or more keys in a row on a keyboard, in the alphabet or in counting, either way."""
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    return [
        (start, start + 3)
        for start in range(len(text) - 2)
        if any(text[start : start + 3] in row for row in rows)
    ]
