"""Choose the sentences of an answer from the evidence. Pure scoring; the model's opinion comes in as numbers.

A sentence's score is how near it is to the question in meaning, plus how many of the question's telling words it
(or the heading it stands under) has. The gate drops all when even the best does not bear on the question.
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

# Tuned on the project's own questions, see docs/decisions; checked by tests/benchmarks/answers.py.
WORDS_WEIGHT = 0.35
GATE = 0.55
MODEL_WEIGHT = 0.03
KEEP = 0.8  # share of the best score that a further sentence needs
MOST_SENTENCES = 4

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
    candidate: Candidate
    score: float
    dense: float  # cosine of question and sentence
    words: float  # share of the question's telling words, weighted by rarity, 0 to 1


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
        and not sentence.lower().startswith("check against")
        and len(telling_words(sentence)) >= 2
    )


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


def score(question: str, candidates: Sequence[Candidate], dense: Sequence[float]) -> list[Scored]:
    """Score each candidate, best first. `dense` is the cosine of question and candidate."""
    words = word_scores(question, [_with_context(candidate) for candidate in candidates])
    scored = [
        Scored(candidate, near + WORDS_WEIGHT * share, near, share)
        for candidate, near, share in zip(candidates, dense, words, strict=True)
    ]
    return sorted(scored, key=lambda item: -item.score)


def shown_to_embedder(candidate: Candidate) -> str:
    """A sentence of a topic leans on its title; a file's name says nothing."""
    title = candidate.passage.title if candidate.passage.shelf == "library" else ""
    return f"{title}: {candidate.text}" if title else candidate.text


def _with_context(candidate: Candidate) -> str:
    passage = candidate.passage
    title = passage.title if passage.shelf == "library" else ""
    return f"{title} {passage.heading} {candidate.text}"


def passes_gate(best: Scored) -> bool:
    """Whether the best sentence bears on the question at all."""
    return best.score >= GATE


def with_opinion(scored: Sequence[Scored], likelihoods: Sequence[float]) -> list[Scored]:
    """Re-order by adding the model's view: how likely the question is after each sentence."""
    if len(scored) < 2:
        return list(scored)
    mean = sum(likelihoods) / len(likelihoods)
    spread = math.sqrt(sum((x - mean) ** 2 for x in likelihoods) / len(likelihoods)) or 1.0
    opinions = [
        replace(item, score=item.score + MODEL_WEIGHT * (likelihood - mean) / spread)
        for item, likelihood in zip(scored, likelihoods, strict=True)
    ]
    return sorted(opinions, key=lambda item: -item.score)


def choose(scored: Sequence[Scored], *, most: int = MOST_SENTENCES) -> list[Scored]:
    """The sentences of the answer, best first: near the best one's score, and no two that say the same."""
    chosen: list[Scored] = []
    for item in scored:
        if item.score < KEEP * scored[0].score or len(chosen) == most:
            break
        if not any(_says_the_same(item.candidate.text, other.candidate.text) for other in chosen):
            chosen.append(item)
    return chosen


def _says_the_same(one: str, other: str) -> bool:
    first, second = set(telling_words(one)), set(telling_words(other))
    return len(first & second) >= 0.8 * min(len(first), len(second))
