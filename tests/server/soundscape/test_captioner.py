"""The generative route: a caption written for the image, through the service, over HTTP and on the command line."""

import asyncio
import json
import threading

import numpy as np
import pytest
from starlette.testclient import TestClient

from model.registry import record
from server.app import create_app
from server.cli import app as cli
from server.errors import EngineAbsent, Overloaded, Unavailable
from server.soundscape.captioner import MAX_WRITING, CaptionService, CaptionWriter
from tests.model.synthesis.tiny_llava import WORDS, write_tiny_llava

AT = {"lat": 0.05, "lon": 0.02}
GENERATE = {**AT, "caption": "generate"}
PIXELS = np.zeros((32, 32, 3), np.uint8)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A data folder into which a tiny captioner was pulled."""
    folder = tmp_path_factory.mktemp("captioner")
    record("llava", write_tiny_llava(folder / "llava"), data_dir=folder)
    return folder


@pytest.fixture(scope="module")
def writing(make_settings, ready, data_dir):
    """A running server that has a captioner."""
    with TestClient(create_app(make_settings(data_dir=data_dir)), raise_server_exceptions=False) as running:
        yield ready(running)


def test_a_caption_is_written_for_the_place_in_the_shape_of_a_retrieved_one(writing):
    found, written = (writing.get("/soundscape", params=params).json() for params in (AT, GENERATE))
    assert (found["route"], written["route"]) == ("retrieval", "generation")
    assert written.keys() == found.keys()
    (caption,) = written["captions"]
    assert caption.keys() == found["captions"][0].keys()
    assert caption["id"] == "generated"
    assert set(caption["text"].split()) <= set(WORDS)
    assert -1 <= caption["score"] <= 1
    assert written["confidence"] is None
    assert written["recordings"] == found["recordings"]
    assert written["concepts"] == found["concepts"]


def test_the_written_caption_is_what_is_heard(writing):
    told = writing.get("/soundscape", params=GENERATE).json()
    assert "caption=generate" in told["sound"]["url"]
    assert "caption" not in writing.get("/soundscape", params=AT).json()["sound"]["url"]
    answer = writing.get(told["sound"]["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/ogg")
    assert answer.headers["x-earshot-caption"] == told["captions"][0]["text"]
    assert told["sound"]["job"] in answer.headers["etag"]


def test_capabilities_name_the_captioner_its_licence_and_its_prompt(writing, client):
    told = [server.get("/capabilities").json()["captioner"] for server in (writing, client)]
    assert [captioner["available"] for captioner in told] == [True, False]
    assert "earshot pull llava" in told[1]["needs"]
    assert "Llama 2" in told[1]["licence"]
    assert "aerial view image" in told[1]["prompt"]


@pytest.mark.parametrize("path", ["/soundscape", "/soundscape/audio"])
def test_without_a_captioner_it_is_a_409_that_says_how_to_get_it(client, path):
    answer = client.get(path, params=GENERATE)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/engine-absent")
    assert "earshot pull llava" in answer.json()["detail"]
    assert [part["field"] for part in answer.json()["errors"]] == ["caption"]


def test_another_way_to_a_caption_is_refused(client):
    answer = client.get("/soundscape", params={**AT, "caption": "dream"})
    assert answer.status_code == 422
    assert [part["field"] for part in answer.json()["errors"]] == ["caption"]


def test_a_captioner_that_cannot_be_opened_is_absent(tmp_path):
    folder = write_tiny_llava(tmp_path / "llava")
    (folder / "config.json").write_text(" " * (folder / "config.json").stat().st_size)
    record("llava", folder, data_dir=tmp_path)
    with pytest.raises(EngineAbsent, match="earshot pull llava"):
        CaptionWriter(tmp_path).write(PIXELS)


class Slow:
    """Writes when its gate opens."""

    def __init__(self):
        self.gate, self.written = threading.Event(), []

    def write(self, pixels, cancel=None):
        while not self.gate.wait(0.01):
            if cancel is not None and cancel():
                return "cut off"
        self.written.append(int(pixels[0, 0, 0]))
        if pixels[0, 0, 0] == 66:
            raise EngineAbsent("caption: generate cannot be used")
        return f"caption {pixels[0, 0, 0]}"


def run(main, patience=20.0):
    """`main(slow, service)` in a loop of its own."""

    async def whole():
        slow = Slow()
        service = CaptionService(slow, patience)
        try:
            await main(slow, service)
        finally:
            await service.close()

    asyncio.run(whole())


def test_those_who_ask_for_the_same_caption_wait_for_the_same_one():
    async def main(slow, service):
        asked = [asyncio.create_task(service.write("here", PIXELS)) for _ in range(5)]
        await asyncio.sleep(0.05)
        slow.gate.set()
        assert await asyncio.gather(*asked) == ["caption 0"] * 5
        assert slow.written == [0]

    run(main)


def test_an_impatient_request_is_told_to_come_back_and_finds_the_caption_then():
    async def main(slow, service):
        with pytest.raises(Unavailable, match="still being written") as told:
            await service.write("here", PIXELS)
        assert told.value.retry_after >= 1
        slow.gate.set()
        await asyncio.sleep(0.2)
        assert await service.write("here", PIXELS) == "caption 0"
        assert slow.written == [0]

    run(main, patience=0.05)


def test_what_failed_is_told_once_and_tried_again():
    async def main(slow, service):
        slow.gate.set()
        for _ in range(2):
            with pytest.raises(EngineAbsent):
                await service.write("there", PIXELS + 66)
        assert slow.written == [66, 66]

    run(main)


def test_more_than_are_held_are_refused_and_what_no_one_fetched_makes_room():
    async def main(slow, service):
        for place in range(MAX_WRITING):
            with pytest.raises(Unavailable, match="still being written"):
                await service.write(place, PIXELS + place)
        with pytest.raises(Overloaded):
            await service.write("more", PIXELS)
        slow.gate.set()
        await asyncio.sleep(0.3)
        service._patience = 20.0
        assert await service.write("more", PIXELS + 40) == "caption 40"

    run(main, patience=0.0)


def test_closing_lets_the_caption_at_hand_stop():
    async def main(slow, service):
        asked = asyncio.create_task(service.write("here", PIXELS))
        await asyncio.sleep(0.05)
        await asyncio.wait_for(service.close(), 10)
        assert await asked == "cut off"

    run(main)


def test_a_slow_caption_holds_up_no_click(writing, monkeypatch):
    slow = Slow()
    monkeypatch.setattr(writing.app.state.service.earshot.captions, "write", slow.write)
    monkeypatch.setattr(writing.app.state.service.captions, "_patience", 0.05)
    place = {"lat": 0.31, "lon": 0.12}
    answer = writing.get("/soundscape", params={**place, "caption": "generate"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert writing.get("/soundscape", params=place).status_code == 200
    slow.gate.set()
    for _ in range(100):
        answer = writing.get("/soundscape", params={**place, "caption": "generate"})
        if answer.status_code == 200:
            break
    assert answer.json()["route"] == "generation"


def test_listen_writes_a_caption_where_it_is_asked_to(home, data_dir, capsys, monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(data_dir))
    options = ["--checkpoint", str(home / "checkpoint.safetensors"), "--gallery", str(home / "gallery")]
    command = ["listen", "0.05", "0.02", "--imagery", "null-island", "--caption", "generate", "--no-sound", "--json"]
    cli([*command, *options], standalone_mode=False)
    told = json.loads(capsys.readouterr().out)
    assert told["route"] == "generation"
    assert set(told["captions"][0]["text"].split()) <= set(WORDS)


def test_listen_without_a_captioner_says_how_to_get_it(home, tmp_path, monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path))
    options = ["--checkpoint", str(home / "checkpoint.safetensors"), "--gallery", str(home / "gallery")]
    with pytest.raises(EngineAbsent, match="earshot pull llava"):
        cli(
            ["listen", "0.05", "0.02", "--imagery", "null-island", "--caption", "generate", *options],
            standalone_mode=False,
        )
