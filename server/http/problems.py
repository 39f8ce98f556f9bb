"""The one table from exception to HTTP answer: RFC 9457 problem details, whatever goes wrong."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from model.errors import InvalidInput as InvalidModelInput
from model.errors import ModelError, NotPulled, UnknownEntry
from server.errors import (
    EngineAbsent,
    InvalidInput,
    JobEnded,
    NotFound,
    NotReady,
    Overloaded,
    SoundFailed,
    Unavailable,
)
from server.http.wire import FieldProblem, Problem
from tiles.errors import (
    ImageryUnavailable,
    InvalidHeatmap,
    InvalidPoint,
    InvalidRegion,
    NoImagery,
    RegionMismatch,
    RegionUnreadable,
    TilesError,
    UnknownImagery,
    UnknownRegion,
)

logger = logging.getLogger("earshot")


@dataclass(frozen=True)
class Answer:
    """How one class of exception is told to the client; `says_why` lets the exception's own text through."""

    status: int
    slug: str
    title: str
    says_why: bool = True


# The class nearest to the exception's own wins, so bases stand for whatever is not listed.
PROBLEMS: Mapping[type[Exception], Answer] = {
    InvalidInput: Answer(422, "invalid-input", "Invalid input"),
    InvalidPoint: Answer(422, "invalid-input", "Invalid input"),
    UnknownImagery: Answer(404, "unknown-imagery", "Unknown imagery"),
    NoImagery: Answer(404, "no-imagery", "No imagery here"),
    InvalidRegion: Answer(422, "invalid-input", "Invalid input"),
    InvalidHeatmap: Answer(422, "invalid-input", "Invalid input"),
    UnknownRegion: Answer(404, "unknown-region", "Unknown region"),
    RegionMismatch: Answer(409, "region-mismatch", "A region of another checkpoint"),
    RegionUnreadable: Answer(503, "region-unreadable", "The region cannot be read"),
    InvalidModelInput: Answer(422, "invalid-input", "Invalid input"),
    UnknownEntry: Answer(404, "unknown-entry", "Unknown gallery entry"),
    NotFound: Answer(404, "not-found", "Not found"),
    NotPulled: Answer(409, "not-pulled", "Weights that are not on this server"),
    EngineAbsent: Answer(409, "engine-absent", "The engine is not installed"),
    JobEnded: Answer(409, "job-ended", "The job ended without a sound"),
    SoundFailed: Answer(503, "sound-failed", "The sound could not be made"),
    ImageryUnavailable: Answer(503, "imagery-unavailable", "Imagery unavailable"),
    NotReady: Answer(503, "not-ready", "Not ready"),
    Overloaded: Answer(503, "overloaded", "Too many requests at once"),
    Unavailable: Answer(503, "unavailable", "Unavailable"),
    ModelError: Answer(500, "internal", "Internal error", says_why=False),
    TilesError: Answer(500, "internal", "Internal error", says_why=False),
    Exception: Answer(500, "internal", "Internal error", says_why=False),
}

NAMES_FIELD = (EngineAbsent, InvalidModelInput, InvalidPoint, InvalidRegion, InvalidHeatmap, UnknownRegion)
"""Their messages begin with the field's name and a colon."""

INTERNAL_DETAIL = "Something went wrong here, not in your request. The server's log says what."


INVALID = "A field is missing or out of bounds; `errors` names it."
BUSY = "Not ready, or too many requests at once: see Retry-After."
"""What an answer of that kind means, as most routes document it."""


class ProblemResponse(JSONResponse):
    """A problem+json answer that no cache may keep."""

    media_type = "application/problem+json"


def install_problems(app: FastAPI) -> None:
    """Make every error of `app` a problem+json answer."""
    for kind in PROBLEMS:
        app.add_exception_handler(kind, _tell)
    app.add_exception_handler(RequestValidationError, _tell_invalid_request)
    app.add_exception_handler(HTTPException, _tell_http)


def documented(meanings: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """What a route declares of the problems it may answer with: by status, what each means there."""
    return {status: {"model": Problem, "description": meaning} for status, meaning in meanings.items()}


def problem_of(error: Exception) -> Problem:
    """Look an exception up in the table, by its nearest listed class."""
    answer = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    return Problem(
        type=f"/problems/{answer.slug}",
        title=answer.title,
        status=answer.status,
        detail=str(error) if answer.says_why else INTERNAL_DETAIL,
        errors=_fields_of(error),
    )


def _fields_of(error: Exception) -> list[FieldProblem]:
    """The field an exception blames."""
    if isinstance(error, InvalidInput):
        return [FieldProblem(field=error.field, detail=error.detail)]
    field, colon, detail = str(error).partition(": ")
    return [FieldProblem(field=field, detail=detail)] if isinstance(error, NAMES_FIELD) and colon else []


async def _tell(request: Request, error: Exception) -> Response:
    return tell(request, error)


def tell(request: Request, error: Exception) -> Response:
    """The answer to an exception, by the table; what is our own fault is logged with its traceback."""
    problem = problem_of(error)
    headers = {}
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(max(1, math.ceil(getattr(error, "retry_after", 1.0))))
    return _respond(request, problem, headers)


async def _tell_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [FieldProblem(field=_field(part["loc"]), detail=part["msg"]) for part in error.errors()]
    detail = "; ".join(f"{part.field}: {part.detail}" for part in errors)
    return _respond(
        request,
        Problem(type="/problems/invalid-input", title="Invalid input", status=422, detail=detail, errors=errors),
    )


async def _tell_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return tell_http(request, error)


def tell_http(request: Request, error: HTTPException) -> Response:
    """The answer to what the framework itself refuses: an unknown path, another method, too long a body."""
    title = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != title else f"{request.method} {request.url.path}: {title.lower()}."
    problem = Problem(type="about:blank", title=title, status=error.status_code, detail=detail)
    return _respond(request, problem, error.headers)


def _field(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in loc[1:]) or str(loc[0])


def _respond(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    body = problem.model_copy(update={"instance": request.url.path}).model_dump(mode="json")
    if not problem.errors:
        del body["errors"]
    return ProblemResponse(body, problem.status, {**(headers or {}), "Cache-Control": "no-store"})
