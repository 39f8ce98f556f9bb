"""Online imagery that fails or dawdles: 503 with Retry-After, and everything else goes on."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from starlette.testclient import TestClient

from server.app import create_app

PARIS = {"lat": 48.85, "lon": 2.35}


class TroubledService:
    """A tile service on this machine that answers every request with 500, once its gate is open."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        gate = self.gate

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                gate.wait(10)
                self.send_error(500)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def imagery(self) -> str:
        return f"xyz:http://127.0.0.1:{self.server.server_port}/{{z}}/{{x}}/{{y}}"


@pytest.fixture
def service():
    troubled = TroubledService()
    yield troubled
    troubled.gate.set()
    troubled.server.shutdown()
    troubled.server.server_close()


@pytest.fixture
def client(make_settings, ready, service):
    settings = make_settings(imagery=["null-island", service.imagery], online=True)
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield ready(running)


@pytest.mark.parametrize("path", ["/soundscape", "/soundscape/audio"])
def test_a_place_whose_imagery_is_down_is_a_503_that_says_when_to_try_again(client, path):
    answer = client.get(path, params=PARIS)
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert "xyz" in answer.json()["detail"]


def test_a_tile_that_is_down_is_a_503_too(client):
    answer = client.get("/imagery/xyz/5/16/11")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers


def test_a_slow_upstream_does_not_hold_up_the_rest(client, service):
    service.gate.clear()
    with ThreadPoolExecutor(12) as pool:
        stuck = [pool.submit(client.get, "/soundscape", params={**PARIS, "lon": 2 + i}) for i in range(10)]
        here = pool.submit(client.get, "/soundscape", params={"lat": 0.05, "lon": 0.02}).result(timeout=8)
        assert here.status_code == 200
        assert not any(answer.done() for answer in stuck)
        service.gate.set()
        assert {answer.result().status_code for answer in stuck} == {503}


def test_a_failure_is_not_remembered_as_an_answer(client):
    for _ in range(2):
        assert client.get("/soundscape", params=PARIS).status_code == 503
