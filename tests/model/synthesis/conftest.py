"""Foley and a made-up TangoFlux, opened once, and sources rendered once: what most tests here listen to."""

from functools import cache

import pytest

from model.synthesis import open_synthesizer
from model.synthesis.foley.sources import SOURCES


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


@pytest.fixture(scope="session")
def made_up_folder(tmp_path_factory):
    """A directory in TangoFlux's published layout, tiny, with made-up weights. To be read only."""
    from benchmarks.made_up_tangoflux import write_made_up

    return write_made_up(tmp_path_factory.mktemp("tangoflux"))


@pytest.fixture(scope="session")
def tangoflux(made_up_folder):
    from model.synthesis.tangoflux import Placement, open_tangoflux

    return open_tangoflux(made_up_folder, Placement())
