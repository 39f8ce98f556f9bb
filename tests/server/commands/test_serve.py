"""`earshot serve`: the listening socket, what refuses the start, and a server that ends in order."""

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

import pytest

from server.commands.serve import bind
from tests.server.commands.earshot_command import ROOT, assert_refused


def test_no_answer_waits_for_its_beginning_to_be_acknowledged():
    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve", "--port", "70000"], ["PORT"]),
        (["serve", "--port", "0", "--checkpoint", "none.safetensors"], ["none.safetensors"]),
        (["serve", "--port", "0", "--imagery", "none.tif"], ["none.tif"]),
        (["serve", "--host", "256.256.256.256"], ["256.256.256.256"]),
        (["serve", "--online", "perhaps"], ["ONLINE"]),
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
    assert_refused(run("serve", "--port", "0", EARSHOT_CHECKPOINT=broken), "corrupt", "broken.safetensors")
    shutil.copytree(home / "gallery", tmp_path / "gallery")
    (tmp_path / "gallery" / "entries.csv").write_text("id\n")
    assert_refused(run("serve", "--port", "0", EARSHOT_GALLERY=tmp_path / "gallery"), "entries.csv", "corrupt")


def test_an_address_in_use_is_refused_before_anything_is_loaded(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert_refused(run("serve", "--port", taken.getsockname()[1]), "cannot listen", str(taken.getsockname()[1]))


def test_the_server_starts_answers_and_stops_when_told(variables, tmp_path):
    command = [sys.executable, "-m", "server.cli", "serve", "--port", "0"]
    given = {name: str(value) for name, value in variables.items()}
    env = {**os.environ, **given, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
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
