"""Find passages: by meaning and by words, over a person's documents and the library."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from healthmate_desktop.domain.languages import language_of, looked_up
from healthmate_desktop.domain.lay_words import LayWords
from healthmate_desktop.domain.passages import searchable_text
from healthmate_desktop.domain.retrieval import EVERYTHING, Filters, Understood
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import ChildDied, InferenceError, NotEnoughMemory
from healthmate_desktop.services.embedding import embed_question
from healthmate_desktop.services.ranking import ENGLISH, OTHER, ranked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.languages import Language
    from healthmate_desktop.domain.lay_words import Expansion
    from healthmate_desktop.domain.passages import Hit
    from healthmate_desktop.domain.questions import Wanted
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Embedder, Library, Reranker, Vectors
    from healthmate_desktop.services.ranking import Weights

Scope = Literal["library", "person", "all"]
DEPTH = 100  # candidates of each kind that are ranked
LONGEST_QUERY = 4000  # characters
FULL_WEIGHT = 2  # words of a lay word's terms that count as the question's own; decision 0023
RERANKED = 30  # hits that a cross-encoder reads, where there is one; see docs/decisions/0025
MOST_WORDS = 30  # looked up for one question


class SearchService:
    """Hybrid search: the nearest vectors and the best by BM25, ranked together.

    Without a vault only the library is searched.
    """

    def __init__(
        self,
        access: Access | None,
        library: Library,
        embedder: Embedder,
        lay_words: Callable[[], LayWords] = lambda: LayWords([]),
        reranker: Reranker | None = None,
    ) -> None:
        """`lay_words` gives the table when it is first needed."""
        self._access = access
        self._library = library
        self._embedder = embedder
        self._lay_words = lay_words
        self._reranker = reranker

    def search(
        self,
        query: str,
        patient_id: PatientId | None,
        *,
        scope: Scope = "all",
        k: int = 5,
        filters: Filters = EVERYTHING,
    ) -> list[Hit]:
        """The best passage of each document, best first, then further passages of the same; `k` in all.

        Without a person only the library is searched; `filters` are for the library.
        """
        query = storable(query.strip()[:LONGEST_QUERY])
        if not query:
            return []
        vector = embed_question(self._embedder, query)
        hits: list[Hit] = []
        if scope != "person":
            hits += self.library_found(query, vector, DEPTH, filters)[1]
        if scope != "library" and patient_id is not None:
            hits += self.person_hits(query, vector, patient_id, DEPTH)
        return _documents_first(sorted(hits, key=lambda hit: -hit.score))[:k]

    def library_found(
        self, query: str, vector: Vectors, k: int, filters: Filters = EVERYTHING
    ) -> tuple[Understood, list[Hit]]:
        """In the question's language, or one that is not known; in any, where there is none in Spanish or French."""
        spoken = language_of(query)
        if spoken and not filters.languages:
            understood = Understood(spoken, looked_up(query, spoken), self._added(query, spoken))
            narrowed = replace(filters, languages=(spoken,))
            hits = self._library_hits(understood, vector, narrowed)
            if spoken == "en" or any(hit.passage.language == spoken for hit in hits[:k]):
                return understood, self._reranked(query, hits)[:k]
        asked = Understood("", query, self._added(query, "en"))
        hits = self._reranked(query, self._library_hits(asked, vector, filters))[:k]
        return replace(asked, language=spoken or ""), hits

    def _library_hits(self, asked: Understood, vector: Vectors, filters: Filters) -> list[Hit]:
        found, words = self._library.candidates(vector, asked, DEPTH, filters=filters)
        return ranked(vector, found, words, _weights(asked.language))

    def _added(self, query: str, language: Language) -> Mapping[str, float]:
        """What health texts call the things that a question in English names, each with its weight."""
        if language != "en":
            return {}
        added: dict[str, float] = {}
        for each in self._lay_words().expansions(query):
            terms = " ".join(each.terms)  # of many words each counts less
            added[terms] = each.weight * min(1, FULL_WEIGHT / len(terms.split()))
        return added

    def person_hits(self, query: str, vector: Vectors, patient_id: PatientId, k: int) -> list[Hit]:
        if self._access is None:
            return []
        with self._access.read(Action.VIEW, patient_id) as tx:
            near = tx.passages.nearest(patient_id, vector, DEPTH)
            words = dict(tx.passages.full_text(patient_id, query, DEPTH))
            passages = tx.passages.get(list(dict.fromkeys([*dict(near), *words])))
            vectors = tx.passages.vectors(patient_id, [passage.id for passage in passages])
        found = (passages, vectors, vectors)
        hits = ranked(vector, found, words, _weights(language_of(query)))
        return self._reranked(query, hits)[:k]

    def _reranked(self, query: str, hits: list[Hit]) -> list[Hit]:
        """The first of them in the order of a cross-encoder, where there is one; their chances are then its own."""
        if self._reranker is None or not hits or not self._reranker.reranks:
            return hits
        first, others = hits[:RERANKED], hits[RERANKED:]
        texts = [searchable_text(hit.passage) for hit in first]
        try:
            chances = self._reranker.rerank(query, texts)
        except (InferenceError, ChildDied, NotEnoughMemory):  # search goes on without
            return hits
        first = [replace(hit, score=score) for hit, score in zip(first, chances, strict=True)]
        first.sort(key=lambda hit: -hit.score)
        return first + [replace(hit, score=min(hit.score, first[-1].score)) for hit in others]

    def meanings(self, question: str) -> list[Expansion]:
        """What health texts call the things that a question names; nothing where it is not in English."""
        if language_of(question) in {"en", None}:
            return self._lay_words().expansions(question)
        return []

    def unheard(
        self,
        wanted: Sequence[Wanted],
        patient_id: PatientId,
        *,
        own_only: bool = False,
        filters: Filters = EVERYTHING,
    ) -> list[Wanted]:
        """Those of the first words that stand nowhere in the person's documents, nor in the library, by any name."""
        unheard = list(wanted[:MOST_WORDS])
        if self._access is not None and unheard:
            with self._access.read(Action.VIEW, patient_id) as tx:
                unheard = [
                    each
                    for each in unheard
                    if not any(tx.passages.full_text(patient_id, term, 1) for term in each.terms)
                ]
        if not own_only:
            unheard = [
                each
                for each in unheard
                if not any(self._library.full_text(t, 1, filters=filters) for t in each.terms)
            ]
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


def _weights(language: str | None) -> Weights:
    return OTHER if language in ("es", "fr") else ENGLISH
