"""A message as the rules read it: plain words with their places, sentence parts, numbers, slips mended."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LONGEST = 12_000  # characters read; of a longer text the first and last half of this
MOST_SLIPS = 2_000  # different unknown words looked up in one text

_APOSTROPHE = "['`\u00b4\u2018\u2019\u02bc\u2032]"
_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)?"  # number
    rf"|[^\W\d_]+(?:{_APOSTROPHE}[^\W\d_]+)*"  # word
    r"|(?<=\d)[ \t]*/[ \t]*(?=\d)"  # 120/80
    "|\n\\s*\n|[.!?;\u2026,:()\n]|[-\u2013\u2014]+(?=\\s)"  # stops
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")
_WILL = re.compile(rf"{_APOSTROPHE}ll$")
_HARD = frozenset(".!?;\u2026")
_NUMBER_WORDS = {
    word: float(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
} | {"fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0}


@dataclass(frozen=True, slots=True)
class Language:
    """Word lists of the rules file that shape reading."""

    aliases: Mapping[str, str]  # one or two words -> the word the rules use
    fillers: frozenset[str]  # do not count as words between two words
    breaks: frozenset[str]  # begin a new part of the sentence: but, however
    joiners: frozenset[str]  # and, so: begin a clause if a starter follows
    starters: frozenset[str]
    counted: frozenset[str]  # after a number these make it an amount or a time


@dataclass(frozen=True, slots=True)
class Reading:
    """Parallel tuples, one entry a word. A segment ends at a stop or a "but", a clause also at commas."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    values: tuple[float | None, ...]
    amounts: tuple[bool, ...]  # a number in words, or one that counts something: 3 hours
    segments: tuple[int, ...]
    clauses: tuple[int, ...]
    costs: tuple[int, ...]  # words that are no fillers before this one
    penalties: tuple[int, ...]  # distance added by commas and clauses up to this one

    def distance(self, left: int, right: int) -> int:
        """How many words stand between two words, left < right."""
        words = self.costs[right] - self.costs[left + 1]
        return words + self.penalties[right] - self.penalties[left]

    def quote(self, first: int, last: int) -> str:
        """The message's own words."""
        return " ".join(self.text[self.starts[first] : self.ends[last]].split())


@dataclass(slots=True)
class _Token:
    word: str
    start: int
    end: int
    hard: bool = False  # a stop, blank line stands before it
    soft: bool = False  # a comma, colon, bracket, dash, line end stands before it


def shortened(text: str) -> str:
    """At most LONGEST characters: NFKC, without invisible ones, the middle left out if it is too long."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", _middle_out(text)))
    return _middle_out(text)


def _middle_out(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]}\n\n{text[-half:]}"


def read(text: str, language: Language, mend: Callable[[str], str]) -> Reading:
    """`text` as `shortened` gives it; `mend` turns an unknown word into a known one where it can."""
    tokens = _tokens(text)
    mended: dict[str, str] = dict(language.aliases)
    for token in tokens:
        if token.word not in mended and len(mended) < len(language.aliases) + MOST_SLIPS:
            mended[token.word] = mend(token.word)
        token.word = mended.get(token.word, token.word)
    return _reading(text, _merged(tokens, language.aliases), language)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    hard = soft = False
    for match in _TOKEN.finditer(text):
        raw = match.group()
        if raw.strip() == "/":
            raw = "over"
        if raw[0].isalnum():
            tokens.append(_Token(plain(raw), match.start(), match.end(), hard, soft))
            hard = soft = False
        elif raw in _HARD or raw.count("\n") > 1:
            hard = True
        else:
            soft = True
    return tokens


def plain(word: str) -> str:
    """Lower case, without apostrophes, accents and runs of a letter; "I'll" is "iwill", not "ill"."""
    word = _WILL.sub("will", word.casefold())
    if not word.isascii():
        kept = (c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
        word = "".join(c for c in kept if c.isalnum())
    elif not word.isalnum() and not word[0].isdecimal():
        word = "".join(c for c in word if c.isalnum())
    return _LONG_RUN.sub(r"\1\1", word)


def _merged(tokens: list[_Token], aliases: Mapping[str, str]) -> list[_Token]:
    merged: list[_Token] = []
    for token in tokens:
        if merged and not (token.hard or token.soft):
            pair = aliases.get(f"{merged[-1].word} {token.word}")
            if pair is not None:
                merged[-1].word = pair
                merged[-1].end = token.end
                continue
        merged.append(token)
    return merged


def _reading(text: str, tokens: list[_Token], language: Language) -> Reading:
    segments: list[int] = []
    clauses: list[int] = []
    costs = [0]
    penalties: list[int] = []
    segment = clause = penalty = 0
    for index, token in enumerate(tokens):
        following = tokens[index + 1].word if index + 1 < len(tokens) else ""
        joins = token.word in language.joiners and following in language.starters
        if token.hard or token.word in language.breaks:
            segment += 1
        if token.hard or token.soft or joins or token.word in language.breaks:
            clause += 1
            penalty += 3 if joins else 1
        segments.append(segment)
        clauses.append(clause)
        penalties.append(penalty)
        costs.append(costs[-1] + (token.word not in language.fillers))
    values = [_value(token.word) for token in tokens]
    return Reading(
        text=text,
        words=tuple(token.word for token in tokens),
        starts=tuple(token.start for token in tokens),
        ends=tuple(token.end for token in tokens),
        values=tuple(values),
        amounts=tuple(
            not token.word[:1].isdecimal()
            or (i + 1 < len(tokens) and tokens[i + 1].word in language.counted)
            for i, token in enumerate(tokens)
        ),
        segments=tuple(segments),
        clauses=tuple(clauses),
        costs=tuple(costs),
        penalties=tuple(penalties),
    )


def _value(word: str) -> float | None:
    if word[:1].isdecimal():
        return float(word.replace(",", "."))
    return _NUMBER_WORDS.get(word)


class Spelling:
    """Known words by what is left when letters are dropped, so that one look-up finds near ones.

    Words of 5 letters and more may have one slip, of 9 and more two; the first letter must be right.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._near: dict[str, set[str]] = {}
        for word in vocabulary:
            if len(word) >= 5 and word.isalpha():
                for key in _dropped(word, _slips(len(word))):
                    self._near.setdefault(key, set()).add(word)

    def correct(self, word: str) -> str:
        """The nearest known word, or `word` itself."""
        if not 4 <= len(word) <= 20:
            return word
        found: set[str] = set()
        for key in _dropped(word, _slips(len(word))):
            found |= self._near.get(key, set())
        best = min(((_edits(word, known), known) for known in found), default=(9, word))
        return best[1] if best[0] <= _slips(len(best[1])) else word


def _slips(length: int) -> int:
    return 2 if length >= 9 else 1


def _dropped(word: str, count: int) -> set[str]:
    keys = {word}
    layer = {word}
    for _ in range(count):
        layer = {w[:i] + w[i + 1 :] for w in layer for i in range(1, len(w))}
        keys |= layer
    return keys


def _edits(left: str, right: str) -> int:
    """Optimal string alignment distance: drop, add, change, or swap two neighbours."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
