"""The small language that rule files name symptoms in, and how its phrases are found in a message.

`chest ~3 pain|ache*` is a word of the chest, then at most three words, then one of pain; without `~` the
words follow each other (fillers such as "my" and "is" do not count). `&3` takes either order. `<pain>` is a
list of the file's `[words]`, `ache*` a beginning, `^what` a word that
begins a sentence or clause, `#50-91` a number that counts nothing, `##0-12` any number.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from healthmate_desktop.domain.triage_text import Reading

MOST_MENTIONS = 60  # of one phrase in one text
_NUMBER = re.compile(r"(##?)(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
_WORD = re.compile(r"[a-z0-9]{3,}\*|\^?[a-z0-9]+")
_GAP = re.compile(r"([~&])(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Mention:
    """The places of a phrase's words in a reading, rising."""

    places: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.places[0]

    @property
    def last(self) -> int:
        return self.places[-1]


@dataclass(frozen=True, slots=True)
class _Phrase:
    name: str
    elements: tuple[int, ...]
    gaps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Range:
    element: int
    low: float
    high: float
    amounts: bool


class PhraseBook:
    """All phrases of a rules file, found together in one pass over a text."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._lists = words
        self._elements: dict[frozenset[str], int] = {}
        self._literal: dict[str, set[int]] = {}
        self._prefix: dict[str, set[int]] = {}
        self._ranges: list[_Range] = []
        self._by_first: dict[int, list[_Phrase]] = {}
        self._tokens: dict[str, frozenset[str]] = {}

    def add(self, name: str, line: str) -> None:
        """Take in one phrase for `name`. Raises InvalidInput if it can't be read."""
        parts = line.split()
        elements: list[int] = []
        gaps: list[int] = []
        either = False
        for part in parts:
            gap = _GAP.fullmatch(part)
            if gap:
                either = either or gap[1] == "&"
                gaps.append(int(gap[2]))
                continue
            if len(gaps) < len(elements):
                gaps.append(0)
            elements.append(self._element(part, line))
        if not elements or len(gaps) != len(elements) - 1:
            raise InvalidInput(f"The phrase '{line}' in the rules file is incomplete. Correct it.")
        for order in permutations(elements) if either else (tuple(elements),):
            phrase = _Phrase(name, tuple(order), tuple(gaps))
            self._by_first.setdefault(order[0], []).append(phrase)

    def knows(self, word: str) -> bool:
        """Whether some phrase uses `word` as it stands."""
        return word in self._literal or any(
            word[:n] in self._prefix for n in range(3, len(word) + 1)
        )

    def find(self, reading: Reading) -> dict[str, list[Mention]]:
        """Every mention of every name in the order of the text, the longer first."""
        places = self._places(reading)
        found: dict[str, set[Mention]] = {}
        for first in places:
            for phrase in self._by_first.get(first, ()):
                if all(element in places for element in phrase.elements):
                    for mention in _mentions(phrase, places, reading):
                        found.setdefault(phrase.name, set()).add(mention)
        return {name: sorted(mentions, key=_longest_first) for name, mentions in found.items()}

    def _element(self, part: str, line: str) -> int:
        choices = self._choices(part, line, depth=0)
        known = self._elements.get(choices)
        if known is not None:
            return known
        element = self._elements[choices] = len(self._elements)
        for choice in choices:
            number = _NUMBER.fullmatch(choice)
            if number:
                low, high = float(number[2]), float(number[3])
                self._ranges.append(_Range(element, low, high, number[1] == "##"))
            elif choice.endswith("*"):
                self._prefix.setdefault(choice[:-1], set()).add(element)
            else:
                self._literal.setdefault(choice, set()).add(element)
        return element

    def _choices(self, part: str, line: str, depth: int) -> frozenset[str]:
        if part in self._tokens:
            return self._tokens[part]
        choices: set[str] = set()
        for choice in part.split("|"):
            if choice.startswith("<") and choice[1:-1] in self._lists and depth < 4:
                for word in self._lists[choice[1:-1]].split():
                    choices |= self._choices(word, line, depth + 1)
            elif part.startswith("^") and choice.isalnum():
                choices.add(f"^{choice}")
            elif _NUMBER.fullmatch(choice) or _WORD.fullmatch(choice):
                choices.add(choice)
            else:
                raise InvalidInput(
                    f"The rules file uses '{choice}' in '{line}', which is no word or list. Correct it."
                )
        self._tokens[part] = frozenset(choices)
        return self._tokens[part]

    def _places(self, reading: Reading) -> dict[int, list[int]]:
        places: dict[int, list[int]] = {}
        seen: dict[str, set[int]] = {}
        for index, word in enumerate(reading.words):
            elements = seen.get(word)
            if elements is None:
                elements = seen[word] = self._elements_of(word)
            begins = not index or reading.clauses[index] != reading.clauses[index - 1]
            opening = self._literal.get(f"^{word}", set()) if begins else set()
            for element in elements | opening:
                places.setdefault(element, []).append(index)
            value = reading.values[index]
            if value is not None:
                for span in self._ranges:
                    if span.low <= value <= span.high and (
                        span.amounts or not reading.amounts[index]
                    ):
                        places.setdefault(span.element, []).append(index)
        return places

    def _elements_of(self, word: str) -> set[int]:
        elements = set(self._literal.get(word, ()))
        for length in range(3, min(len(word), 20) + 1):
            elements |= self._prefix.get(word[:length], set())
        return elements


def _longest_first(mention: Mention) -> tuple[int, int, tuple[int, ...]]:
    return (mention.first, -mention.last, mention.places)


def _mentions(
    phrase: _Phrase, places: Mapping[int, list[int]], reading: Reading
) -> Iterator[Mention]:
    dead: set[tuple[int, int]] = set()

    def walk(depth: int, at: int) -> tuple[int, ...] | None:
        if depth == len(phrase.elements):
            return ()
        if (depth, at) in dead:
            return None
        here = places[phrase.elements[depth]]
        gap = phrase.gaps[depth - 1]
        for index in range(bisect_right(here, at), len(here)):
            place = here[index]
            if (
                reading.segments[place] != reading.segments[at]
                or place - at > 3 * gap + 8
                or reading.distance(at, place) > gap
            ):
                break
            rest = walk(depth + 1, place)
            if rest is not None:
                return (place, *rest)
        dead.add((depth, at))
        return None

    count = 0
    for start in places[phrase.elements[0]]:
        rest = walk(1, start)
        if rest is not None:
            yield Mention((start, *rest))
            count += 1
            if count == MOST_MENTIONS:
                return
