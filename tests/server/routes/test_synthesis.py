"""POST /synthesis and what a job offers: its state, its events, its sound in every format, its waveform, its end."""

import asyncio
import io
import json
import time

import numpy as np
import pytest
import soundfile
from starlette.testclient import TestClient

from server.app import create_app
from server.routes.sound import OpenFileResponse
from server.sound.engines import Engines
from server.sound.store import JobStore
from tests.server.sound.sounding import FOREIGN, LANES, ORDER, Noise, engines_of, write_row

WAVES = {"caption": "waves break on rocks", "seconds": 1.0, "seed": 3}


def finished(client, **request):
    """A job that is done, asked for and waited for as a client does."""
    answer = client.post("/synthesis", json={**WAVES, **request})
    assert answer.status_code in (200, 202), answer.text
    for _ in range(1200):
        job = client.get(answer.json()["url"]).json()
        if job["state"] not in ("queued", "running"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


@pytest.fixture
def noisy(make_settings, ready, monkeypatch):
    """A server with both engines, of noise that is held up by a gate, and with room for two jobs."""
    noise = Noise()
    monkeypatch.setattr("server.earshot.Engines.installed", lambda data_dir: engines_of(foley=noise, tangoflux=noise))
    with TestClient(create_app(make_settings(max_queued_sounds=2)), raise_server_exceptions=False) as client:
        ready(client)
        for _ in range(600):  # both engines are measured first, each by two sounds
            if len(noise.rendered) >= 4:
                break
            time.sleep(0.05)
        noise.rendered.clear()
        noise.began.clear()
        client.noise = noise
        yield client
        noise.gate.set()


def test_a_caption_becomes_a_job_and_the_same_request_the_same_job(client):
    first = client.post("/synthesis", json=WAVES)
    assert first.status_code == 202
    body = first.json()
    assert first.headers["location"] == body["url"] == f"/synthesis/{body['id']}"
    assert first.headers["cache-control"] == "no-store"
    assert int(first.headers["retry-after"]) >= 1
    assert (body["caption"], body["seed"], body["engine"], body["steps"]) == ("waves break on rocks", 3, "foley", None)
    job = finished(client)
    assert (job["id"], job["state"], job["percent"], job["position"]) == (body["id"], "done", 100, None)
    again = client.post("/synthesis", json=WAVES)
    assert (again.status_code, again.json()) == (200, job)
    assert finished(client, seed=4)["id"] != job["id"]


def test_a_place_becomes_a_job_of_its_nearest_caption_that_a_click_then_finds_ready(client):
    at = {"lat": 0.05, "lon": 0.02}
    told = client.get("/soundscape", params=at).json()
    job = finished(client, caption=None, seconds=10.0, seed=0, **at)
    assert (job["caption"], job["place"]) == (told["captions"][0]["text"], "0.05000, 0.02000")
    assert job["id"] == told["sound"]["job"]
    assert client.get("/soundscape", params=at).json()["sound"]["state"] == "ready"


@pytest.mark.parametrize(
    ("accept", "format", "media", "subtype"),
    [
        ("*/*", None, "audio/ogg", "OPUS"),
        ("audio/flac", None, "audio/flac", "PCM_16"),
        ("audio/wav", None, "audio/wav", "PCM_16"),
        ("audio/wav", "flac", "audio/flac", "PCM_16"),
    ],
)
def test_the_sound_is_told_inside_its_file_and_never_changes(client, accept, format, media, subtype):
    job = finished(client)
    params = {"format": format} if format else {}
    answer = client.get(job["audio"], params=params, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media
    assert "immutable" in answer.headers["cache-control"]
    assert job["id"] in answer.headers["etag"]
    with soundfile.SoundFile(io.BytesIO(answer.content)) as file:
        assert file.subtype == subtype
        assert file.frames / file.samplerate == pytest.approx(1.0, abs=0.01)
        said = file.copy_metadata()
    assert said["title"] == "waves break on rocks"
    assert "Synthesised by Earshot" in said["comment"]
    assert "seed 3" in said["comment"]
    assert client.get(job["audio"], params=params, headers={"Accept": accept}).content == answer.content
    known = client.get(job["audio"], params=params, headers={"Accept": accept, "If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304


def test_part_of_a_sound_can_be_asked_for(client):
    url = finished(client)["audio"]
    whole = client.get(url, params={"format": "flac"}).content
    part = client.get(url, params={"format": "flac"}, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])


def test_peaks_draw_the_waveform_of_the_sound(client):
    job = finished(client)
    answer = client.get(job["peaks"], params={"points": 50})
    assert "immutable" in answer.headers["cache-control"]
    samples, _ = soundfile.read(io.BytesIO(client.get(job["audio"], params={"format": "wav"}).content))
    assert answer.json()["seconds"] == 1.0
    assert len(answer.json()["peaks"]) == 50
    assert max(answer.json()["peaks"]) == pytest.approx(np.abs(samples).max(), abs=1e-3)


def events_of(client, url, **headers):
    with client.stream("GET", url, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        blocks = answer.read().decode().strip().split("\n\n")
    parsed = [dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":")) for block in blocks]
    return [event for event in parsed if event]


def test_events_of_an_ended_job_are_its_end(client):
    job = finished(client)
    (event,) = events_of(client, job["events"])
    assert event["event"] == "end"
    assert json.loads(event["data"]) == job
    assert events_of(client, job["events"], **{"Last-Event-ID": event["id"]}) == [event]


def test_events_tell_a_job_until_it_ends_and_resume_after_the_last_one_heard(noisy, monkeypatch):
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.05)
    noisy.noise.gate.clear()
    job = noisy.post("/synthesis", json=WAVES).json()
    assert noisy.noise.began.wait(20)
    now = noisy.get(job["url"]).json()
    last = f"{now['state']}-{now['position'] or 0}-{now['percent']}"

    async def listen():
        """Two listeners at once: one from the beginning, one that has heard the job begin."""
        loop = asyncio.get_running_loop()
        fresh = loop.run_in_executor(None, lambda: events_of(noisy, job["events"]))
        resumed = loop.run_in_executor(None, lambda: events_of(noisy, job["events"], **{"Last-Event-ID": last}))
        await asyncio.sleep(0.5)
        noisy.noise.gate.set()
        return await asyncio.gather(fresh, resumed)

    fresh, resumed = asyncio.run(listen())
    assert [event["event"] for event in fresh][-1] == "end"
    assert fresh[0]["event"] == "progress"
    assert last in [event["id"] for event in fresh]
    assert last not in [event["id"] for event in resumed]
    assert json.loads(resumed[-1]["data"])["state"] == "done"


def test_a_listener_that_goes_away_leaves_nothing_behind(noisy):
    noisy.noise.gate.clear()
    job = noisy.post("/synthesis", json=WAVES).json()
    notifier = noisy.app.state.service.jobs.notifier
    heartbeats = asyncio.run(leave_after_first_event(noisy.app, job["events"]))
    assert heartbeats >= 1
    for _ in range(100):
        if notifier.listeners == 0:
            break
        time.sleep(0.05)
    assert notifier.listeners == 0


async def leave_after_first_event(app, path):
    """A client of the raw protocol that hangs up once it has been told something."""
    told = asyncio.Event()
    bodies = []

    async def receive():
        if not bodies:
            bodies.append(b"")
            return {"type": "http.request", "body": b"", "more_body": False}
        await told.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message.get("body"):
            bodies.append(message["body"])
            told.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await asyncio.wait_for(app(scope, receive, send), 20)
    return len(bodies) - 1


def test_delete_calls_a_queued_job_off_at_once_and_a_running_one_soon(noisy):
    noisy.noise.gate.clear()
    first = noisy.post("/synthesis", json=WAVES).json()
    assert noisy.noise.began.wait(20)
    second = noisy.post("/synthesis", json={**WAVES, "seed": 9}).json()
    assert (second["state"], second["position"]) == ("queued", 1)
    for job in (second, first):
        answer = noisy.delete(job["url"])
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    refused = noisy.get(first["audio"])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/job-ended")
    assert noisy.get(first["peaks"]).status_code == 409
    noisy.noise.gate.set()
    assert finished(noisy, seed=10)["state"] == "done"
    assert noisy.noise.rendered == [("waves break on rocks", 10)]
    assert finished(noisy)["state"] == "done"  # a cancelled job may be asked for again


def test_a_sound_that_takes_long_is_202_with_where_to_ask_again(noisy, monkeypatch):
    monkeypatch.setattr("server.routes.sound.PATIENCE", 0.05)
    noisy.noise.gate.clear()
    job = noisy.post("/synthesis", json=WAVES).json()
    for url in (job["audio"], job["peaks"], "/gallery/c-sea/audio"):
        answer = noisy.get(url)
        assert (answer.status_code, answer.headers["location"]) == (202, url)
        assert answer.json()["state"] == "rendering"
        assert answer.headers["cache-control"] == "no-store"
    noisy.noise.gate.set()
    assert finished(noisy)["state"] == "done"
    assert noisy.get(job["audio"]).status_code == 200


def test_more_than_may_be_promised_is_503_with_when_to_come_back(noisy):
    noisy.noise.gate.clear()
    noisy.post("/synthesis", json=WAVES)
    assert noisy.noise.began.wait(20)
    answers = [noisy.post("/synthesis", json={**WAVES, "seed": seed}) for seed in (10, 11, 12)]
    assert [answer.status_code for answer in answers] == [202, 202, 503]
    assert int(answers[2].headers["retry-after"]) >= 1
    assert answers[2].json()["type"] == "/problems/overloaded"


def test_a_job_that_fails_says_why(noisy):
    job = finished(noisy, caption="nothing")
    assert (job["state"], job["reason"]) == ("failed", "caption: means nothing")
    answer = noisy.get(job["audio"])
    assert (answer.status_code, answer.json()["detail"]) == (503, "caption: means nothing")


def test_steps_and_guidance_are_the_engines_own_unless_they_are_told(noisy):
    usual = noisy.post("/synthesis", json={**WAVES, "engine": "tangoflux"}).json()
    assert (usual["steps"], usual["guidance"], usual["notice"]) == (50, 4.5, "By ears")
    same = noisy.post("/synthesis", json={**WAVES, "engine": "tangoflux", "steps": 50, "guidance": 4.5}).json()
    other = noisy.post("/synthesis", json={**WAVES, "engine": "tangoflux", "steps": 20}).json()
    assert same["id"] == usual["id"] != other["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "caption"),
        ({"caption": ""}, "caption"),
        ({"caption": " \n\t "}, "caption"),
        ({"caption": "x" * 1001}, "caption"),
        ({"caption": 7}, "caption"),
        ({"caption": "\ud800"}, "caption"),
        ({"lat": 1.0}, "lon"),
        ({"lon": 1.0}, "lat"),
        ({"lat": 91, "lon": 0}, "lat"),
        ({"lat": 0.05, "lon": 0.02, "imagery": "mars"}, "imagery"),
        ({"lat": 0.05, "lon": 0.02, "scale": 2}, "scale"),
        ({"caption": "wind", "seconds": 0}, "seconds"),
        ({"caption": "wind", "seconds": 61}, "seconds"),
        ({"caption": "wind", "hour": 24}, "hour"),
        ({"caption": "wind", "month": 0}, "month"),
        ({"caption": "wind", "seconds": float("nan")}, "seconds"),
        ({"caption": "wind", "seconds": float("inf")}, "seconds"),
        ({"caption": "wind", "seed": -1}, "seed"),
        ({"caption": "wind", "seed": 2**32}, "seed"),
        ({"caption": "wind", "engine": "moog"}, "engine"),
        ({"caption": "wind", "engine": ""}, "engine"),
        ({"caption": "wind", "steps": 50}, "steps"),
        ({"caption": "wind", "guidance": 4.5}, "guidance"),
        ({"caption": "wind", "engine": "tangoflux", "steps": 0}, "steps"),
        ({"caption": "wind", "engine": "tangoflux", "guidance": float("nan")}, "guidance"),
        ({"caption": "wind", "volume": 11}, "volume"),
    ],
    ids=str,
)
def test_a_bad_value_is_a_422_that_names_its_field(client, body, field):
    answer = client.post("/synthesis", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert field in [part["field"] for part in answer.json()["errors"]]
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_engine_whose_weights_are_absent_is_a_409_that_says_how_to_get_them(client):
    answer = client.post("/synthesis", json={**WAVES, "engine": "tangoflux"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/engine-absent")
    assert "earshot pull tangoflux" in answer.json()["detail"]
    assert [part["field"] for part in answer.json()["errors"]] == ["engine"]


@pytest.mark.parametrize("tail", ["", "/events", "/audio", "/peaks"])
def test_an_unknown_job_is_a_404(client, tail):
    answer = client.get(f"/synthesis/{'0' * 32}{tail}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert client.delete(f"/synthesis/{'0' * 32}").status_code == 404


def test_what_is_no_json_is_refused(client):
    for content in (b"", b"waves", b"[1]", b"\xff"):
        answer = client.post("/synthesis", content=content, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == "application/problem+json"


def test_capabilities_tell_how_long_ten_seconds_take_here(client):
    for _ in range(600):
        engine = client.get("/capabilities").json()["engines"][0]
        if engine["seconds_per_10s"] is not None:
            break
        time.sleep(0.1)
    assert engine["name"] == Engines().cards["foley"].name
    assert 0 < engine["seconds_per_10s"] < 300


def test_jobs_that_cannot_be_read_are_told_as_failed_and_the_others_of_their_lane_are_rendered(
    make_settings, ready, monkeypatch
):
    noise, settings = Noise(), make_settings()
    monkeypatch.setattr("server.earshot.Engines.installed", lambda data_dir: engines_of(foley=noise))
    table = settings.folder("jobs") / "jobs.sqlite"
    store = JobStore(table, 10, LANES)
    store.accept(ORDER, ready=False)
    store.close()
    for name, text in FOREIGN.items():
        write_row(table, name, text)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        ready(client)
        for name in FOREIGN:
            job = client.get(f"/synthesis/{name}").json()
            assert (job["state"], job["position"], job["engine"]) == ("failed", None, "foley")
            assert "another version" in job["reason"]
            (event,) = events_of(client, job["events"])
            assert (event["event"], json.loads(event["data"])) == ("end", job)
            for url in (job["audio"], job["peaks"]):
                answer = client.get(url)
                assert (answer.status_code, answer.json()["detail"]) == (503, job["reason"])
            assert client.delete(job["url"]).json()["state"] in ("failed", "cancelled")
        assert events_of(client, f"/synthesis/{ORDER.key}/events")[-1]["event"] == "end"
        assert client.get(f"/synthesis/{ORDER.key}").json()["state"] == "done"
        assert finished(client)["state"] == "done"


@pytest.mark.parametrize("format", ["ogg", "wav"])
def test_a_sound_that_is_dropped_between_its_opening_and_its_sending_is_sent_whole(noisy, monkeypatch, format):
    job = finished(noisy)
    whole = noisy.get(job["audio"], params={"format": format}).content
    real = OpenFileResponse.__call__

    async def dropped_first(self, *args):
        for path in noisy.app.state.service.jobs.sounds.folder.iterdir():
            path.unlink()
        await real(self, *args)

    monkeypatch.setattr(OpenFileResponse, "__call__", dropped_first)
    assert noisy.get(job["audio"], params={"format": format}).content == whole
    part = noisy.get(job["audio"], params={"format": format}, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert noisy.get(job["peaks"], params={"points": 10}).status_code == 200
