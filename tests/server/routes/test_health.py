"""Alive at once, ready when loaded, and honest about what has failed: at start, in the background, while closing."""

import time

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from server.app import create_app
from server.imagery.shelf import ImageryShelf
from server.service import PROBING

SECRET = "secret: /home/ann/key"


def until(look):
    """What `look` answers once it is true."""
    for _ in range(400):
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("never came true")


def failures(client, task):
    """How often a background task has failed, as /metrics counts it; None where it is not known."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = (sample for family in families for sample in family.samples)
    named = (s.value for s in samples if s.name == "earshot_background_failures_total" and s.labels["task"] == task)
    return next(named, None)


def test_a_load_that_failed_says_so_and_why_and_no_longer_that_it_is_being_loaded(make_settings):
    with TestClient(create_app(make_settings(checkpoint="/nowhere.safetensors"))) as client:
        answer = until(lambda: (got := client.get("/readyz")) and "nowhere" in got.text and got)
        assert answer.status_code == 503
        problem = answer.json()
        assert problem["type"] == "/problems/not-ready"
        assert "could not be started" in problem["detail"]
        assert "still being loaded" not in problem["detail"]
        assert "could not be started" in client.get("/soundscape?lat=0&lon=0").json()["detail"]
        assert client.get("/healthz").status_code == 200
        assert failures(client, "loading") == 1


def test_a_load_that_breaks_in_an_unknown_way_keeps_its_text_to_the_log(make_settings, monkeypatch, caplog):
    def broken(*_, **__):
        raise ValueError(SECRET)

    monkeypatch.setattr("server.service.Earshot.open", broken)
    with TestClient(create_app(make_settings())) as client:
        answer = until(lambda: (got := client.get("/readyz")) and "ValueError" in got.text and got)
        assert answer.status_code == 503
        assert "secret" not in answer.text
    assert any(record.exc_info and SECRET in str(record.exc_info[1]) for record in caplog.records)


def test_what_breaks_in_the_background_is_told_by_name_counted_and_leaves_the_rest_answering(
    make_settings, monkeypatch, caplog
):
    class Broken(ImageryShelf):  # of this server alone: others of this process probe now and then
        def probe(self):
            raise OSError(SECRET)

    monkeypatch.setattr("server.earshot.ImageryShelf", Broken)
    with TestClient(create_app(make_settings())) as client:
        answer = until(lambda: (got := client.get("/readyz")) and "probing" in got.text and got)
        assert answer.status_code == 200
        assert answer.json()["status"] == "degraded"
        (trouble,) = answer.json()["troubles"]
        assert (trouble["task"], trouble["state"]) == ("probing imagery", "waiting")
        assert "secret" not in answer.text
        assert failures(client, "probing imagery") == 1
        assert client.get("/soundscape?lat=0.05&lon=0.02").status_code == 200
    assert any(record.exc_info and SECRET in str(record.exc_info[1]) for record in caplog.records)


def test_imagery_is_probed_again_after_a_probe_that_broke(make_settings, ready, monkeypatch):
    probes = []

    class OnceBroken(ImageryShelf):
        def probe(self):
            probes.append(1)
            if len(probes) == 1:
                raise OSError("once")

    monkeypatch.setattr("server.service.PROBING", type(PROBING)(first=0.01))
    monkeypatch.setattr("server.earshot.ImageryShelf", OnceBroken)
    with TestClient(create_app(make_settings())) as client:
        until(lambda: len(probes) == 2)
        assert ready(client).get("/readyz").json() == {"status": "ready"}
        assert failures(client, "probing imagery") == 1


def test_without_a_task_that_is_essential_it_is_not_ready(make_settings, ready):
    async def broken():
        raise ValueError(SECRET)

    with TestClient(create_app(make_settings())) as client:
        supervisor = ready(client).app.state.supervisor
        client.portal.call(lambda: supervisor.watch("model queue", broken, essential=True))
        answer = until(lambda: (got := client.get("/readyz")).status_code == 503 and got)
        assert answer.json()["detail"].startswith("model queue: ValueError")


def test_what_cannot_be_closed_keeps_nothing_else_from_being_closed(make_settings, ready, monkeypatch):
    closed = []
    monkeypatch.setattr(ImageryShelf, "close", lambda self: closed.append("imagery"))

    async def broken():
        raise OSError("cannot be closed")

    app = create_app(make_settings())
    client = TestClient(app)
    client.__enter__()
    service = ready(client).app.state.service
    monkeypatch.setattr(service.search, "close", broken)
    with pytest.raises(OSError, match="cannot be closed"):
        client.__exit__()
    assert closed == ["imagery"]
    assert service._worker._shutdown
    assert app.state.service is None
