"""Chroma, nearest vectors of the pieces that LangChain's RecursiveCharacterTextSplitter makes."""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peer import PASSAGES, model, pieces, run

if TYPE_CHECKING:
    from pathlib import Path

    from peer import Documents, Search

BATCH = 1000  # rows given at once; Chroma takes about five times as many


def add(place: Path, documents: Documents) -> Search:
    import chromadb
    from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

    client = chromadb.PersistentClient(
        str(place), chromadb.config.Settings(anonymized_telemetry=False)
    )
    embed: Any = SentenceTransformerEmbeddingFunction(model(), normalize_embeddings=True)
    table = client.create_collection("pieces", embedding_function=embed)
    rows = pieces(documents)
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        table.add(
            ids=[str(start + row) for row in range(len(some))],
            documents=[text for _, text in some],
            metadatas=[{"document": key} for key, _ in some],
        )

    def search(query: str) -> list[str]:
        found = table.query(query_texts=[query], n_results=PASSAGES, include=["metadatas"])
        return [str(row["document"]) for row in (found["metadatas"] or [[]])[0]]

    return search


if __name__ == "__main__":
    run(add)
