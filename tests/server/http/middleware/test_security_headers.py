"""What a browser is told it may do."""

import pytest
from fastapi import FastAPI, Response
from starlette.testclient import TestClient

from server.http.middleware import SecurityHeaders


@pytest.fixture(scope="module")
def client():
    app = FastAPI()

    @app.get("/words")
    async def words() -> str:
        return "words"

    @app.get("/own")
    async def own() -> Response:
        return Response(headers={"Content-Security-Policy": "sandbox"})

    app.add_middleware(SecurityHeaders)
    return TestClient(app)


@pytest.mark.parametrize("path", ["/words", "/nothing"])
def test_every_answer_tells_browsers_what_they_may_do(client, path):
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "blob:" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_inline_scripts_are_allowed_on_the_docs_alone_and_none_from_elsewhere(client):
    assert "https" not in client.get("/docs").headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-inline'" in client.get("/docs").headers["content-security-policy"]
    assert "script-src" not in client.get("/words").headers["content-security-policy"]


def test_an_answer_that_has_a_policy_of_its_own_keeps_it(client):
    assert client.get("/own").headers["content-security-policy"] == "sandbox"
