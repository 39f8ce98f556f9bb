"""Around every request: bounded bodies, HEAD as GET, and the headers browsers need."""

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from server.http.middleware import BodyLimit, HeadAsGet, SecurityHeaders, ServerTiming
from server.http.problems import install_problems


@pytest.fixture(scope="module")
def small():
    """An application that reads its bodies."""
    app = FastAPI()
    install_problems(app)

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @app.post("/upload")
    async def upload(request: Request) -> int:
        return len(await request.body())

    @app.get("/words")
    async def words() -> str:
        return "words"

    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit, max_bytes=100, uploads={"/upload": 1000})
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ServerTiming)
    return TestClient(app)


def test_a_body_within_the_limit_is_read(small):
    assert small.post("/echo", content=b"x" * 100).json() == 100


def test_an_announced_body_beyond_the_limit_is_refused(small):
    answer = small.post("/echo", content=b"x" * 101)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "100 bytes" in answer.json()["detail"]


def test_an_unannounced_body_beyond_the_limit_is_refused_as_it_arrives(small):
    answer = small.post("/echo", content=(b"x" * 60 for _ in range(2)))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_path_for_uploads_takes_longer_bodies_within_a_limit_of_its_own(small):
    assert small.post("/upload", content=b"x" * 1000).json() == 1000
    assert "1000 bytes" in small.post("/upload", content=b"x" * 1001).json()["detail"]


def test_head_answers_as_get_without_the_body(small):
    get, head = small.get("/words"), small.head("/words")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize("path", ["/words", "/nothing"])
def test_every_answer_tells_browsers_what_they_may_do(small, path):
    headers = small.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "blob:" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]


def test_inline_scripts_are_allowed_on_the_docs_alone_and_none_from_elsewhere(small):
    assert "https" not in small.get("/docs").headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-inline'" in small.get("/docs").headers["content-security-policy"]
    assert "jsdelivr" not in small.get("/words").headers["content-security-policy"]


def test_every_answer_says_how_long_it_took(small):
    name, _, milliseconds = small.get("/words").headers["server-timing"].partition(";dur=")
    assert name == "app"
    assert 0 <= float(milliseconds) < 10_000
