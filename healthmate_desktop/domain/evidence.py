"""Choose the sentences of an answer from the evidence. Pure scoring; the model's opinion comes in as numbers.

A sentence's score is how near it is to the question in meaning, plus how many of the question's telling words it
(or the heading it stands under) has. The gate drops all when even the best does not bear on the question; it is
harder to pass when the question has a word that stands nowhere in what could answer it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.sentences import Span, sentence_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.passages import Passage

# Tuned on the odd entries of tests/benchmarks/answers.toml, checked on the even ones; see docs/decisions.
WORDS_WEIGHT = 0.2
OWN_BONUS = 0.2  # for the person's own documents when the question is about the person
MODEL_WEIGHT = 0.05
GATE = 0.56
DOUBT = 0.2  # taken from the relevance when the question has words that are unheard of
DOUBTFUL_SHARE = 1 / 6  # of the question's telling words; a long message may have an odd one
KEEP = 0.85  # share of the best score that a further sentence needs
MOST_SENTENCES = 4

_MONTHS = frozenset(
    """
    january february march april june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    """.split()  # noqa: SIM905 - as below
)
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
_ASIDES = (  # in a topic: where to check it, and its other names
    *("check against", "comprobar con", "à vérifier auprès de"),
    *("also called", "otros nombres", "autres noms"),
)
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)?", re.UNICODE)
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
    """.split()  # noqa: SIM905 - as above
)  # words of any talk, not what a question is about


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a passage; `text` is `passage.text[start:end]`."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]

    @property
    def page_start(self) -> int:
        return self.passage.start + self.start


@dataclass(frozen=True, slots=True)
class Scored:
    """`relevance` is how well the sentence bears on the question; `score` is what it is ordered by."""

    candidate: Candidate
    relevance: float
    score: float


def candidates_of(passages: Sequence[Passage]) -> list[Candidate]:
    """The sentences of the passages that can stand in an answer, each place once."""
    seen: set[tuple[str, int, int]] = set()
    found: list[Candidate] = []
    for passage in passages:
        for span in sentence_spans(passage.text):
            place = (passage.document_id, passage.page, passage.start + span.start)
            if place not in seen and _can_stand(passage.text, span):
                seen.add(place)
                found.append(Candidate(passage, span.start, span.end))
    return found


def _can_stand(text: str, span: Span) -> bool:
    """A heading, a question or a stray word says nothing by itself."""
    sentence = text[span.start : span.end]
    return (
        not span.starts_section
        and not sentence.endswith("?")
        and not sentence.lower().startswith(_ASIDES)
        and _says_something(sentence)
    )


def _says_something(sentence: str) -> bool:
    """Three telling words, or two and a full stop ("No known allergies."), or one and a number ("HbA1c 7.4 %").

    A line in capitals is a heading, and a date alone says nothing.
    """
    words = [word for word in telling_words(sentence) if not word.isdigit()]
    if sentence.isupper() or all(word in _MONTHS for word in words):
        return False
    if any(letter.isdigit() for letter in sentence):
        return True
    return len(words) >= (2 if sentence.endswith(".") else 3)


def telling_words(text: str) -> list[str]:
    """Lower-case word stems without the words every sentence has."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP]


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


def word_scores(question: str, texts: Sequence[str]) -> list[float]:
    """For each text, the share of the question's telling words in it, rare words counting more."""
    wanted = set(telling_words(question))
    if not wanted:
        return [0.0] * len(texts)
    bags = [set(telling_words(text)) for text in texts]
    seen_in = Counter(word for bag in bags for word in bag & wanted)
    weight = {word: math.log(1 + len(texts) / (1 + seen_in[word])) for word in wanted}
    total = sum(weight.values()) or 1.0
    return [sum(weight[word] for word in bag & wanted) / total for bag in bags]


def shown_to_embedder(candidate: Candidate) -> str:
    """With its title: a sentence of a topic or a row of a form rarely names its subject."""
    return f"{candidate.passage.title}: {candidate.text}"


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


def missing_words(question: str, scored: Sequence[Scored], name: str) -> list[str]:
    """Words of the question that no passage of the best sentences has, without those of everyday talk."""
    read = [item.candidate.passage for item in scored[:MOST_SENTENCES]]
    stems = {stem for p in read for stem in telling_words(f"{p.title} {p.heading} {p.text}")}
    usual = _STOP | _EVERYDAY | set(name.lower().split())
    return [
        word
        for word in dict.fromkeys(_WORD.findall(question.lower()))
        if word not in usual and len(word) > 1 and word[0].isalpha() and _stem(word) not in stems
    ]


def doubted(question: str, scored: Sequence[Scored], unheard: int) -> list[Scored]:
    """Less relevant, all of them, when so many words of the question are unheard of that it is about something else."""
    if not unheard or unheard < DOUBTFUL_SHARE * len(telling_words(question)):
        return list(scored)
    return [replace(item, relevance=item.relevance - DOUBT) for item in scored]


def score(
    question: str, candidates: Sequence[Candidate], dense: Sequence[float], *, personal: bool
) -> list[Scored]:
    """Score each candidate, best first. `dense` is the cosine of question and candidate."""
    words = word_scores(question, [_with_context(candidate) for candidate in candidates])
    scored: list[Scored] = []
    for candidate, near, share in zip(candidates, dense, words, strict=True):
        relevance = near + WORDS_WEIGHT * share
        own = personal and candidate.passage.shelf == "person"
        scored.append(Scored(candidate, relevance, relevance + OWN_BONUS * own))
    return sorted(scored, key=lambda item: -item.score)


def _with_context(candidate: Candidate) -> str:
    passage = candidate.passage
    return f"{passage.title} {passage.heading} {candidate.text}"


def passes_gate(scored: Sequence[Scored]) -> bool:
    """Whether one of the best three sentences bears on the question at all."""
    return any(item.relevance >= GATE for item in scored[:3])


def wants_opinion(item: Scored) -> bool:
    """The model is asked about prose; of the rows of a form it knows nothing."""
    return item.candidate.passage.shelf == "library"


def with_opinion(scored: Sequence[Scored], likelihoods: Sequence[float]) -> list[Scored]:
    """Add the model's view of those that want it: how likely the question is after each, against their mean."""
    mean = sum(likelihoods) / max(1, len(likelihoods))
    spread = math.sqrt(sum((x - mean) ** 2 for x in likelihoods) / max(1, len(likelihoods))) or 1.0
    views = iter(likelihoods)
    judged = [
        replace(item, score=item.score + MODEL_WEIGHT * (next(views) - mean) / spread)
        if wants_opinion(item)
        else item
        for item in scored
    ]
    return sorted(judged, key=lambda item: -item.score)


def choose(scored: Sequence[Scored], *, most: int = MOST_SENTENCES) -> list[Scored]:
    """The sentences of the answer, best first: near the best one's score, and no two that say the same."""
    chosen: list[Scored] = []
    for item in scored:
        if item.score < KEEP * scored[0].score or len(chosen) == most:
            break
        if not any(says_the_same(item.candidate.text, other.candidate.text) for other in chosen):
            chosen.append(item)
    return chosen


def says_the_same(one: str, other: str) -> bool:
    """Whether nearly all telling words of the shorter one are in the other."""
    first, second = set(telling_words(one)), set(telling_words(other))
    return len(first & second) >= 0.8 * min(len(first), len(second))
