"""Engines for tests of jobs: seeded noise that counts its renders, waits at a gate, and stops between steps."""

import threading

import numpy as np

from model.errors import Cancelled, SynthesisError
from model.synthesis import Clip
from server.sound.engines import EngineCard, Engines

QUICK = EngineCard("foley", "nothing", "CC0-1.0", "quick")
HEAVY = EngineCard(
    "tangoflux", "its weights: run `earshot pull tangoflux`", "research", "heavy", "By ears", 50, 4.5, True
)


class Noise:
    """Renders noise in four steps; each but the first waits for the gate."""

    def __init__(self) -> None:
        self.rendered: list[tuple[str, int]] = []
        self.began = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def render(self, caption, seconds=10.0, seed=0, *, progress=None, cancel=None, **options):
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
