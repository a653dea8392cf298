"""Emergencies and crises found by rules before anything else answers, and how soon a complaint needs care.

The rules are data (resources/rules); this module reads them and weighs one message. It looks for reasons to
hurry: where it finds none it says so and never that all is well.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.languages import language_of
from healthmate_desktop.domain.triage_context import TRIGGERS, Contexts, ContextWords, Standing
from healthmate_desktop.domain.triage_phrases import Mention, PhraseBook
from healthmate_desktop.domain.triage_text import (
    Language,
    Reading,
    Spelling,
    plain,
    read,
    shortened,
)
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_QUOTE = 160  # characters


class Level(StrEnum):
    """How soon, the most pressing first."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"
    SELF_CARE = "self_care"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number. `kind` is "emergency", "crisis" or "poison"."""

    kind: str
    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired. `quote` holds the words of the text that fired it, joined by " … "."""

    rule: str
    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class Triage:
    """`advice` ends with the next step; `steps` are things to do meanwhile, in order."""

    level: Level
    reasons: tuple[Reason, ...]
    advice: str
    steps: tuple[str, ...]
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class _Condition:
    """Each group needs one of its concepts; none of `without` may be there."""

    groups: tuple[tuple[str, ...], ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    title: str
    level: Level
    care: str
    when: tuple[_Condition, ...]
    fallback: bool  # counts only when no other rule fires


@dataclass(frozen=True, slots=True)
class _Concept:
    phrases: tuple[str, ...]
    background: bool  # counts when past too: diabetes, pregnancy, an operation
    disease: bool
    crisis: bool  # may be the subject of a film
    asked: bool  # counts in a question too: ways to die


@dataclass(frozen=True, slots=True)
class _Care:
    advice: str
    steps: tuple[str, ...]
    numbers: tuple[str, ...]


_ORDER = tuple(Level)
NOT_READ = Reason("not-read", "Not in English: the emergency rules read little of it", "")


class TriageRules:
    """Compiled rules. Safe to use from several threads at once."""

    def __init__(
        self, rules: Mapping[str, Any], numbers: Mapping[str, Mapping[str, Mapping[str, str]]]
    ) -> None:
        text, context = rules["text"], rules["context"]
        self._language = Language(
            aliases={key: plain(value) for key, value in text["aliases"].items()},
            fillers=_words(text["fillers"]),
            breaks=_words(text["breaks"]),
            joiners=_words(text["joiners"]),
            starters=_words(text["starters"]),
            counted=_words(text["counted"]),
        )
        self._context_words = ContextWords(
            stops=_words(context["stops"]),
            restarts=_words(context["restarts"]),
            asserts=_words(context["asserts"]),
            personal=_words(context["personal"]),
            present=_words(context["present"]),
            strong_present=_words(context["strong_present"]),
        )
        self._concepts = {name: _concept(value) for name, value in rules["concept"].items()}
        self._care = {name: _care(value) for name, value in rules["care"].items()}
        self._rules = tuple(self._rule(value) for value in rules["rule"])
        self._numbers = {name: _numbers(value) for name, value in numbers.items()}
        self._book = PhraseBook(rules["words"])
        for name in TRIGGERS:
            self._add_phrases(f"@{name}", context[name].splitlines())
        for name, concept in self._concepts.items():
            self._add_phrases(name, concept.phrases)
        self._real_words = frozenset(
            word
            for table in (text, context)
            for key, value in table.items()
            if isinstance(value, str) and key not in TRIGGERS
            for word in value.split()
        )
        self._spelling = Spelling(text["slips"].split())
        self._check()

    @classmethod
    def parse(cls, rules_toml: str, numbers_toml: str) -> TriageRules:
        """Read the rules and the telephone numbers. Raises InvalidInput on a bad file."""
        try:
            return cls(tomllib.loads(rules_toml), tomllib.loads(numbers_toml))
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidInput(
                "The emergency rules can't be read, so HealthMate can't answer safely. Install it again."
            ) from error

    def triage(self, text: str, country: str = "") -> Triage:
        """Weigh one message. `country` is an ISO 3166 code of two letters, for the numbers to call."""
        reading = read(shortened(text), self._language, self._mend)
        present = self._present(reading)
        fired = [(rule, quote) for rule in self._rules if (quote := _fired(rule, present, reading))]
        fired = [pair for pair in fired if not pair[0].fallback] or fired
        level = min((rule.level for rule, _ in fired), key=_ORDER.index, default=Level.NONE)
        top = [(rule, quote) for rule, quote in fired if rule.level is level]
        cares = [self._care[rule.care] for rule, _ in top] or [self._care[Level.NONE]]
        unread = None if level in {Level.EMERGENCY, Level.URGENT} else self._unread(text)
        if unread is not None:
            cares = [unread]
        directory = {**self._numbers["default"], **self._numbers.get(country.strip().upper(), {})}
        local = directory["emergency"].number
        kinds = dict.fromkeys(kind for care in cares for kind in care.numbers)
        return Triage(
            level=level,
            reasons=tuple(Reason(rule.id, rule.title, quote) for rule, quote in top)
            + ((NOT_READ,) if unread else ()),
            advice=cares[0].advice.replace("{emergency}", local),
            steps=tuple(
                dict.fromkeys(s.replace("{emergency}", local) for c in cares for s in c.steps)
            ),
            numbers=tuple(directory[kind] for kind in kinds),
        )

    def _unread(self, text: str) -> _Care | None:
        """What to say of a message in a language of which the rules read too little to rule anything out."""
        return self._care.get(f"{Level.NONE.value}_{language_of(text)}")

    def _check(self) -> None:
        """That every answer can be put together. Raises InvalidInput."""
        kinds = {kind for care in self._care.values() for kind in care.numbers} | {"emergency"}
        if not self._care.keys() >= set(Level) or not self._numbers["default"].keys() >= kinds:
            raise InvalidInput(
                "The emergency rules lack advice for a level or a telephone number. Install HealthMate again."
            )

    def _present(self, reading: Reading) -> dict[str, Mention]:
        """The first mention that counts of each concept."""
        found = self._book.find(reading)
        contexts = Contexts(reading, found, self._context_words)
        present: dict[str, Mention] = {}
        for name, concept in self._concepts.items():
            for mention in found.get(name, ()):
                standing = contexts.standing(
                    mention,
                    disease=concept.disease,
                    crisis=concept.crisis,
                    asked=concept.asked,
                )
                if standing is Standing.PRESENT or (
                    concept.background and standing is Standing.PAST
                ):
                    present[name] = mention
                    break
        return present

    def _mend(self, word: str) -> str:
        if word in self._real_words or self._book.knows(word):
            return word
        return self._spelling.correct(word)

    def _add_phrases(self, name: str, lines: Iterable[str]) -> None:
        for line in lines:
            if line.strip():
                self._book.add(name, line)

    def _rule(self, value: Mapping[str, Any]) -> _Rule:
        level = Level(value["level"])
        rule = _Rule(
            id=value["id"],
            title=value["title"],
            level=level,
            care=value.get("care", level.value),
            when=tuple(_condition(line) for line in value["when"]),
            fallback=value.get("fallback", False),
        )
        named = {n for c in rule.when for group in (*c.groups, c.without) for n in group}
        unknown = named - self._concepts.keys()
        if unknown or not value["source"] or rule.care not in self._care:
            raise InvalidInput(
                f"The rule '{rule.id}' names something the rules file lacks: "
                f"{', '.join(sorted(unknown)) or 'source or care'}. Correct it."
            )
        return rule


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _concept(value: Mapping[str, Any]) -> _Concept:
    return _Concept(
        phrases=tuple(value["phrases"].splitlines()),
        background=value.get("background", False),
        disease=value.get("disease", False),
        crisis=value.get("crisis", False),
        asked=value.get("asked", False),
    )


def _care(value: Mapping[str, Any]) -> _Care:
    return _Care(value["advice"], tuple(value["steps"]), tuple(value["numbers"]))


def _numbers(value: Mapping[str, Mapping[str, str]]) -> dict[str, Number]:
    return {kind: Number(kind, entry["label"], entry["number"]) for kind, entry in value.items()}


def _condition(line: str) -> _Condition:
    parts = line.split()
    return _Condition(
        groups=tuple(tuple(part.split("|")) for part in parts if not part.startswith("-")),
        without=tuple(part[1:] for part in parts if part.startswith("-")),
    )


def _fired(rule: _Rule, present: Mapping[str, Mention], reading: Reading) -> str:
    """The words that fire the rule, "" if it does not fire."""
    for condition in rule.when:
        named = [next((n for n in group if n in present), "") for group in condition.groups]
        if all(named) and not any(name in present for name in condition.without):
            spans = sorted({(present[n].first, present[n].last) for n in named})
            return " … ".join(reading.quote(*span) for span in spans)[:LONGEST_QUOTE]
    return ""
