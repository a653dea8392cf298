"""Joining several rankings of the same things into one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[str]], k: int = 60, weights: Sequence[float] | None = None
) -> list[tuple[str, float]]:
    """All ids, best first, each with the sum of weight / (k + rank) over the rankings that have it.

    Only an id's first place in a ranking counts. Ids with equal scores keep the order in which they were met.
    k=60 is the constant of Cormack, Clarke and Büttcher (SIGIR 2009); a smaller one trusts first places more.
    """
    if weights is None:
        weights = [1.0] * len(rankings)
    scores: defaultdict[str, float] = defaultdict(float)
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, key in enumerate(dict.fromkeys(ranking), start=1):
            scores[key] += weight / (k + rank)
    return sorted(scores.items(), key=lambda scored: -scored[1])
