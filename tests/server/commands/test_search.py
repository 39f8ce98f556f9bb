"""`earshot search`: the places of a region that sound like words or a recording, and what is refused in one line."""

import json

import numpy as np
import pytest
import soundfile

from tests.server.commands.earshot_command import assert_refused


@pytest.fixture(scope="module")
def data_dir(make_settings, small_region):
    """A data folder with a region of 64 cells."""
    settings = make_settings()
    small_region(settings.folder("regions"))
    return settings.data_dir


@pytest.fixture
def search(run, data_dir):
    return lambda *arguments: run("search", *arguments, EARSHOT_DATA_DIR=data_dir)


def test_words_give_a_table_of_places(search):
    done = search("waves crashing on rocks", "--limit", "2", "--min-percentile", "50")
    assert done.returncode == 0, done.stderr
    assert "places in null-island" in done.stdout
    assert "percentile" in done.stdout


def test_a_recording_and_words_give_geojson(search, tmp_path):
    sound = tmp_path / "sound.wav"
    soundfile.write(sound, np.random.default_rng(0).uniform(-0.5, 0.5, 16_000), 16_000)
    done = search("waves", "--audio", str(sound), "--json", "--min-percentile", "0", "--bbox", "-1,-1,1,1")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["type"] == "FeatureCollection"
    assert answer["query"]["recording"] is True
    assert answer["features"][0]["properties"]["rank"] == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "q:"),
        (("",), "q:"),
        (("waves", "--limit", "0"), "limit"),
        (("waves", "--region", "atlantis"), "region"),
        (("waves", "--audio", "/no/such.wav"), "audio"),
        (("--audio", __file__), "file:"),
        (("waves", "--condition", "july"), "condition"),
    ],
)
def test_what_is_refused_is_told_in_one_line(search, arguments, word):
    assert_refused(search(*arguments), word)
