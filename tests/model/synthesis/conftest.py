"""Foley, opened once, and its sources rendered once: what most tests here listen to."""

from functools import cache

import pytest

from model.synthesis import open_synthesizer
from model.synthesis.sources import SOURCES


@pytest.fixture(scope="session")
def foley():
    return open_synthesizer("foley")


@cache
def raw(name, seconds, seed):
    """A source as its function makes it, before any level or loudness."""
    import numpy as np
    from numpy.random import SFC64, Generator

    samples = SOURCES[name].render(round(seconds * 44_100), Generator(SFC64(seed)))
    assert isinstance(samples, np.ndarray)
    samples.flags.writeable = False
    return samples


@pytest.fixture(scope="session")
def source():
    return raw
