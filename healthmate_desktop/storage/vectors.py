"""A person's vectors in memory, for exact search: 50,000 of them take 75 MB and 8 ms a query."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from healthmate_desktop.domain.ids import PassageId, PatientId

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Matrix:
    """One row for each passage."""

    ids: Sequence[PassageId]
    vectors: Vectors

    def nearest(self, vector: Vectors, k: int) -> list[tuple[PassageId, float]]:
        """The `k` largest products, best first."""
        if not self.ids or k < 1:
            return []
        scores = self.vectors @ np.asarray(vector, np.float32).reshape(-1)
        best = np.argpartition(-scores, min(k, len(scores)) - 1)[:k]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [(self.ids[i], float(scores[i])) for i in best]

    def rows(self, ids: Sequence[PassageId]) -> Vectors:
        """One for each of `ids`; zeros where there is none."""
        found = np.zeros((len(ids), self.vectors.shape[1]), np.float32)
        for row, key in enumerate(ids):
            if key in self._places:
                found[row] = self.vectors[self._places[key]]
        return found

    @functools.cached_property
    def _places(self) -> dict[PassageId, int]:
        return {key: row for row, key in enumerate(self.ids)}


class VectorCache:
    """Keeps the matrix of the person searched last until something is written. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = 0
        self._kept: tuple[int, PatientId, Matrix] | None = None

    @property
    def generation(self) -> int:
        """To be taken before a reading transaction begins: what that sees is at least as new."""
        return self._generation

    def forget(self) -> None:
        """Call after each commit."""
        with self._lock:
            self._generation += 1
            self._kept = None

    def matrix(self, patient_id: PatientId, generation: int, load: Callable[[], Matrix]) -> Matrix:
        with self._lock:
            if self._kept is not None and self._kept[:2] == (generation, patient_id):
                return self._kept[2]
        matrix = load()
        with self._lock:
            if generation == self._generation:  # else a writer was quicker, and this may be old
                self._kept = (generation, patient_id, matrix)
        return matrix
