"""Putting the passages that were found in order: by meaning, by words, and by what the title says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from healthmate_desktop.domain.passages import Hit
from healthmate_desktop.services.embedding import unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from healthmate_desktop.domain.ids import PassageId
    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.services.ports import Vectors

    # passages, their vectors, and those of their titles
    Found = tuple[Sequence[Passage], Vectors, Vectors]
    Scores = npt.NDArray[np.float32]


class Weights(NamedTuple):
    """Measured in docs/decisions/0024-ranking.md."""

    passage: float  # of its nearness to the question
    title: float  # of that of its title
    words: float  # of its share of the best BM25 score


ENGLISH = Weights(1, 0.5, 0.3)
OTHER = Weights(0.5, 0.25, 1)  # the embedder has read little else than English
FEEDBACK = 3  # best passages that the question is moved towards before the last ranking
FEEDBACK_WEIGHT = 0.3
SLOPE, MIDDLE = 4.7, 1.27  # of the chance that a passage answers, over its score


def ranked(
    question: Vectors, found: Found, words: Mapping[PassageId, float], weights: Weights = ENGLISH
) -> list[Hit]:
    """Best first, each with the chance that it bears on the question, 0 to 1. `words` are BM25 scores."""
    import numpy as np

    passages, vectors, titles = found
    if not passages:
        return []
    bm25 = np.array([words.get(passage.id, 0) for passage in passages], np.float32)
    share = bm25 / max(float(bm25.max()), 1e-6)
    scores = _scores(question, vectors, titles, share, weights)
    nearest = vectors[np.argsort(-scores, kind="stable")[:FEEDBACK]]
    moved = unit(question + FEEDBACK_WEIGHT * unit(nearest.mean(axis=0)))
    scores = _scores(moved, vectors, titles, share, weights)
    chances = 1 / (1 + np.exp(-SLOPE * (scores - MIDDLE)))
    dense, title = vectors @ question, titles @ question
    return [
        Hit(passages[i], float(chances[i]), float(dense[i]), float(title[i]), float(bm25[i]))
        for i in np.argsort(-scores, kind="stable")
    ]


def _scores(
    question: Vectors, vectors: Vectors, titles: Vectors, share: Scores, weights: Weights
) -> Scores:
    near, named = vectors @ question, titles @ question
    scores: Scores = weights.passage * near + weights.title * named + weights.words * share
    return scores
