"""Why a document did or did not contribute to an answer, from what the search and the gate really did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from healthmate_desktop.domain import evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from healthmate_desktop.domain.answers import Answer
    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.evidence import Scored
    from healthmate_desktop.domain.ids import DocumentId
    from healthmate_desktop.domain.passages import Hit, Passage
    from healthmate_desktop.domain.retrieval import Understood

    Mine = Callable[[Passage], bool]  # whether a passage is of what is explained


class Why(StrEnum):
    QUOTED = "quoted"
    NOW = "would_be_quoted_now"  # the records or the library have changed since
    SAME = "said_already"
    OUTSCORED = "outscored"
    BELOW_GATE = "below_gate"
    NO_SENTENCE = "no_sentence"
    RANKED_LOWER = "ranked_lower"
    NOT_FOUND = "not_found"
    NO_TEXT = "no_text"
    UNREADABLE = "unreadable"
    WAITING = "waiting"
    ADDED_AFTER = "added_after"
    NOT_SEARCHED = "not_searched"  # the emergency rules alone answered
    OTHER_PERSON = "other_person"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a question finds: passages of the person, best first, and the sentences of those that are read."""

    hits: Sequence[Hit] = ()
    read: int = 0  # so many of the hits are read
    scored: Sequence[Scored] = ()  # with those of the library, best first
    chosen: Sequence[Scored] = ()
    searched: bool = True
    library: Sequence[Hit] = ()  # all of them read
    understood: Understood | None = None  # None where the library was not searched


@dataclass(frozen=True, slots=True)
class Explained:
    """One document; `words` are fit to show."""

    document: Document
    why: Why
    words: str
    passages: int = 0  # that could be found
    rank: int | None = None  # of its best passage among the person's, from 1
    relevance: float | None = None  # of its best sentence
    best: str = ""  # that sentence


@dataclass(frozen=True, slots=True)
class ExplainedPassage:
    """One passage of the library that was read; `words` are fit to show."""

    hit: Hit
    rank: int  # among those of the library, from 1
    why: Why
    words: str
    relevance: float | None  # of its best sentence
    best: str  # that sentence, or ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer is as it was kept; what was found for it was searched again, at the moment of asking why."""

    question: str
    asked_at: datetime
    documents: tuple[Explained, ...]
    library: tuple[ExplainedPassage, ...] = ()
    needed: float = evidence.GATE
    understood: Understood | None = None  # None where the library was not searched


ORDER = tuple(Why)


def explained(
    documents: Sequence[Document],
    passages: Mapping[DocumentId, int],
    answer: Answer,
    asked_at: datetime,
    weighed: Weighed,
) -> list[Explained]:
    """Each of a person's documents: those quoted first, then the nearer ones."""
    quotes = Counter(c.document_id for s in answer.sentences for c in s.citations)
    found = [
        _explained(document, passages.get(document.id, 0), quotes[document.id], asked_at, weighed)
        for document in documents
    ]
    return sorted(found, key=lambda each: (ORDER.index(each.why), each.rank or 0))


def explained_library(answer: Answer, weighed: Weighed) -> list[ExplainedPassage]:
    """Each passage of the library that was read, as it was ranked."""
    quotes = Counter(c.passage_id for s in answer.sentences for c in s.citations)
    return [
        _explained_passage(hit, rank, quotes[hit.passage.id], weighed)
        for rank, hit in enumerate(weighed.library, 1)
    ]


def of_someone_else(document: Document, owner: str) -> Explained:
    words = f"It is in the records of {owner}. An answer uses the records of one person only."
    return Explained(document, Why.OTHER_PERSON, words)


def _explained(
    document: Document, passages: int, quotes: int, asked_at: datetime, weighed: Weighed
) -> Explained:
    if quotes:
        words = _quoted(quotes, "document")
        return Explained(document, Why.QUOTED, words, passages, *_measured(document, weighed))
    if document.added_at > asked_at:
        words = "It was added after the question was asked. Ask again to have it searched."
        return Explained(document, Why.ADDED_AFTER, words, passages)
    if unsearched := _unsearched(document, passages, weighed):
        return Explained(document, *unsearched, passages)
    rank, relevance, best = _measured(document, weighed)
    why, words = _found(document, passages, rank, weighed)
    return Explained(document, why, words, passages, rank, relevance, best)


