"""What a question is about: its telling words, and whether it asks for what only the person's own papers can say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from healthmate_desktop.domain.lay_words import Expansion

_FIRST_PERSON = re.compile(r"\b(?:my|me|i|mine|our|we)\b", re.IGNORECASE)
_FACT = (  # {0} is who asks or is asked about: "What was my PSA?", "Has Mia had MMR?", "my next appointment"
    r"\b(?:what|which|when|where|who|how (?:much|many|tall|high|old|heavy|low))\b[^.?!]{{0,60}}?"
    r"\b(?:is|are|was|were|did|does|has|have|had|am) (?:the \w+ of )?{0}\b"
    r"|^(?:was|were|did) {0}\b|^am i (?:allergic|due|on)\b"
    r"|^(?:has|have) {0} [^.?!]{{0,40}}?\b(?:had|been|come|given)\b"
    r"|\bmy (?:\w+ ){{0,3}}(?:number|appointment|results?|report)\b"
)
_ADVICE = re.compile(
    r"\b(?:should|can|could|may|must|might|means?|helps?|needs?|tells?|causes?|caused|why|how (?:do|does|to)|if"
    r"|risk|signs?|chances?|options?|normal|safe|dangerous|bad|too|ok|okay)\b",
    re.IGNORECASE,
)
_SERVICE = re.compile(  # prices and opening hours stand in no medical source
    r"\b(?:costs?|prices?|pays? for|insurance (?:covers?|pays?)|waiting (?:list|time)s?"
    r"|(?:opening|visiting) (?:hours|times)|when (?:does|do|is) [^.?!]{0,40} open)\b",
    re.IGNORECASE,
)
_PET = re.compile(  # what is right for people can kill an animal
    r"\b(?:my|our|for|in) (?:\w+ )?(?:dog|cat|pupp|kitten|rabbit|hamster|guinea pig|horse|parrot|budgie)(?:s|y|ies)?\b",
    re.IGNORECASE,
)
_BY_A_PET = re.compile(
    r"\b(?:bit|bites?|bitten|scratch\w*|lick\w*|allerg\w*|hair|fur|from|catch)\b", re.I
)
WORD = re.compile(r"[^\W_]+(?:[.,]\d+)?", re.UNICODE)
_SUFFIXES = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ied",
    "edly",
    "ed",
    "es",
    "s",
    "ly",
    "y",
    "e",
)
_STOP = frozenset(
    """
    a about all also am an and any are as at be been being but by can could did do does doing done
    for from get had has have having he her hers him his how i if in into is it its just me mean
    means more most my no not of often on or our out over own say said says she should so some such
    tell than that the their them then there these they this those to too up us very was we were
    what when where which while who whom why will with would you your give show please know need
    want long much many take taken
    """.split()  # noqa: SIM905 - a list of single words is read more easily as text
)

_EVERYDAY = frozenset(
    """
    above after again against before below between both cannot during each either else few further
    here least less like many might must near neither nor now off once only other others ought ours
    per please same several shall since still though through thus today together tomorrow tonight
    toward under until upon use used using via whether whose within without yesterday yet yours
    himself herself itself myself ourselves themselves yourself someone somebody anyone anybody
    brother boy child children dad daughter family father friend girl grandma grandpa husband kid
    mother mum mom parents partner sister son wife
    ask back bit bring brought came come comes fall fell feel feels felt find found forget forgot
    forgotten gave give gives given go goes going gone went got happen happens happened keep keeps
    kept lay leave left let lets look looks lost lot made make makes put puts ran really rid saw see
    seen set stay talk think thought told tried try turn turned worry
    morning evening night day days week weeks weekend month months year years
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday spring summer autumn winter
    grandad granddad grandfather grandmother gran granny nan hubby uncle aunt nephew niece baby toddler
    teenager adult man woman men women people one two three four five six seven eight nine ten
    down every everyday first second last next another already always never ever
    """.split()  # noqa: SIM905 - as above
)  # words of any talk, not what a question is about


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word that a question is about. `terms` are it and what health texts call the same, `stems` those of each."""

    terms: tuple[str, ...]
    stems: tuple[frozenset[str], ...]

    def stands_in(self, stems: Collection[str]) -> bool:
        return any(own.issubset(stems) for own in self.stems)


def wanted_words(question: str, name: str, meanings: Iterable[Expansion]) -> list[Wanted]:
    """Words of the question without those of any talk and those of the person's name, in their order."""
    called: dict[str, list[str]] = {}
    for meaning in meanings:
        for word in WORD.findall(meaning.found.lower()):
            called.setdefault(stem(word), []).extend(meaning.terms)
    usual = _USUAL | {stem(word) for word in name.lower().split()}
    found = []
    for word in dict.fromkeys(WORD.findall(question.lower())):
        if len(word) > 1 and word[0].isalpha() and stem(word) not in usual:
            terms = (word, *called.get(stem(word), ()))
            stems = (frozenset(telling_words(term)) for term in terms)
            found.append(Wanted(terms, tuple(each for each in stems if each)))
    return found


def telling_words(text: str) -> list[str]:
    """Lower-case word stems without the words every sentence has."""
    return [stem(word) for word in WORD.findall(text.lower()) if word not in _STOP]


def stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


_USUAL = frozenset(stem(word) for word in _STOP | _EVERYDAY)


def is_about(question: str, name: str) -> bool:
    """Whether a question is about the person of that name, the one who asks included."""
    first = name.split(maxsplit=1)[0] if name.split() else ""
    named = bool(first) and re.search(rf"\b{re.escape(first)}\b", question, re.IGNORECASE)
    return bool(named or _FIRST_PERSON.search(question))


def asks_for_own_fact(question: str, name: str) -> bool:
    """Whether only the person's own papers can answer: a value, a date or a report of theirs, and no advice.

    So it is with the price of a service, and an animal's health, of which the library says nothing.
    """
    if _SERVICE.search(question) or (_PET.search(question) and not _BY_A_PET.search(question)):
        return True
    first = re.escape(name.split(maxsplit=1)[0]) if name.split() else "my"
    fact = _FACT.format(rf"(?:my|i|{first})")
    return not _ADVICE.search(question) and bool(re.search(fact, question, re.IGNORECASE))
