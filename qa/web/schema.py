"""The bodies of the HTTP API, typed, so that `/openapi.json` describes them.

What answers look like is decided by `Answer.to_dict()`; these models say the same and are held to
it by a test. Responses are made from the dictionaries, not from these models.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qa.model import Kind, Language, Reason, Status

MOST_MESSAGES = 50
LONGEST_MESSAGE = 20_000  # characters


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChatMessage(_Body):
    """A message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=LONGEST_MESSAGE)]


class AskRequest(_Body):
    """A question, what was said before, and the hospital that the answer is limited to."""

    question: Annotated[str, Field(examples=["汝州一院有多少党员?"])]
    history: Annotated[
        tuple[ChatMessage, ...], Field(max_length=MOST_MESSAGES, description="Oldest first.")
    ] = ()
    hospital: Annotated[str | None, Field(description="A name or an alias.")] = None
    k: Annotated[int, Field(ge=1, le=50, description="Passages to answer from.")] = 5

    @property
    def messages(self) -> list[dict[str, str]]:
        """The history as the engine takes it."""
        return [message.model_dump() for message in self.history]


class SearchRequest(AskRequest):
    """What to search for; as a question to `/api/ask`."""

    k: Annotated[int, Field(ge=1, le=100, description="Passages to return.")] = 10


class Reference(_Body):
    """How to cite a document."""

    gbt7714: str
    plain: str


class Citation(_Body):
    """Where a quote comes from: `text[start:end]` of the document, in code points, is `quote`."""

    marker: Annotated[int, Field(ge=1, description="The number in the answer's text.")]
    doc_id: str
    title: str
    publisher: str
    published: str
    source: str
    hospital: str
    passage_id: str
    quote: str
    start: int
    end: int
    also_in: Annotated[list[str], Field(description="Passages that say the same.")]
    marks: Annotated[
        list[tuple[int, int]],
        Field(description="Ranges of the document's text: the value asked for."),
    ]
    reference: Reference


class Sentence(_Body):
    """A sentence of a passage and how well it fits; higher is better."""

    text: str
    score: float


class Hit(_Body):
    """A passage that was found; every score is higher-is-better."""

    rank: Annotated[int, Field(ge=1)]
    score: float
    dense: float
    lexical: float
    passage_id: str
    doc_id: str
    text: str
    start: int
    end: int
    context: str
    hospitals: list[str]
    also: list[str]
    sentences: Annotated[list[Sentence], Field(description="All of the passage's, best first.")]


class AskResponse(_Body):
    """An answer made of quotes, a refusal that says why, or a question back."""

    question: str
    query: Annotated[str, Field(description="What was searched for.")]
    text: str
    status: Status
    reason: Reason
    suggestions: Annotated[list[str], Field(description="What could be asked instead.")]
    language: Language
    kind: Annotated[Kind, Field(description="What the question asks for.")]
    confidence: Annotated[float, Field(ge=0, le=1)]
    citations: list[Citation]
    hits: list[Hit]


class SearchResponse(_Body):
    """The passages that fit best, best first."""

    hits: list[Hit]


class DocumentSummary(_Body):
    """A document: what it is and whom it is about. What is not known is empty."""

    id: str
    title: str
    publisher: str
    published: str
    source: str
    hospitals: list[str]


class DocumentsResponse(_Body):
    """All documents that answers come from."""

    documents: list[DocumentSummary]


class Passage(_Body):
    """A paragraph of a document: `text[start:end]` of it, in code points."""

    passage_id: str
    text: str
    start: int
    end: int
    context: Annotated[str, Field(description="The hospital and the headings above.")]
    hospitals: list[str]


class DocumentResponse(DocumentSummary):
    """A document with its paragraphs in reading order."""

    passages: list[Passage]
    reference: Reference


class HospitalsResponse(_Body):
    """The hospitals that the documents are about."""

    hospitals: list[str]


class ReadyResponse(_Body):
    """Whether questions can be answered now."""

    ready: bool


class Problem(_Body):
    """What went wrong; `message` is for people, `code` for programs."""

    code: Literal[
        "bad_request",
        "not_found",
        "too_large",
        "rate_limited",
        "busy",
        "not_ready",
        "forbidden",
        "internal",
    ]
    message: str
    request_id: str


class ProblemResponse(_Body):
    """The form of every error."""

    error: Problem
