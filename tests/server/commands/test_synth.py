"""`earshot synth`: a caption as a file, without a server, the same sound that the server makes."""

import json

import pytest
import soundfile

from model.synthesis import Clip
from tests.server.commands.earshot_command import assert_refused


@pytest.mark.parametrize("name", ["out.flac", "out.ogg", "out.wav"])
def test_a_caption_is_written_as_the_suffix_says(run, tmp_path, name):
    done = run("synth", "rain on leaves", "-o", name, "--engine", "foley", "--seconds", "1", "--seed", "2")
    assert (done.returncode, done.stdout) == (0, f"foley -> {name}\n")
    clip = Clip.read(tmp_path / name)
    assert clip.seconds == pytest.approx(1.0, abs=0.01)
    assert clip.loudness == pytest.approx(-23, abs=1)
    with soundfile.SoundFile(tmp_path / name) as file:
        assert file.copy_metadata()["title"] == "rain on leaves"


def test_as_json_it_says_what_was_made_and_the_bytes_are_the_servers(run, tmp_path, client):
    done = run("synth", "wind", "-o", "out.flac", "--seconds", "1", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {name: told[name] for name in ("file", "engine", "seconds", "seed", "steps", "licence")} == {
        "file": "out.flac",
        "engine": "foley",
        "seconds": 1.0,
        "seed": 0,
        "steps": None,
        "licence": "CC0-1.0",
    }
    assert told["took"] > 0
    job = client.post("/synthesis", json={"caption": "wind", "seconds": 1}).json()
    assert job["id"] == told["id"]
    served = client.get(job["audio"], params={"format": "flac"}).content
    assert served == (tmp_path / "out.flac").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["wind", "-o", "out.mp3"], ["out", ".mp3"]),
        (["wind", "-o", "no/such/out.flac", "--seconds", "1"], ["out", "no/such/out.flac"]),
        (["wind", "--seconds", "0"], ["seconds"]),
        (["wind", "--seconds", "61"], ["seconds"]),
        (["wind", "--hour", "24"], ["hour"]),
        (["wind", "--seconds", "nan"], ["seconds"]),
        (["  "], ["caption"]),
        (["x" * 1001], ["caption"]),
        (["wind", "--engine", "moog"], ["engine", "foley"]),
        (["wind", "--engine", "tangoflux"], ["engine", "earshot pull tangoflux"]),
        (["wind", "--steps", "5"], ["steps"]),
        (["wind", "--seed", "-1"], ["seed"]),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_what_is_refused_is_refused_in_one_line_with_exit_code_2(run, tmp_path, arguments, words):
    assert_refused(run("synth", *arguments), *words)
    assert not (tmp_path / "earshot.flac").exists()
