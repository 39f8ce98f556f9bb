"""What tests of jobs are made of: engines of seeded noise that count and wait, orders, and ways to wait for a job."""

import asyncio
import contextlib
import dataclasses
import json
import sqlite3
import threading

import numpy as np

from model.errors import Cancelled, SynthesisError
from model.synthesis import Clip
from server.concurrency.supervised import Supervisor
from server.sound.engines import RECORDING, EngineCard, Engines
from server.sound.orders import SoundOrder

ORDER = SoundOrder("foley", "wind", 1.0, 0, release="1")
LANES = [(RECORDING, "foley"), ("tangoflux",)]

QUICK = EngineCard("foley", "nothing", "CC0-1.0", "quick")
HEAVY = EngineCard(
    "tangoflux", "its weights: run `earshot pull tangoflux`", "research", "heavy", "By ears", 50, 4.5, True
)


class Noise:
    """Renders noise in four steps; each but the first waits for the gate."""

    def __init__(self) -> None:
        self.rendered: list[tuple[str, int]] = []
        self.tried = 0
        self.failures: list[Exception] = []
        """What the next renderings fail of, one after the other."""
        self.began = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def render(self, caption, seconds=10.0, seed=0, *, progress=None, cancel=None, **options):
        self.tried += 1
        if self.failures:
            raise self.failures.pop(0)
        for step in range(4):
            if cancel is not None and cancel():
                raise Cancelled(f"at step {step}")
            if progress is not None:
                progress(step + 1, 4)
            self.began.set()
            self.gate.wait(0.05 if cancel is not None and not self.gate.is_set() else 10)
            while not self.gate.is_set() and not (cancel is not None and cancel()):
                self.gate.wait(0.01)
        if caption == "nothing":
            raise SynthesisError("caption: means nothing")
        if caption == "crash":
            raise RuntimeError("a secret")
        self.rendered.append((caption, seed))
        rng = np.random.default_rng(seed)
        return Clip(rng.normal(0, 0.1, (2, int(8000 * seconds))).astype(np.float32), 8000)


def engines_of(estimates=None, **opened):
    """A registry where the engines named are installed."""

    def opener(name):
        if name not in opened:
            raise SynthesisError("its weights are not here")
        return opened[name]

    return Engines((QUICK, HEAVY), opener, estimates)


def seeds(count):
    return [dataclasses.replace(ORDER, seed=seed) for seed in range(count)]


def running(jobs, main):
    """Run `main` beside the workers of `jobs`."""

    async def whole():
        jobs.start(Supervisor())
        try:
            return await main(jobs)
        finally:
            await jobs.close()

    return asyncio.run(whole())


async def until(jobs, id, *states):
    async with contextlib.aclosing(jobs.follow(id)) as changes:
        async for job in changes:
            if job.state in states:
                return job
    raise AssertionError(f"{id} ended without being {states}")


async def content(jobs, order, format="wav", patience=20):
    """The bytes of a sound that is asked for; None when it takes too long."""
    file = await jobs.open(order, format, patience)
    if file is None:
        return None
    with file:
        return file.read()


FOREIGN = {
    "a field of another version": json.dumps({**json.loads(ORDER.to_json()), "reverb": "hall"}),
    "a field that is missing": json.dumps({"engine": "foley", "caption": "wind"}),
    "another type": json.dumps({**json.loads(ORDER.to_json()), "seconds": "ten"}),
    "a recording that is none": json.dumps({**json.loads(ORDER.to_json()), "recording": {"id": 1}}),
    "cut": ORDER.to_json()[:40],
    "empty": "",
    "no order": "[1, 2]",
    "null": "null",
    "no JSON": "waves",
}
"""Requests as another version, or a damaged disk, may have left them in the table."""


def write_row(path, id, request, state="queued", engine="foley", number=0):
    """A job in the table of jobs at `path`, written past our own code."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as table:
        table.execute(
            "INSERT OR REPLACE INTO jobs (id, number, engine, request, state, accepted) VALUES (?, ?, ?, ?, ?, 0)",
            (id, number, engine, request, state),
        )
