"""Plain LanceDB: its full-text index and vectors as they come, joined by its own RRFReranker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peer import PASSAGES, model, pieces, run

if TYPE_CHECKING:
    from pathlib import Path

    from peer import Documents, Search


def add(place: Path, documents: Documents) -> Search:
    import lancedb
    from lancedb.index import FTS
    from lancedb.rerankers import RRFReranker
    from sentence_transformers import SentenceTransformer

    embedder: Any = SentenceTransformer(model(), device="cpu")
    rows = pieces(documents)
    vectors = embedder.encode([text for _, text in rows], normalize_embeddings=True)
    table = lancedb.connect(str(place)).create_table(
        "pieces",
        [
            {"document": key, "text": text, "vector": vector}
            for (key, text), vector in zip(rows, vectors, strict=True)
        ],
    )
    table.create_index("text", config=FTS())
    reranker = RRFReranker()

    def search(query: str) -> list[str]:
        vector = embedder.encode(query, normalize_embeddings=True)
        asked = table.search(query_type="hybrid").vector(vector).text(query)
        return [row["document"] for row in asked.rerank(reranker).limit(PASSAGES).to_list()]

    return search


if __name__ == "__main__":
    run(add)
