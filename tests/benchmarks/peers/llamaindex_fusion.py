"""LlamaIndex: its vector index and BM25 retriever, joined by its QueryFusionRetriever with reciprocal ranks."""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

from typing import TYPE_CHECKING

from peer import PASSAGES, model, pieces, run

if TYPE_CHECKING:
    from pathlib import Path

    from peer import Documents, Search


def add(_place: Path, documents: Documents) -> Search:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.retrievers.bm25 import BM25Retriever

    hidden = ["document"]  # an id is no text to embed or to search for
    nodes = [
        TextNode(
            id_=str(number),
            text=text,
            metadata={"document": key},
            excluded_embed_metadata_keys=hidden,
            excluded_llm_metadata_keys=hidden,
        )
        for number, (key, text) in enumerate(pieces(documents))
    ]
    index = VectorStoreIndex(
        nodes, embed_model=HuggingFaceEmbedding(model(), device="cpu", embed_batch_size=32)
    )
    fusion = QueryFusionRetriever(
        [
            index.as_retriever(similarity_top_k=PASSAGES),
            BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=PASSAGES),
        ],
        llm=MockLLM(),  # asked for nothing, as the question is searched for only as it is
        num_queries=1,
        mode="reciprocal_rerank",
        similarity_top_k=PASSAGES,
        use_async=False,
    )
    return lambda query: [found.node.metadata["document"] for found in fusion.retrieve(query)]


if __name__ == "__main__":
    run(add)
