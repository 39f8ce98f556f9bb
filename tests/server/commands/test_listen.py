"""`earshot listen`: a place in words, as JSON and as a sound file, the same as the server's."""

import json
import threading

import numpy as np
import pytest

from model.synthesis import Clip
from server.commands.listen import listen_once
from server.errors import InvalidInput
from server.http.parameters import PointQuery
from tests.server.commands.earshot_command import RASTERS, assert_refused
from tests.tiles.imagery.raster.writing import centre, halves, write
from tiles.imagery import open_imagery


def test_listening_prints_a_table_and_writes_a_sound_that_can_be_heard(run, tmp_path):
    done = run("listen", "0.05", "-0.02")
    assert done.returncode == 0, done.stderr
    assert "null-island" in done.stdout
    clip = Clip.read(tmp_path / "earshot_0.05_-0.02.wav")
    assert clip.seconds == pytest.approx(10, abs=0.01)
    assert clip.loudness == pytest.approx(-23, abs=1)


def test_listening_as_json_is_the_servers_answer(run, client, tmp_path):
    done = run("listen", "-0.05", "0.02", "--json", "--out", "here.ogg", "--seconds", "1", "--k", "3")
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    served = client.get("/soundscape?lat=-0.05&lon=0.02&k=3").json()
    assert [match["id"] for match in body["captions"]] == [match["id"] for match in served["captions"]]
    assert body["model"] == served["model"]
    assert Clip.read(tmp_path / "here.ogg").seconds == pytest.approx(1, abs=0.01)


def test_without_sound_nothing_is_written(run, tmp_path):
    assert run("listen", "0.05", "0.02", "--no-sound").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_real_raster_is_listened_to_by_its_path(run):
    rasters = sorted(RASTERS.glob("*.tif")) if RASTERS.is_dir() else []
    if not rasters:
        pytest.skip("no rasters beside the repository")
    source = open_imagery(str(rasters[0].resolve()))
    west, south, east, north = source.bounds
    at = (str((south + north) / 2), str((west + east) / 2))
    done = run("listen", *at, "--imagery", rasters[0].resolve(), "--no-sound", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["imagery"]["source"] == source.name


def test_a_rasters_bands_are_taken_as_asked_for_and_refused_by_name(run, tmp_path):
    path = write(tmp_path / "a.tif", np.repeat(halves(), 2, axis=0)[:4].astype(np.uint16) * 257)
    at = [str(value) for value in centre()]
    done = run("listen", *at, "--imagery", path, "--no-sound", "--json")
    assert done.returncode == 0, done.stderr
    assert "nothing tells their colours" in json.loads(done.stdout)["notes"][0]
    done = run("listen", *at, "--imagery", path, "--bands", "4,3,1", "--no-sound", "--json")
    assert done.returncode == 0, done.stderr
    assert not any("bands" in note.lower() for note in json.loads(done.stdout)["notes"])
    assert_refused(run("listen", *at, "--imagery", path, "--bands", "9,1,2"), "'9' is none of its 4 bands")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["listen"], ["lat"]),
        (["listen", "91", "0", "--no-sound"], ["lat"]),
        (["listen", "nan", "0", "--no-sound"], ["lat"]),
        (["listen", "0", "-181", "--no-sound"], ["lon"]),
        (["listen", "here", "0"], ["lat", "number"]),
        (["listen", "0", "0", "--scale", "2", "--no-sound"], ["scale", "1, 3, 5"]),
        (["listen", "0", "0", "--month", "13"], ["month"]),
        (["listen", "0", "0", "--k", "0"], ["k"]),
        (["listen", "0", "0", "--out", "sound.mp3"], ["out", ".mp3"]),
        (["listen", "0", "0", "--out", "no/such/folder/a.wav", "--seconds", "1"], ["out", "no/such/folder"]),
        (["listen", "0", "0", "--seconds", "0"], ["seconds"]),
        (["listen", "0", "0", "--imagery", "mars"], ["mars"]),
        (["listen", "0", "0", "--imagery", "none.tif"], ["none.tif"]),
        (["listen", "48", "2", "--no-sound"], ["48", "--imagery"]),
        (["listen", "0", "0", "--checkpoint", "none.safetensors"], ["none.safetensors"]),
        (["listen", "0", "0", "--gallery", "none"], ["none"]),
    ],
    ids=" ".join,
)
def test_what_is_refused_is_refused_in_one_line_with_exit_code_2(run, arguments, words):
    assert_refused(run(*arguments), *words)


def test_a_place_is_described_without_a_server_as_one_describes_it(client, earshot):
    alone = listen_once(earshot, PointQuery(lat=0.05, lon=0.02)).model_dump(mode="json")
    served = client.get("/soundscape?lat=0.05&lon=0.02").json()
    for answer in (alone, served):
        del answer["sound"]["state"]  # the server may have rendered it
    assert alone == served


def test_without_a_server_what_is_refused_is_refused_and_leaves_no_thread_of_the_models(earshot):
    with pytest.raises(InvalidInput, match="scale"):
        listen_once(earshot, PointQuery(lat=0.05, lon=0.02, scale=2))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("captions")]
