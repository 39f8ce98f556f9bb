"""`earshot synth`: a caption as a file, without a server, the same sound that the server makes."""

import json
import sys

import pytest
import soundfile

from model.synthesis import Clip
from server.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run `earshot synth` in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path / "data"))

    def synth(*arguments):
        monkeypatch.setattr(sys, "argv", ["earshot", "synth", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        return end.value.code, captured.out, captured.err

    return synth


@pytest.mark.parametrize("name", ["out.flac", "out.ogg", "out.wav"])
def test_a_caption_is_written_as_the_suffix_says(run, tmp_path, name):
    code, out, _ = run("rain on leaves", "-o", name, "--engine", "foley", "--seconds", "1", "--seed", "2")
    assert (code, out) == (0, f"foley -> {name}\n")
    clip = Clip.read(tmp_path / name)
    assert clip.seconds == pytest.approx(1.0, abs=0.01)
    assert clip.loudness == pytest.approx(-23, abs=1)
    with soundfile.SoundFile(tmp_path / name) as file:
        assert file.copy_metadata()["title"] == "rain on leaves"


def test_as_json_it_says_what_was_made_and_the_bytes_are_the_servers(run, tmp_path, client):
    code, out, _ = run("wind", "-o", "out.flac", "--seconds", "1", "--json")
    assert code == 0
    told = json.loads(out)
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
    code, _, err = run(*arguments)
    assert code == 2
    assert err.startswith("earshot: ")
    assert err.count("\n") == 1
    for word in words:
        assert word in err
    assert not (tmp_path / "earshot.flac").exists()
