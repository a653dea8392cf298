"""A person's passages: their text, the full-text index over it, and their vectors.

Every search takes the person and asks for their rows only, in the query itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from healthmate_desktop.domain.passages import Passage
from healthmate_desktop.storage.patients import check_reach, is_in_reach
from healthmate_desktop.storage.tables import FULL_TEXT, PASSAGE, VECTOR
from healthmate_desktop.storage.vectors import Matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from healthmate_desktop.domain.ids import DocumentId, PassageId, PatientId
    from healthmate_desktop.storage.context import Context
    from healthmate_desktop.storage.vectors import Vectors

DIMENSIONS = 384
_MOST_WORDS = 64  # of a query
_STORED = np.dtype("<f4")


class Passages:
    """`matrix_of` gives a person's vectors, kept from an earlier search where that is safe."""

    def __init__(
        self,
        context: Context,
        matrix_of: Callable[[PatientId, Callable[[], Matrix]], Matrix],
    ) -> None:
        self._context = context
        self._connection = context.connection
        self._matrix_of = matrix_of

    def add(
        self, patient_id: PatientId, passages: Sequence[Passage], vectors: Vectors, embedder: str
    ) -> None:
        """Keep passages of this person's documents; row i of `vectors` belongs to passage i.

        Raises NotFound for a person out of reach.
        """
        if vectors.shape != (len(passages), DIMENSIONS):
            raise ValueError(f"{len(passages)} passages, vectors of shape {vectors.shape}")
        check_reach(self._context, patient_id)
        if not passages:
            return
        last = self._connection.execute(sa.select(sa.func.max(PASSAGE.c.number))).scalar() or 0
        texts: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for number, (passage, vector) in enumerate(zip(passages, vectors, strict=True), last + 1):
            texts.append(
                {
                    "number": number,
                    "id": passage.id,
                    "patient_id": patient_id,
                    "document_id": passage.document_id,
                    "title": passage.title,
                    "heading": passage.heading,
                    "text": passage.text,
                    "page": passage.page,
                    "start": passage.start,
                }
            )
            rows.append(
                {
                    "passage_number": number,
                    "patient_id": patient_id,
                    "embedder": embedder,
                    "vector": np.asarray(vector, _STORED).tobytes(),
                }
            )
        self._connection.execute(sa.insert(PASSAGE), texts)
        self._connection.execute(sa.insert(VECTOR), rows)
        for document_id in {passage.document_id for passage in passages}:
            self._context.audit.touch_content(document_id, patient_id)

    def get(self, ids: Sequence[PassageId]) -> list[Passage]:
        """In the order of `ids`; those that are gone or out of reach are left out."""
        query = sa.select(PASSAGE).where(PASSAGE.c.id.in_(ids), self._reachable())
        found = {row.id: _passage(row) for row in self._connection.execute(query)}
        return [found[passage_id] for passage_id in ids if passage_id in found]

    def of_document(self, document_id: DocumentId) -> list[Passage]:
        """In reading order."""
        query = (
            sa.select(PASSAGE)
            .where(PASSAGE.c.document_id == document_id, self._reachable())
            .order_by(PASSAGE.c.number)
        )
        return [_passage(row) for row in self._connection.execute(query)]

    def count(self, document_id: DocumentId) -> int:
        query = sa.select(sa.func.count()).where(
            PASSAGE.c.document_id == document_id, self._reachable()
        )
        return int(self._connection.execute(query).scalar_one())

    def counts(self, patient_id: PatientId) -> dict[DocumentId, int]:
        """How many passages each document of a person has; those without any are left out."""
        query = (
            sa.select(PASSAGE.c.document_id, sa.func.count())
            .where(PASSAGE.c.patient_id == patient_id, self._reachable())
            .group_by(PASSAGE.c.document_id)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def full_text(self, patient_id: PatientId, query: str, k: int) -> list[tuple[PassageId, float]]:
        """BM25 over any of the words, best first, higher is better. Takes any text: it is never query syntax."""
        words = dict.fromkeys(re.findall(r"\w+", query.lower()))
        if not words:
            return []
        index: sa.ColumnClause[str] = sa.literal_column("passage_fts")
        score = sa.func.bm25(index)
        search = (
            sa.select(PASSAGE.c.id, score)
            .select_from(FULL_TEXT.join(PASSAGE, PASSAGE.c.number == FULL_TEXT.c.rowid))
            .where(
                index.op("MATCH")(" OR ".join(f'"{word}"' for word in list(words)[:_MOST_WORDS])),
                PASSAGE.c.patient_id == patient_id,
                self._reachable(),
            )
            .order_by(score, PASSAGE.c.number)
            .limit(k)
        )
        return [(row[0], -float(row[1])) for row in self._connection.execute(search)]

    def nearest(
        self, patient_id: PatientId, vector: Vectors, k: int
    ) -> list[tuple[PassageId, float]]:
        """Exact, best first; the score is the product with `vector`."""
        if not is_in_reach(self._context, patient_id):  # asked each time, whatever is at hand
            return []
        return self._matrix_of(patient_id, lambda: self._load(patient_id)).nearest(vector, k)

    def vectors(self, patient_id: PatientId, ids: Sequence[PassageId]) -> Vectors:
        """Shape (len(ids), 384); zeros where the person has no such passage or is out of reach."""
        if not is_in_reach(self._context, patient_id):
            return np.zeros((len(ids), DIMENSIONS), np.float32)
        return self._matrix_of(patient_id, lambda: self._load(patient_id)).rows(ids)

    def _reachable(self) -> sa.ColumnElement[bool]:
        return self._context.scope.includes(PASSAGE.c.patient_id)

    def _load(self, patient_id: PatientId) -> Matrix:
        query = (
            sa.select(PASSAGE.c.id, VECTOR.c.vector)
            .join(VECTOR, VECTOR.c.passage_number == PASSAGE.c.number)
            .where(VECTOR.c.patient_id == patient_id)
            .order_by(PASSAGE.c.number)
        )
        rows = self._connection.execute(query).all()
        vectors = np.frombuffer(b"".join(row.vector for row in rows), _STORED)
        return Matrix([row.id for row in rows], vectors.reshape(-1, DIMENSIONS))


def delete_passages(connection: sa.Connection, document_id: DocumentId) -> None:
    """All that was made findable of a document; the full-text index forgets it too."""
    numbers = sa.select(PASSAGE.c.number).where(PASSAGE.c.document_id == document_id)
    connection.execute(sa.delete(VECTOR).where(VECTOR.c.passage_number.in_(numbers)))
    connection.execute(sa.delete(PASSAGE).where(PASSAGE.c.document_id == document_id))


def _passage(row: sa.Row[Any]) -> Passage:
    return Passage(
        id=row.id,
        shelf="person",
        document_id=row.document_id,
        title=row.title,
        text=row.text,
        page=row.page,
        start=row.start,
        heading=row.heading,
    )
