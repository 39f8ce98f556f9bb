"""Bodies: refused beyond the limit, announced or not, and a path for uploads takes more."""

import pytest
from fastapi import FastAPI, Request, WebSocket
from starlette.testclient import TestClient

from server.http.middleware import BodyLimit
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

    @app.websocket("/socket")
    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())

    app.add_middleware(BodyLimit, max_bytes=100, uploads={"/upload": 1000})
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


def test_an_unannounced_body_within_the_limit_is_read(small):
    assert small.post("/echo", content=(b"x" * 50 for _ in range(2))).json() == 100


def test_a_length_that_is_no_number_does_not_get_more_in(small):
    answer = small.post("/echo", content=(b"x" * 60 for _ in range(2)), headers={"Content-Length": "-5"})
    assert answer.status_code == 413


def test_a_path_for_uploads_takes_longer_bodies_within_a_limit_of_its_own(small):
    assert small.post("/upload", content=b"x" * 1000).json() == 1000
    assert "1000 bytes" in small.post("/upload", content=b"x" * 1001).json()["detail"]


def test_what_is_not_http_passes_through(small):
    with small.websocket_connect("/socket") as socket:
        socket.send_text("x" * 200)
        assert socket.receive_text() == "x" * 200
