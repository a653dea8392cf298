"""Find passages: by meaning and by words, over a person's documents and the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.ids import PassageId
from healthmate_desktop.domain.passages import Hit
from healthmate_desktop.domain.retrieval import reciprocal_rank_fusion
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import storable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.passages import Passage
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Embedder, Library, Vectors

Scope = Literal["library", "person", "all"]
DEPTH = 100  # candidates of each kind that are fused
FLATNESS = 20  # k of the fusion; 60 is usual, 20 was better on two judged sets
LONGEST_QUERY = 4000  # characters
MOST_WORDS = 30  # looked up for one question


class SearchService:
    """Hybrid search: nearest vectors and BM25, joined by reciprocal rank fusion.

    Without a vault only the library is searched.
    """

    def __init__(self, access: Access | None, library: Library, embedder: Embedder) -> None:
        self._access = access
        self._library = library
        self._embedder = embedder

    def search(
        self, query: str, patient_id: PatientId | None, *, scope: Scope = "all", k: int = 5
    ) -> list[Hit]:
        """The best passage of each document, best first, then further passages of the same; `k` in all.

        Without a person only the library is searched.
        """
        query = storable(query.strip()[:LONGEST_QUERY])
        if not query:
            return []
        vector = self._embedder.embed([query])[0]
        hits: list[Hit] = []
        if scope != "person":
            hits += self.library_hits(query, vector, DEPTH)
        if scope != "library" and patient_id is not None:
            hits += self.person_hits(query, vector, patient_id, DEPTH)
        return _documents_first(sorted(hits, key=lambda hit: -hit.score))[:k]

    def library_hits(self, query: str, vector: Vectors, k: int) -> list[Hit]:
        dense = [key for key, _ in self._library.nearest(vector, DEPTH)]
        words = [key for key, _ in self._library.full_text(query, DEPTH)]
        fused = reciprocal_rank_fusion([dense, words], k=FLATNESS)[:k]
        return _hits(fused, self._library.get([PassageId(key) for key, _ in fused]), dense, words)

    def person_hits(self, query: str, vector: Vectors, patient_id: PatientId, k: int) -> list[Hit]:
        if self._access is None:
            return []
        with self._access.read(Action.VIEW, patient_id) as tx:
            dense = [key for key, _ in tx.passages.nearest(patient_id, vector, DEPTH)]
            words = [key for key, _ in tx.passages.full_text(patient_id, query, DEPTH)]
            fused = reciprocal_rank_fusion([dense, words], k=FLATNESS)[:k]
            passages = tx.passages.get([PassageId(key) for key, _ in fused])
        return _hits(fused, passages, dense, words)

    def unheard(
        self, words: Sequence[str], patient_id: PatientId, *, own_only: bool = False
    ) -> list[str]:
        """Those of the first words that stand nowhere in the person's documents, nor in the library."""
        unheard = list(words[:MOST_WORDS])
        if self._access is not None and unheard:
            with self._access.read(Action.VIEW, patient_id) as tx:
                unheard = [w for w in unheard if not tx.passages.full_text(patient_id, w, 1)]
        if not own_only:
            unheard = [w for w in unheard if not self._library.full_text(w, 1)]
        return unheard


def _documents_first(hits: Sequence[Hit]) -> list[Hit]:
    """A list filled by one long document hides the others."""
    seen: set[str] = set()
    firsts: list[Hit] = []
    others: list[Hit] = []
    for hit in hits:
        (others if hit.passage.document_id in seen else firsts).append(hit)
        seen.add(hit.passage.document_id)
    return firsts + others


def _hits(
    fused: Sequence[tuple[str, float]],
    passages: Sequence[Passage],
    dense: Sequence[str],
    words: Sequence[str],
) -> list[Hit]:
    by_id: dict[str, Passage] = {passage.id: passage for passage in passages}
    dense_rank = {key: rank for rank, key in enumerate(dense, 1)}
    text_rank = {key: rank for rank, key in enumerate(words, 1)}
    return [
        Hit(by_id[key], score, dense_rank.get(key), text_rank.get(key))
        for key, score in fused
        if key in by_id
    ]