def _explained_passage(hit: Hit, rank: int, quotes: int, weighed: Weighed) -> ExplainedPassage:
    def mine(passage: Passage) -> bool:
        return passage.id == hit.passage.id

    own = _sentences(mine, weighed.scored)
    why, words = (
        (Why.QUOTED, _quoted(quotes, "passage")) if quotes else _not_quoted(mine, own, weighed)
    )
    if not own:
        return ExplainedPassage(hit, rank, why, words, None, "")
    return ExplainedPassage(hit, rank, why, words, own[0].relevance, own[0].candidate.text)


def _quoted(quotes: int, where: str) -> str:
    said = "1 sentence of the answer stands"
    if quotes > 1:
        said = f"{quotes} sentences of the answer stand"
    return f"Quoted: {said} in this {where}."


def _unsearched(document: Document, passages: int, weighed: Weighed) -> tuple[Why, str] | None:
    if document.state == "importing":
        return Why.WAITING, "It is not read yet. When it is, ask again."
    if document.state == "unreadable":
        reason = document.problems[0].message if document.problems else "The file is kept."
        return Why.UNREADABLE, f"It could not be read, so no answer can quote it. {reason}"
    if not passages:
        return Why.NO_TEXT, (
            "No text that can be quoted was found in it. Values that were taken from it are in the records."
        )
    if not weighed.searched:
        return Why.NOT_SEARCHED, (
            "No document was searched: what was asked may be an emergency, and its rules alone answered."
        )
    return None


def _found(
    document: Document, passages: int, rank: int | None, weighed: Weighed
) -> tuple[Why, str]:
    have = "its 1 passage was" if passages == 1 else f"none of its {passages:,} passages was"
    if rank is None:
        no = "not " if passages == 1 else ""
        return Why.NOT_FOUND, (
            f"Searched, but {have} {no}among the nearest to the question, by meaning or by words."
        )
    if rank > weighed.read:
        return Why.RANKED_LOWER, (
            f"Found, but its best passage came as number {rank}, and the first {weighed.read} are read for an answer."
        )
    mine = _is_of(document)
    return _not_quoted(mine, _sentences(mine, weighed.scored), weighed)


def _not_quoted(mine: Mine, own: Sequence[Scored], weighed: Weighed) -> tuple[Why, str]:
    if not own:
        return Why.NO_SENTENCE, (
            "Found, but the passages that were read have no whole sentence or value that can be quoted."
        )
    nearest = max(item.relevance for item in own)
    if not weighed.chosen:
        return Why.BELOW_GATE, (
            f"Found, but not near enough to the question: its best sentence reaches {nearest:.2f}, and an answer "
            f"needs one of {evidence.GATE:.2f}."
        )
    if _sentences(mine, weighed.chosen):
        return Why.NOW, (
            "It was not quoted then, but would be now: the records or the library have changed since. Ask again."
        )
    texts = [item.candidate.text for item in weighed.chosen]
    if any(evidence.says_the_same(own[0].candidate.text, text) for text in texts):
        return Why.SAME, "Found, but what it says is said already by a sentence that was quoted."
    return Why.OUTSCORED, (
        f"Found and read, but other sentences bear on the question more: its best one comes to {own[0].score:.2f}, "
        f"the best of all to {weighed.scored[0].score:.2f}. An answer has at most {evidence.MOST_SENTENCES} sentences."
    )


def _measured(document: Document, weighed: Weighed) -> tuple[int | None, float | None, str]:
    rank = next(
        (n for n, hit in enumerate(weighed.hits, 1) if hit.passage.document_id == document.id), None
    )
    own = _sentences(_is_of(document), weighed.scored)
    return (rank, own[0].relevance, own[0].candidate.text) if own else (rank, None, "")


def _is_of(document: Document) -> Mine:
    return lambda passage: passage.document_id == document.id


def _sentences(mine: Mine, scored: Sequence[Scored]) -> list[Scored]:
    return [item for item in scored if mine(item.candidate.passage)]
