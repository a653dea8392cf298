"""What people call things, and what health texts call them: words that a search adds to a question."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_MOST = 12  # expansions of one question: a letter names many things


@dataclass(frozen=True, slots=True)
class Expansion:
    """`found` stands in the question; `terms` say the same and do not."""

    found: str
    terms: tuple[str, ...]
    weight: float  # 0 to 1; less where the word can mean something else


class LayWords:
    """A table of words. Safe to use from several threads at once."""

    def __init__(self, rows: list[tuple[list[str], list[str], bool, float]]) -> None:
        """Each row: words that are heard, what they are called, whether that goes both ways, and the weight."""
        meanings: defaultdict[tuple[str, ...], list[Expansion]] = defaultdict(list)
        for heard, called, both, weight in rows:
            for word in heard:
                meanings[_words(word)].append(Expansion(word, tuple(called), weight))
            for word in called if both else ():
                meanings[_words(word)].append(Expansion(word, (heard[0],), weight))
        self._meanings = dict(meanings)
        self._longest = max(map(len, self._meanings), default=0)

    @classmethod
    def parse(cls, table: str) -> LayWords:
        """Of tab-separated lines. Raises InvalidInput on a bad one."""
        rows = []
        try:
            for line in table.splitlines():
                if line and not line.startswith("#"):
                    heard, called, both, weight = line.split("\t")
                    words = (heard.split("; "), called.split("; "))
                    rows.append((*words, both == "both", float(weight)))
        except ValueError as error:
            raise InvalidInput(
                "The table of lay words is damaged. Install HealthMate again."
            ) from error
        return cls(rows)

    def expansions(self, question: str) -> list[Expansion]:
        """Of the longest phrases that are known, in their order; terms that the question has already are left out."""
        words = _words(question)
        said = [frozenset(words) | {_singular(word) for word in words}]
        found: list[Expansion] = []
        met: set[tuple[str, ...]] = set()
        place = 0
        while place < len(words) and len(met) < _MOST:
            phrase = self._phrase_at(words, place)
            place += max(1, len(phrase))
            if phrase and phrase not in met:
                met.add(phrase)
                found += self._new(phrase, said)
        return found

    def _new(self, phrase: tuple[str, ...], said: list[frozenset[str]]) -> Iterator[Expansion]:
        """What the phrase means, without terms that were `said`, which grows."""
        for meaning in self._meanings[phrase]:
            words = {term: frozenset(_words(term)) for term in meaning.terms}
            terms = tuple(t for t in meaning.terms if not any(words[t] <= text for text in said))
            if terms:
                said += [words[term] for term in terms]
                yield Expansion(meaning.found, terms, meaning.weight)

    def _phrase_at(self, words: Sequence[str], place: int) -> tuple[str, ...]:
        """The longest known phrase that begins there, as it stands or without plurals; empty where there is none."""
        for length in range(min(self._longest, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            for form in (phrase, tuple(map(_singular, phrase))):
                if form in self._meanings:
                    return form
        return ()


def _words(text: str) -> tuple[str, ...]:
    """In lower case, without a possessive's ending."""
    found = _WORD.findall(text.lower().replace("\u2019", "'"))
    return tuple(word.removesuffix("'s") for word in found)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
