"""Which passphrases a vault takes: long, and not made of what everyone tries first."""

from __future__ import annotations

import re
import unicodedata

from healthmate_desktop.errors import InvalidInput

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


def check_passphrase(passphrase: str) -> None:
    """Raises InvalidInput with what to do better."""
    if len(unicodedata.normalize("NFC", passphrase)) < SHORTEST:
        raise InvalidInput(
            f"This passphrase is too short. Use at least {SHORTEST} characters; a sentence only you know works well."
        )
    rest = _unknown_part(passphrase)
    if len(rest) < _LEFT_OVER or len(set(rest)) < _DIFFERENT:
        raise InvalidInput(
            "This passphrase is made of words or patterns that are tried first. Add a few unrelated words."
        )


def _unknown_part(passphrase: str) -> str:
    plain = unicodedata.normalize("NFKC", passphrase).casefold()
    guessed = [False] * len(plain)
    for text, pattern in (
        (plain, _KNOWN),
        (plain.translate(_LEET), _KNOWN),
        (plain, _REPEAT),
        (plain, _YEAR),
    ):
        for match in pattern.finditer(text):
            guessed[match.start() : match.end()] = [True] * (match.end() - match.start())
    for start, end in _runs(plain):
        guessed[start:end] = [True] * (end - start)
    return "".join(
        letter
        for letter, known in zip(plain, guessed, strict=True)
        if not known and not letter.isspace()
    )


def _runs(text: str) -> list[tuple[int, int]]:
    """Pieces of three or more keys in a row on a keyboard, in the alphabet or in counting, either way."""
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    return [
        (start, start + 3)
        for start in range(len(text) - 2)
        if any(text[start : start + 3] in row for row in rows)
    ]
