"""txtai, hybrid: its BM25 and vectors in faiss, joined as it joins them; whole documents, as it is given them."""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

from typing import TYPE_CHECKING

from peer import DOCUMENTS, model, run

if TYPE_CHECKING:
    from pathlib import Path

    from peer import Documents, Search


def add(_place: Path, documents: Documents) -> Search:
    from txtai import Embeddings

    embeddings = Embeddings(path=model(), hybrid=True)
    embeddings.index(documents.items())
    return lambda query: [key for key, _ in embeddings.search(query, DOCUMENTS)]


if __name__ == "__main__":
    run(add)
