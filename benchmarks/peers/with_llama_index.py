r"""LlamaIndex: a vector index and BM25, joined by reciprocal rank fusion.

Set up as "Hybrid Retriever" in
https://github.com/run-llama/llama_index/blob/main/docs/docs/examples/retrievers/bm25_retriever.ipynb
and
https://developers.llamaindex.ai/python/framework/integrations/retrievers/reciprocal_rerank_fusion
say, with https://developers.llamaindex.ai/python/examples/embeddings/huggingface for the local
model. `num_queries=1` switches off the rewriting of questions, which needs a language model.

Chinese: fixed. The default pattern of BM25's tokens, `(?u)\b\w\w+\b`, makes all characters between
two punctuation marks one token, which matches next to nothing
(https://github.com/run-llama/llama_index/issues/13866). The parameter for it is `token_pattern`
(https://developers.llamaindex.ai/python/framework-api-reference/retrievers/bm25): each Han
character becomes a token, as it is by default in the two other peers. Words cut by jieba beforehand
(https://github.com/run-llama/llama_index/issues/17461) found less on our dev questions.
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.runner import Search

CANDIDATES = 10  # of each retriever; Haystack's default
TOKEN_PATTERN = r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+"  # noqa: S105  (no password)


def open_search(passages: Sequence[str], model: Path) -> Search:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.retrievers.bm25 import BM25Retriever

    nodes = [TextNode(id_=str(number), text=text) for number, text in enumerate(passages)]
    embedding = HuggingFaceEmbedding(
        model_name=str(model),
        query_instruction="query: ",
        text_instruction="passage: ",
        device="cpu",
    )
    index = VectorStoreIndex(nodes, embed_model=embedding)
    keywords = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=CANDIDATES, token_pattern=TOKEN_PATTERN
    )
    retriever = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=CANDIDATES), keywords],
        llm=MockLLM(),  # never asked; without it OpenAI's is looked for
        mode="reciprocal_rerank",
        similarity_top_k=CANDIDATES,
        num_queries=1,
        use_async=False,
    )

    def search(question: str, k: int) -> list[int]:
        return [int(found.node.node_id) for found in retriever.retrieve(question)[:k]]

    return search
