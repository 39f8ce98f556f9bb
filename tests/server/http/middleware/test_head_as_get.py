"""HEAD is answered as GET is, without the body."""

import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from server.http.middleware import HeadAsGet


@pytest.fixture(scope="module")
def seen():
    """The scopes of requests as whoever is further out sees them once they are answered."""
    return []


@pytest.fixture(scope="module")
def client(seen):
    app = FastAPI()

    @app.get("/words/{word}")
    async def words(word: str) -> str:
        return word

    @app.get("/pieces")
    async def pieces() -> StreamingResponse:
        return StreamingResponse(iter([b"a", b"b"]))

    class Outer:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            await self.app(scope, receive, send)
            seen.append(scope)

    app.add_middleware(HeadAsGet)
    app.add_middleware(Outer)
    return TestClient(app)


@pytest.mark.parametrize("path", ["/words/surf", "/pieces", "/nothing"])
def test_head_answers_as_get_without_the_body(client, path):
    get, head = client.get(path), client.head(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers == get.headers


def test_whoever_is_further_out_sees_the_route_and_still_the_method_that_was_asked(client, seen):
    client.head("/words/surf")
    assert seen[-1]["route"].path == "/words/{word}"
    assert seen[-1]["method"] == "HEAD"


def test_other_methods_stay_what_they_are(client):
    assert client.post("/words/surf").status_code == 405
