"""The command line: fast help, one-line errors with exit code 2, and the same answers as the server."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from model.registry import record
from model.synthesis import Clip
from server.cli import main
from tests.model.gallery.published.made_hdf5 import write_hdf5
from tiles.imagery import open_imagery

ROOT = Path(__file__).parents[3]
RASTERS = ROOT / "../shared/data/rasters"


@dataclass
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def variables(home, tmp_path_factory):
    """What a shell would have set to use the tiny checkpoint."""
    return {
        "EARSHOT_CHECKPOINT": str(home / "checkpoint.safetensors"),
        "EARSHOT_GALLERY": str(home / "gallery"),
        "EARSHOT_DATA_DIR": str(tmp_path_factory.mktemp("cli")),
        "EARSHOT_IMAGERY": "null-island",
        "EARSHOT_TORCH_THREADS": "1",
    }


@pytest.fixture
def run(variables, tmp_path, monkeypatch, capsys):
    """Run `earshot` in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)

    def earshot(*arguments, **changed):
        for name, value in {**variables, **changed}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["earshot", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        return Done(end.value.code, captured.out, captured.err)

    return earshot


def assert_refused(done, *words):
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("earshot: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_help_comes_without_loading_anything_heavy():
    code = (
        "import sys; sys.argv = ['earshot', '--help']\n"
        "from server.cli import main\n"
        "try: main()\n"
        "finally: print([m for m in ('torch', 'fastapi', 'scipy', 'rasterio', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for command in ("serve", "listen", "synth", "info", "gallery", "train"):
        assert command in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_without_a_command_the_help_is_printed_and_nothing_else(run):
    done = run()
    assert done.returncode == 2
    assert done.stderr == ""


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
    assert list(tmp_path.iterdir()) == []


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
        (["serve", "--port", "70000"], ["PORT"]),
        (["serve", "--port", "0", "--checkpoint", "none.safetensors"], ["none.safetensors"]),
        (["serve", "--port", "0", "--imagery", "none.tif"], ["none.tif"]),
        (["serve", "--host", "256.256.256.256"], ["256.256.256.256"]),
        (["serve", "--online", "perhaps"], ["ONLINE"]),
        (["gallery", "info", "none"], ["none"]),
        (["gallery", "build", "none", "out"], ["none"]),
        (["sing"], ["sing"]),
    ],
    ids=" ".join,
)
def test_what_is_refused_is_refused_in_one_line_with_exit_code_2(run, arguments, words):
    assert_refused(run(*arguments), *words)


def test_a_corrupt_checkpoint_or_gallery_stops_the_start_in_one_line(run, home, tmp_path):
    broken = tmp_path / "broken.safetensors"
    content = bytearray((home / "checkpoint.safetensors").read_bytes())
    content[-100] ^= 0xFF
    broken.write_bytes(content)
    shutil.copyfile(home / "checkpoint.audio.safetensors", tmp_path / "broken.audio.safetensors")
    assert_refused(run("serve", "--port", "0", EARSHOT_CHECKPOINT=str(broken)), "corrupt", "broken.safetensors")
    shutil.copytree(home / "gallery", tmp_path / "gallery")
    (tmp_path / "gallery" / "entries.csv").write_text("id\n")
    assert_refused(run("serve", "--port", "0", EARSHOT_GALLERY=str(tmp_path / "gallery")), "entries.csv", "corrupt")


def test_an_address_in_use_is_refused_before_anything_is_loaded(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert_refused(run("serve", "--port", taken.getsockname()[1]), "cannot listen", str(taken.getsockname()[1]))


def test_info_says_what_is_in_use_in_words_and_as_json(run):
    words, data = run("info"), run("info", "--json")
    assert words.returncode == data.returncode == 0
    found = json.loads(data.stdout)
    assert found["checkpoint"]["hash"] in words.stdout
    assert found["gallery"]["captions"] == 6


def test_a_gallery_is_built_from_a_folder_and_can_be_looked_into(run, home, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "gallery.csv").write_text("text,licence,scene\nwaves,CC0-1.0,sea\nno licence,,\n")
    done = run("gallery", "build", source, tmp_path / "built", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["captions"], len(report["skipped"])) == (1, 1)
    looked = run("gallery", "info", tmp_path / "built", "--json")
    assert json.loads(looked.stdout)["captions"] == 1


def test_a_published_gallery_is_imported_and_listened_to_beside_ones_own(run, home, tmp_path):
    write_hdf5(tmp_path / "published.h5", dim=32)
    done = run("gallery", "import", "published.h5", "geosound", "--licence", "CC-BY-4.0", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["captions"], report["recordings"], report["skipped"]) == (21, 7, [])
    assert json.loads(run("gallery", "info", "geosound", "--json").stdout)["scales"] == [1, 3, 5]
    heard = run(
        "listen", "0", "0", "--no-sound", "--json", "--k", "50", "--gallery", home / "gallery", "--gallery", "geosound"
    )
    assert {caption["gallery"] for caption in json.loads(heard.stdout)["captions"]} == {"gallery", "geosound"}


def test_a_file_that_is_no_published_gallery_is_refused_in_one_line(run, tmp_path):
    write_hdf5(tmp_path / "published.h5", dim=32)
    content = (tmp_path / "published.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(content[:2000])
    assert_refused(run("gallery", "import", "cut.h5", "out"), "cut.h5", "cannot be read as HDF5")
    assert_refused(run("gallery", "import", "published.h5", "out", "--sounds", "some"), "sounds", "container")
    write_hdf5(tmp_path / "published.h5", dim=16)
    assert_refused(run("gallery", "import", "published.h5", "out"), "not the 32 numbers of the checkpoint")
    assert not (tmp_path / "out").exists()


def test_the_server_starts_answers_and_stops_when_told(variables, tmp_path):
    command = [sys.executable, "-m", "server.cli", "serve", "--port", "0"]
    env = {**os.environ, **variables, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as serving:
        try:
            url = serving.stdout.readline().split()[-1]
            wait_for(f"{url}/readyz")
            with urllib.request.urlopen(f"{url}/soundscape?lat=0.05&lon=0.02") as answer:
                assert json.load(answer)["captions"]
        finally:
            serving.send_signal(signal.SIGINT)
            assert serving.wait(60) == 0


def wait_for(url):
    for _ in range(600):
        try:
            with urllib.request.urlopen(url):
                return
        except urllib.error.HTTPError as early:
            early.close()
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} never answered")


def test_info_tells_what_was_pulled(run, variables):
    folder = Path(variables["EARSHOT_DATA_DIR"]) / "tokeniser"
    folder.mkdir()
    (folder / "tokenizer.json").write_text("{}")
    record("flan-t5-tokenizer", folder, Path(variables["EARSHOT_DATA_DIR"]))
    assert "flan-t5-tokenizer (local): 0.00 GB" in run("info").stdout
    (folder / "tokenizer.json").unlink()
    assert "is gone" in run("info", COLUMNS="300").stdout
