"""In a fresh process the first sounds are made while others open text encoders: no import meets half of another."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = """
import asyncio, json, sys, threading
from pathlib import Path
from model.sat2sound.text_encoder import open_text_encoder
from server.concurrency.supervised import Supervisor
from server.settings import Settings
from server.sound.cache import Sounds
from server.sound.engines import Engines
from server.sound.orders import Orders
from server.sound.queries import SynthesisOptions
from server.sound.queue import Jobs

settings = Settings(data_dir=Path(sys.argv[1]))
engines = Engines.installed(settings.data_dir)
jobs = Jobs(Sounds(settings.folder("sounds"), settings.audio_cache_bytes, engines), settings)
promised = [Orders(engines).of_caption("waves", SynthesisOptions(seconds=1.0, seed=seed)) for seed in range(2)]
together, broken = threading.Barrier(4), []

def open_at_once():
    together.wait()
    try:
        open_text_encoder("minilm")
    except Exception as error:
        broken.append(repr(error))

async def main():
    for order in promised:
        await jobs.accept(order)
    threads = [threading.Thread(target=open_at_once) for _ in range(3)]
    for thread in threads:
        thread.start()
    jobs.start(Supervisor())
    await asyncio.to_thread(together.wait)
    ended = [[job async for job in jobs.follow(order.key)][-1].state for order in promised]
    for thread in threads:
        thread.join()
    await jobs.close()
    print(json.dumps({"broken": broken, "jobs": ended}))

asyncio.run(main())
"""


@pytest.mark.timeout(600)
def test_promised_sounds_and_text_encoders_come_up_together_in_a_fresh_process(tmp_path):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == {"broken": [], "jobs": ["done", "done"]}
    assert "ImportError" not in run.stderr  # none was tried again, either
