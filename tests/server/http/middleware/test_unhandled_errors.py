"""An exception that nothing handled: answered where nothing was answered yet, and passed on."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.errors import Overloaded
from server.http.middleware import UnhandledErrors
from server.http.problems import INTERNAL_DETAIL

SECRET = "secret: /home/ann/key"


async def broken(_):
    raise ValueError(SECRET)


async def overloaded(_):
    raise Overloaded("Too many.", retry_after=7)


async def breaks_off(_):
    def pieces():
        yield b"the beginning"
        raise ValueError(SECRET)

    return StreamingResponse(pieces())


async def well(_):
    return PlainTextResponse("well")


@pytest.fixture(scope="module")
def app():
    app = Starlette(routes=[Route(f"/{each.__name__}", each) for each in (broken, overloaded, breaks_off, well)])
    app.add_middleware(UnhandledErrors)
    return app


@pytest.fixture
def client(app):
    return TestClient(app, raise_server_exceptions=False)


def test_it_becomes_a_500_that_keeps_its_text_to_the_log(client, caplog):
    with caplog.at_level(logging.ERROR, logger="earshot"):
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["detail"] == INTERNAL_DETAIL
    assert SECRET not in answer.text
    assert any(record.exc_info for record in caplog.records)


def test_what_the_table_knows_is_answered_by_the_table(client):
    answer = client.get("/overloaded")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")


def test_it_goes_on_to_the_servers_log_and_to_a_test_that_wants_it(app):
    with pytest.raises(ValueError, match="secret"):
        TestClient(app).get("/broken")


def test_an_answer_that_has_begun_is_broken_off_and_not_answered_twice(client):
    answer = client.get("/breaks_off")
    assert answer.status_code == 200
    assert answer.content == b"the beginning"


def test_without_an_exception_nothing_changes(client):
    assert client.get("/well").text == "well"
