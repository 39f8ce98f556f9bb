"""Killed with two dozen sounds promised: after the next start every one is done, and is the same to the byte."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from server.sound.cache import Sounds
from server.sound.engines import Engines
from server.sound.orders import Orders
from server.sound.queries import SynthesisOptions

ROOT = Path(__file__).parents[3]
PROMISED = 24
SCRIPT = """
import asyncio, hashlib, json, sys
from pathlib import Path
from server.concurrency.supervised import Supervisor
from server.sound.engines import Engines
from server.sound.queue import Jobs
from server.settings import Settings
from server.sound.orders import Orders
from server.sound.queries import SynthesisOptions
from server.sound.cache import Sounds

data, finish = Path(sys.argv[1]), sys.argv[2] == "finish"
settings = Settings(data_dir=data)
engines = Engines()
sounds = Sounds(settings.folder("sounds"), settings.audio_cache_bytes, engines)
make = Orders(engines).of_caption
orders = [make("wind", SynthesisOptions(seconds=1.0, seed=seed)) for seed in range(int(sys.argv[3]))]

async def main():
    jobs = Jobs(sounds, settings)
    if not finish:
        for order in orders:
            await jobs.accept(order)
        jobs.start(Supervisor())
        print("promised", flush=True)
        async for job in jobs.follow(orders[3].key):
            pass
        print("begun", flush=True)
        await asyncio.sleep(600)
    jobs.start(Supervisor())
    for order in orders:
        job = jobs.job(order.key)  # accepted by the process that was killed, never here
        async for job in jobs.follow(order.key):
            pass
        assert job.state == "done", job
    files = {}
    for order in orders:
        with sounds.open(order, "flac") as file:
            files[order.key] = hashlib.sha256(file.read()).hexdigest()
    print(json.dumps(files), flush=True)
    await jobs.close()

asyncio.run(main())
"""


def start(data, what, count):
    command = [sys.executable, "-c", SCRIPT, str(data), what, str(count)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)


def finished(data, count):
    with start(data, "finish", count) as process:
        answer = process.stdout.read()
    assert process.returncode == 0
    return json.loads(answer)


@pytest.mark.timeout(600)
def test_no_promise_is_lost_and_every_sound_is_the_same(tmp_path):
    with start(tmp_path / "killed", "promise", PROMISED) as process:
        assert process.stdout.readline() == "promised\n"
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    after = finished(tmp_path / "killed", PROMISED)
    assert len(after) == PROMISED

    (tmp_path / "whole").mkdir()
    sounds = Sounds(tmp_path / "whole", 10_000_000, Engines())
    for seed in (0, 4, PROMISED - 1):  # done before the end, under way, waiting
        order = Orders(sounds.engines).of_caption("wind", SynthesisOptions(seconds=1.0, seed=seed))
        sounds.render(order)
        with sounds.open(order, "flac") as file:
            assert hashlib.sha256(file.read()).hexdigest() == after[order.key]
