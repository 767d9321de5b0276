"""`POST /api/feedback`: what a reader says of an answer.

The question is asked again and the server's own answer is kept: a copy that a browser sends could
say anything. It does not go through `Service.ask`, for it is no question of a reader, to be counted
and logged as one; so that it takes no more than a place of its own, one is answered at a time.
"""

import logging
import threading
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import Field

from qa.errors import Busy, DataNotKept
from qa.feedback import FEEDBACK_FILE, MOST_COMMENT, Complaint, FeedbackStore, Verdict
from qa.model import Answer
from qa.settings import Settings
from qa.web.problems import bad_request
from qa.web.schema import AskRequest, ProblemResponse
from qa.web.service import Service

logger = logging.getLogger(__name__)

WAIT_SECONDS = 10.0
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemResponse, "description": description}
    for status, description in (
        (400, "The question or what is said of it cannot be used."),
        (404, "Feedback is switched off."),
        (429, "Too many requests of one client."),
        (503, "Too many wait, or the documents are still being opened."),
    )
}


class FeedbackRequest(AskRequest):
    """A question as it was asked, and what a reader says of the answer."""

    verdict: Verdict
    reason: Annotated[Complaint, Field(description="What is wrong, of a thumb down.")] = ""
    comment: Annotated[str, Field(max_length=MOST_COMMENT)] = ""


def router(service: Service, settings: Settings) -> APIRouter:
    """Return the route. It answers 404 where the setting `feedback` is off."""
    routes = APIRouter()
    store = FeedbackStore(settings.data.expanduser() / FEEDBACK_FILE)
    turn = threading.Lock()

    @routes.post("/api/feedback", status_code=201, responses=_PROBLEMS, tags=["feedback"])
    def feedback(body: FeedbackRequest) -> dict[str, bool]:
        """Keep what a reader says of an answer, with the answer, and nothing of who says it."""
        if not settings.feedback:
            raise HTTPException(404, "feedback is switched off on this server")
        try:
            answer = _answer(service, turn, body)
            store.add(
                answer,
                body.verdict,
                body.reason,
                body.comment,
                history=body.messages,
                hospital=body.hospital,
            )
        except ValueError as error:
            raise bad_request(error) from error
        except DataNotKept as error:  # it names a folder of the server
            logger.error("feedback was lost: %s", error)  # noqa: TRY400 - the message says it all
            raise HTTPException(500, "feedback cannot be kept at the moment") from error
        return {"kept": True}

    return routes


def _answer(service: Service, turn: threading.Lock, body: FeedbackRequest) -> Answer:
    engine = service.engine
    if not turn.acquire(timeout=WAIT_SECONDS):
        raise Busy("much feedback is being kept already; send it again in a moment")
    try:
        return engine.ask(body.question, body.messages, body.hospital, body.k)
    finally:
        turn.release()
