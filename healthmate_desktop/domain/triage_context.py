"""Whether the words of a mention say that it is so now: not denied, not past, not someone else, not a mere question.

After the idea of NegEx and ConText (Chapman 2001, Harkema 2009): trigger phrases with a direction and an end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from healthmate_desktop.domain.triage_phrases import Mention
    from healthmate_desktop.domain.triage_text import Reading

TRIGGERS = (
    "negation",  # no, denies, without: a list of things may follow
    "negation_short",  # not, isn't: the next few words
    "negation_after",  # was ruled out: the words before
    "not_negation",  # no relief, not only: takes the trigger's force
    "past",  # history of: what follows
    "past_clause",  # in 2010, as a child: the clause around
    "lasting",  # since, for, started: no past after all
    "other",  # family history of, died of: whatever is in the clause
    "other_disease",  # my uncle had a: diseases in the clause
    "recent",  # just now, this morning: neither past nor other
    "topic",  # what is a: a question, unless it speaks of someone here
    "hypothetical",  # if someone, risk of: what follows
    "idiom",  # dying to see: its words mean nothing here
    "unreal",  # film, novel, essay: crisis words in the sentence are its subject
)
LONE_PAST = 5  # words; "in 2010," alone dates its neighbours too
LONE_RECENT = 3
_REACH = {"negation": 14, "negation_short": 5, "past": 12, "hypothetical": 12, "topic": 40}


class Standing(StrEnum):
    PRESENT = "present"
    NEGATED = "negated"
    PAST = "past"
    OTHER = "other"
    HYPOTHETICAL = "hypothetical"
    IDIOM = "idiom"


@dataclass(frozen=True, slots=True)
class ContextWords:
    """Word lists of the rules file that end or cancel a trigger's reach."""

    stops: frozenset[str]  # because, presents: end of what is denied or past
    restarts: frozenset[str]  # i, she, has, now: after a comma or "and", a new statement
    asserts: frozenset[str]  # hurts, started: the part after a comma stands for itself
    personal: frozenset[str]  # i, my, son: a question is about someone here
    present: frozenset[str]  # now, has, hurts: a neighbouring clause is not past
    strong_present: frozenset[str]  # now, today, again


