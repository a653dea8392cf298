"""Choose the sentences of an answer from the evidence. Pure scoring; the model's opinion comes in as numbers.

A sentence's score is how near it is to the question in meaning, plus how many of the question's telling words it
(or the heading it stands under) has. Its relevance is the same nearness, plus how many of the words that the question
is about its passage has, if only by another name. The gate drops all when none is relevant enough; words that stand
nowhere in what could answer the question make all less relevant.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.answers import Citation
from healthmate_desktop.domain.questions import telling_words
from healthmate_desktop.domain.sentences import Span, sentence_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.domain.questions import Wanted

# docs/decisions/0004 tells what they were tuned on, and what they were checked with
WORDS_WEIGHT = 0.2
OWN_BONUS = 0.2  # for the person's own documents when the question is about the person
MODEL_WEIGHT = 0.05
COVERAGE_WEIGHT = 0.4
GATE = 0.69
DOUBT = 0.5  # times the share of the question's telling words that are unheard of is taken from the relevance
KEEP = 0.85  # share of the best score that a further sentence needs
MOST_SENTENCES = 4
_UNTOLD = 0.5  # coverage where no word tells what the question is about

_MONTHS = frozenset(
    """
    january february march april june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    """.split()  # noqa: SIM905 - as below
)
_ASIDES = (  # in a topic: where to check it, and its other names
    *("check against", "comprobar con", "à vérifier auprès de"),
    *("also called", "otros nombres", "autres noms"),
)


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


def citation_of(candidate: Candidate) -> Citation:
    passage = candidate.passage
    return Citation(
        passage_id=passage.id,
        document_id=passage.document_id,
        shelf=passage.shelf,
        title=passage.title,
        quote=candidate.text,
        page=passage.page,
        start=candidate.page_start,
        external_id=passage.external_id,
        url=passage.url,
    )


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


def word_scores(question: str, bags: Sequence[set[str]]) -> list[float]:
    """For the stems of each text, the share of the question's telling words among them, rare words counting more."""
    wanted = set(telling_words(question))
    if not wanted:
        return [0.0] * len(bags)
    seen_in = Counter(word for bag in bags for word in bag & wanted)
    weight = {word: _rarity(seen_in[word], len(bags)) for word in wanted}
    total = sum(weight.values()) or 1.0
    return [sum(weight[word] for word in bag & wanted) / total for bag in bags]


def shown_to_embedder(candidate: Candidate) -> str:
    """With its title: a sentence of a topic or a row of a form rarely names its subject."""
    return f"{candidate.passage.title}: {candidate.text}"


def missing(wanted: Sequence[Wanted], scored: Sequence[Scored]) -> list[Wanted]:
    """Those that no passage of the best sentences has."""
    read: set[str] = set()
    for passage in (item.candidate.passage for item in scored[:MOST_SENTENCES]):
        read |= _stems_of(passage, passage.text)
    return [each for each in wanted if not each.stands_in(read)]


def doubted(question: str, scored: Sequence[Scored], unheard: int) -> list[Scored]:
    """Less relevant by the share of the question's words that are unheard of: then it is about something else."""
    share = unheard / max(1, len(telling_words(question)))
    return [replace(item, relevance=item.relevance - DOUBT * share) for item in scored]


def score(
    question: str,
    candidates: Sequence[Candidate],
    dense: Sequence[float],
    wanted: Sequence[Wanted],
    *,
    personal: bool,
) -> list[Scored]:
    """Score each candidate, best first. `dense` is the cosine of question and candidate."""
    bags = [_stems_of(candidate.passage, candidate.text) for candidate in candidates]
    words = word_scores(question, bags)
    covered = coverage(wanted, candidates, bags)
    scored: list[Scored] = []
    for candidate, near, share, cover in zip(candidates, dense, words, covered, strict=True):
        own = personal and candidate.passage.shelf == "person"
        order = near + WORDS_WEIGHT * share + OWN_BONUS * own
        scored.append(Scored(candidate, near + COVERAGE_WEIGHT * cover, order))
    return sorted(scored, key=lambda item: -item.score)


def coverage(
    wanted: Sequence[Wanted], candidates: Sequence[Candidate], bags: Sequence[set[str]]
) -> list[float]:
    """For each the share of the wanted words that its passage has, words that few sentences have counting more.

    `bags` are the stems of each sentence with its headings.
    """
    weights = [_rarity(sum(each.stands_in(bag) for bag in bags), len(bags)) for each in wanted]
    total = math.fsum(weights)
    if not total:
        return [_UNTOLD] * len(candidates)
    passages = {c.passage.id: _stems_of(c.passage, c.passage.text) for c in candidates}
    shares = {
        key: math.fsum(w for w, each in zip(weights, wanted, strict=True) if each.stands_in(stems))
        for key, stems in passages.items()
    }
    return [shares[candidate.passage.id] / total for candidate in candidates]


def _rarity(seen_in: int, texts: int) -> float:
    return math.log(1 + texts / (1 + seen_in))


def _stems_of(passage: Passage, text: str) -> set[str]:
    """Of a text of the passage, its title and headings."""
    return set(telling_words(f"{passage.title} {passage.heading} {text}"))


def passes_gate(scored: Sequence[Scored]) -> bool:
    """Whether one of the sentences bears on the question at all."""
    return any(item.relevance >= GATE for item in scored)


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
