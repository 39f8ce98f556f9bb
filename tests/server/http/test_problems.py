"""The one table from exception to answer: every error class has a place, and a 500 keeps its text to itself."""

import inspect
import logging

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import model.errors
import server.errors
import tiles.errors
from server.errors import InvalidInput, Overloaded, ServerError, StartError
from server.http.problems import INTERNAL_DETAIL, install_problems, problem_of

SECRET = "secret: /home/ann/key"


def every_error():
    for module in (model.errors, tiles.errors, server.errors):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Exception) and kind.__module__ == module.__name__:
                yield kind


def make(kind):
    return kind("lat", "is wrong") if kind is InvalidInput else kind("lat: is wrong")


@pytest.mark.parametrize("kind", list(every_error()), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_error_class_becomes_a_whole_problem(kind):
    problem = problem_of(make(kind))
    assert problem.status in (404, 409, 422, 500, 503)
    assert problem.type.startswith("/problems/")
    assert problem.title
    assert problem.detail


@pytest.mark.parametrize(
    "kind", [ServerError, StartError, model.errors.ModelError, ValueError, tiles.errors.InvalidRaster]
)
def test_what_is_not_the_clients_fault_keeps_its_text_to_itself(kind):
    problem = problem_of(kind(SECRET))
    assert problem.status == 500
    assert problem.detail == INTERNAL_DETAIL


@pytest.mark.parametrize(
    "kind",
    [
        tiles.errors.InvalidPoint,
        tiles.errors.InvalidRegion,
        tiles.errors.InvalidHeatmap,
        tiles.errors.UnknownRegion,
    ],
)
def test_a_field_is_named_by_the_tiles_room_too(kind):
    problem = problem_of(kind("gsd: must be 0.01 to 20000 metres per pixel, got 0"))
    assert [part.field for part in problem.errors] == ["gsd"]


@pytest.fixture(scope="module")
def failing():
    """An application whose every path raises."""
    app = FastAPI()
    install_problems(app)
    errors = {
        "value": ValueError(SECRET),
        "gallery": model.errors.GalleryError(SECRET),
        "overloaded": Overloaded("Too many."),
        "down": tiles.errors.ImageryUnavailable("esri does not answer", retry_after=12.2),
    }

    @app.get("/{name}")
    async def fail(name: str) -> None:
        raise errors[name]

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("name", ["value", "gallery"])
def test_a_500_is_a_problem_without_the_exceptions_text(failing, name, caplog):
    with caplog.at_level(logging.ERROR):
        answer = failing.get(f"/{name}")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert SECRET not in answer.text


def test_an_error_of_a_room_is_logged_with_its_trace(failing, caplog):
    with caplog.at_level(logging.ERROR, logger="earshot"):
        failing.get("/gallery")
    assert any(record.exc_info for record in caplog.records)


def test_unavailable_answers_say_when_to_try_again_in_whole_seconds(failing):
    assert failing.get("/overloaded").headers["retry-after"] == "1"
    assert failing.get("/down").headers["retry-after"] == "13"