class Contexts:
    """The marks on each word of one reading."""

    def __init__(
        self, reading: Reading, found: Mapping[str, list[Mention]], words: ContextWords
    ) -> None:
        self._reading = reading
        self._words = words
        size = len(reading.words)
        self._sizes = Counter(reading.clauses)
        self._clause_words: dict[int, set[str]] = {}
        for word, clause in zip(reading.words, reading.clauses, strict=True):
            self._clause_words.setdefault(clause, set()).add(word)
        self._idiom = self._covered(found.get("@idiom", ()))
        self._negated = [-1] * size  # the place of the trigger that denies this word
        self._past = [False] * size
        self._hypothetical = [-1] * size  # the place of the trigger
        self._topic = [False] * size
        self._mark_negation(found)
        self._mark_past(found)
        self._mark_questions(found)
        self._recent = self._around(found.get("@recent", ()), LONE_RECENT)
        self._others = self._clauses_of(found.get("@other", ()))
        self._ill_others = self._clauses_of(found.get("@other_disease", ()))
        self._unreal = {reading.segments[m.first] for m in self._live(found.get("@unreal", ()))}

    def standing(self, mention: Mention, *, disease: bool, crisis: bool, asked: bool) -> Standing:
        """How a mention stands. See `_Concept` for the three properties of what is mentioned."""
        places = mention.places
        segment = self._reading.segments[mention.first]
        clause = self._reading.clauses[mention.last]
        if not self._idiom.isdisjoint(places):
            return Standing.IDIOM
        if any(self._negated[p] >= 0 and self._negated[p] not in places for p in places):
            return Standing.NEGATED
        if clause in self._others or (
            disease and clause in self._ill_others and clause not in self._recent
        ):
            return Standing.OTHER
        if self._past[mention.first] and clause not in self._recent:
            return Standing.PAST
        subject = (crisis and segment in self._unreal) or (self._topic[mention.last] and not asked)
        supposed = self._hypothetical[mention.last]
        if subject or (supposed >= 0 and not mention.first <= supposed <= mention.last):
            return Standing.HYPOTHETICAL
        return Standing.PRESENT

    def _covered(self, mentions: Iterable[Mention]) -> set[int]:
        return {place for m in mentions for place in range(m.first, m.last + 1)}

    def _live(self, mentions: Iterable[Mention]) -> list[Mention]:
        return [m for m in mentions if self._idiom.isdisjoint(m.places)]

    def _clauses_of(self, mentions: Iterable[Mention]) -> set[int]:
        return {self._reading.clauses[m.first] for m in self._live(mentions)}

    def _around(self, mentions: Iterable[Mention], lone: int) -> set[int]:
        """The clauses of the mentions, and the neighbours of those of at most `lone` words."""
        around: set[int] = set()
        for mention in mentions:
            home = self._reading.clauses[mention.first]
            near = (home - 1, home, home + 1) if self._sizes[home] <= lone else (home,)
            around.update(clause for clause in near if clause in self._sizes)
        return around

    def _mark_negation(self, found: Mapping[str, list[Mention]]) -> None:
        powerless = self._covered(found.get("@not_negation", ()))
        for name in ("negation", "negation_short"):
            for trigger in found.get(f"@{name}", ()):
                if trigger.first not in powerless:
                    for place in self._ahead(trigger.last, _REACH[name], name == "negation"):
                        self._negated[place] = trigger.first
        for trigger in found.get("@negation_after", ()):
            clause = self._reading.clauses[trigger.first]
            after = self._reading.words[trigger.last + 1 : trigger.last + 2]
            if after and after[0].endswith("ing"):  # "the baby has stopped moving" denies nothing
                continue
            for place in range(max(0, trigger.first - 8), trigger.first):
                if self._reading.clauses[place] == clause:
                    self._negated[place] = trigger.first

    def _ahead(self, last: int, reach: int, lists: bool) -> Iterable[int]:
        """The places after `last` that a trigger governs."""
        reading, words = self._reading, self._words
        for place in range(last + 1, min(last + 1 + reach, len(reading.words))):
            word = reading.words[place]
            if reading.segments[place] != reading.segments[last] or word in words.stops:
                return
            fresh = reading.clauses[place] != reading.clauses[place - 1]
            if fresh and (not lists or self._new_statement(place)):
                return
            if word == "and" and self._new_statement(place + 1):
                return
            yield place

    def _new_statement(self, place: int) -> bool:
        reading, words = self._reading, self._words
        if place >= len(reading.words):
            return False
        ahead = place + 1 if reading.words[place] in {"and", "so"} else place
        if reading.words[min(ahead, len(reading.words) - 1)] in words.restarts:
            return True
        end = place
        while end < len(reading.words) and reading.clauses[end] == reading.clauses[place]:
            end += 1
        rest = reading.words[place:end]
        return not words.asserts.isdisjoint(rest) and rest[0] not in {"or", "nor"}

    def _mark_past(self, found: Mapping[str, list[Mention]]) -> None:
        reading, words = self._reading, self._words
        for trigger in self._live(found.get("@past", ())):
            for place in self._ahead(trigger.last, _REACH["past"], lists=True):
                self._past[place] = True
        lasting = self._clauses_of(found.get("@lasting", ()))
        for trigger in self._live(found.get("@past_clause", ())):
            home, segment = reading.clauses[trigger.first], reading.segments[trigger.first]
            if home in lasting:
                continue
            for clause in self._around((trigger,), LONE_PAST):
                present = words.strong_present if clause == home else words.present
                if self._clause_words[clause].isdisjoint(present):
                    self._mark_clause(clause, segment, trigger.first)

    def _mark_clause(self, clause: int, segment: int, near: int) -> None:
        reading = self._reading
        for place in range(max(0, near - 40), min(len(reading.words), near + 40)):
            if reading.clauses[place] == clause and reading.segments[place] == segment:
                self._past[place] = True

    def _mark_questions(self, found: Mapping[str, list[Mention]]) -> None:
        reading = self._reading
        for trigger in self._live(found.get("@hypothetical", ())):
            for place in self._ahead(trigger.last, _REACH["hypothetical"], lists=True):
                self._hypothetical[place] = trigger.first
        for trigger in self._live(found.get("@topic", ())):
            stop = min(len(reading.words), trigger.last + 1 + _REACH["topic"])
            inside = [
                p
                for p in range(trigger.last + 1, stop)
                if reading.segments[p] == reading.segments[trigger.last]
            ]
            personal = {
                reading.clauses[p] for p in inside if reading.words[p] in self._words.personal
            }
            for place in inside:
                if reading.clauses[place] not in personal:
                    self._topic[place] = True
