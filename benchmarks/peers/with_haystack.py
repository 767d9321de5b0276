"""Haystack: an in-memory store, BM25 and vectors, joined by reciprocal rank fusion.

Set up as https://haystack.deepset.ai/tutorials/33_hybrid_retrieval and
https://docs.haystack.deepset.ai/docs/documentjoiner say, with the embedders of
https://haystack.deepset.ai/integrations/sentence-transformers, whose `prefix` is the place for E5's
"query: " and "passage: ". The tutorial's last step, a cross-encoder, is another model and left out.

Chinese: nothing to fix from Haystack 3.4 on, whose default `bm25_tokenization_regex` makes each Han
character a token (https://github.com/deepset-ai/haystack/issues/12836).
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.runner import Search


def open_search(passages: Sequence[str], model: Path) -> Search:
    from haystack import Document, Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import (
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack.utils import ComponentDevice
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    device = ComponentDevice.from_str("cpu")
    store = InMemoryDocumentStore()
    documents = [Document(id=str(number), content=text) for number, text in enumerate(passages)]
    embedder = SentenceTransformersDocumentEmbedder(
        model=str(model), prefix="passage: ", device=device, progress_bar=False
    )
    store.write_documents(embedder.run(documents)["documents"])

    pipeline = Pipeline()
    pipeline.add_component(
        "text_embedder",
        SentenceTransformersTextEmbedder(
            model=str(model), prefix="query: ", device=device, progress_bar=False
        ),
    )
    pipeline.add_component("embedding_retriever", InMemoryEmbeddingRetriever(store))
    pipeline.add_component("bm25_retriever", InMemoryBM25Retriever(store))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    pipeline.connect("text_embedder", "embedding_retriever")
    pipeline.connect("embedding_retriever", "joiner")
    pipeline.connect("bm25_retriever", "joiner")

    def search(question: str, k: int) -> list[int]:
        asked = {"text_embedder": {"text": question}, "bm25_retriever": {"query": question}}
        found = pipeline.run(asked)["joiner"]["documents"]
        return [int(document.id) for document in found[:k]]

    return search
