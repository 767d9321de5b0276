"""The documents of an engine as the HTTP API and MCP show them."""

from collections.abc import Iterable
from typing import Any

from corpus.model import Document, Passage
from qa.engine import Engine
from qa.references import reference


def summary(document: Document) -> dict[str, Any]:
    """Return what a document is and whom it is about."""
    return {
        "id": document.doc_id,
        "title": document.title,
        "publisher": document.publisher,
        "published": document.published,
        "source": document.source,
        "hospitals": list(document.hospitals),
    }


def document_to_dict(engine: Engine, doc_id: str) -> dict[str, Any]:
    """Return a document with its paragraphs and how to cite it.

    Raises KeyError when there is none of that id.
    """
    document = engine.document(doc_id)
    return {
        **summary(document),
        "passages": [_passage(passage) for passage in engine.passages(doc_id)],
        "reference": reference(
            document.title, document.publisher, document.published, document.source
        ),
    }


def hospitals(documents: Iterable[Document]) -> list[str]:
    """Return the canonical names of whom the documents are about, in the documents' order."""
    names = {
        name: None
        for document in documents
        if document.meta.get("kind", "hospital") == "hospital"
        for name in document.hospitals
    }
    return list(names)


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "passage_id": passage.passage_id,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "context": passage.context,
        "hospitals": list(passage.hospitals),
    }
