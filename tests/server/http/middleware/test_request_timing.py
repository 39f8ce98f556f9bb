"""One clock: what a client is told is what is counted."""

import asyncio

import pytest
from fastapi import FastAPI, Response
from starlette.testclient import TestClient

from server.http.middleware import RequestTiming


@pytest.fixture
def counted():
    return []


@pytest.fixture
def client(counted):
    app = FastAPI()

    @app.get("/words/{word}")
    async def words(word: str) -> str:
        return word

    @app.get("/timed")
    async def timed() -> Response:
        return Response(headers={"Server-Timing": "db;dur=1"})

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(0.02)
        return "slow"

    app.add_middleware(RequestTiming, count=lambda scope, status, took: counted.append((scope["path"], status, took)))
    return TestClient(app)


@pytest.mark.parametrize(("path", "status"), [("/words/surf", 200), ("/nothing", 404), ("/slow", 200)])
def test_every_answer_says_how_long_it_took_and_is_counted_with_the_same_time(client, counted, path, status):
    name, _, milliseconds = client.get(path).headers["server-timing"].partition(";dur=")
    ((asked, answered, took),) = counted
    assert (name, asked, answered) == ("app", path, status)
    assert float(milliseconds) == pytest.approx(took * 1000, abs=0.051)


def test_time_is_counted_until_the_answer_begins(client, counted):
    client.get("/slow")
    assert counted[0][2] >= 0.02


def test_what_a_route_has_timed_itself_is_told_too(client):
    assert client.get("/timed").headers["server-timing"].startswith("db;dur=1, app;dur=")
