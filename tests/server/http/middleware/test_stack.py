"""Whichever way an answer leaves, it carries its headers and is counted once."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from server.app import create_app

ORIGIN = "https://elsewhere.example"
SECRET = "secret: /home/ann/key"
PREFLIGHT = {"Access-Control-Request-Method": "POST"}
TOO_LONG = b"x" * 2000


def pieces():
    """A body that is too long, and does not say so beforehand."""
    for _ in range(4):
        yield b"x" * 500


WAYS_OUT = {
    "an answer": ("GET", "/soundscape?lat=0.05&lon=0.02", {}, 200),
    "an answer to HEAD": ("HEAD", "/soundscape?lat=0.05&lon=0.02", {}, 200),
    "a compressed answer": ("GET", "/capabilities", {}, 200),
    "what the client has": ("GET", "/capabilities", {"headers": {"If-None-Match": "*"}}, 304),
    "a refused field": ("GET", "/soundscape?lat=100&lon=0", {}, 422),
    "an unknown path": ("GET", "/nowhere", {}, 404),
    "another method": ("DELETE", "/soundscape", {}, 405),
    "a body announced too long": ("POST", "/synthesis", {"content": TOO_LONG}, 413),
    "a body that turns out too long": ("POST", "/synthesis", {"content": pieces}, 413),
    "a preflight": ("OPTIONS", "/synthesis", {"headers": PREFLIGHT}, 200),
    "a preflight that is refused": ("OPTIONS", "/synthesis", {"headers": {**PREFLIGHT, "Origin": "https://x"}}, 400),
    "an exception of no known kind": ("GET", "/gallery/broken", {}, 500),
    "an exception, asked by HEAD": ("HEAD", "/gallery/broken", {}, 500),
}


@pytest.fixture(scope="module")
def crossed(make_settings, ready):
    """A server that pages from ORIGIN may call, one route of which breaks."""
    app = create_app(make_settings(cors_origins=[ORIGIN], max_body_bytes=1000))
    with TestClient(app, raise_server_exceptions=False) as client:
        gallery = ready(client).app.state.service.earshot.gallery
        known = gallery.entry

        def entry(id):
            if id == "broken":
                raise ValueError(SECRET)
            return known(id)

        gallery.entry = entry
        yield client


def counted(client, status):
    """How many requests were answered with a status so far, as /metrics counts them."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = (sample for family in families for sample in family.samples)
    return sum(
        s.value for s in samples if s.name == "earshot_request_seconds_count" and s.labels["status"] == str(status)
    )


def ask(client, way):
    method, url, told, status = WAYS_OUT[way]
    told = {**told, "headers": {"Origin": ORIGIN, **told.get("headers", {})}}
    if callable(told.get("content")):
        told["content"] = told["content"]()
    answer = client.request(method, url, **told)
    assert answer.status_code == status
    return answer


@pytest.mark.parametrize("way", WAYS_OUT)
def test_every_answer_tells_browsers_what_they_may_do_and_how_long_it_took(crossed, way):
    headers = ask(crossed, way).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]
    name, _, milliseconds = headers["server-timing"].partition(";dur=")
    assert name == "app"
    assert 0 <= float(milliseconds) < 100_000


@pytest.mark.parametrize("way", [way for way in WAYS_OUT if way != "a preflight that is refused"])
def test_a_page_that_may_call_reads_every_answer_of_whatever_kind(crossed, way):
    assert ask(crossed, way).headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("way", WAYS_OUT)
def test_every_answer_is_counted_once_under_its_status(crossed, way):
    status = WAYS_OUT[way][-1]
    before = counted(crossed, status)
    ask(crossed, way)
    asked_between = 1 if status == 200 else 0  # for the figures themselves
    assert counted(crossed, status) - before == 1 + asked_between


def test_a_500_is_a_problem_that_keeps_the_exceptions_text_to_the_log(crossed, caplog):
    answer = ask(crossed, "an exception of no known kind")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert "secret" not in answer.text
    assert any(record.exc_info and SECRET in str(record.exc_info[1]) for record in caplog.records)


@pytest.mark.parametrize("way", [way for way in WAYS_OUT if "HEAD" in way])
def test_an_answer_to_head_has_no_body_even_when_it_is_an_error(crossed, way):
    assert ask(crossed, way).content == b""


def test_before_it_is_loaded_answers_have_their_headers_and_are_counted_too(make_settings):
    client = TestClient(create_app(make_settings()))
    before = counted(client, 503)
    answer = client.get("/soundscape?lat=0&lon=0")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server-timing" in answer.headers
    assert counted(client, 503) - before == 1
