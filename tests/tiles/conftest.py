"""What all tests of the room share."""

import os

import pytest

from tests.tiles.imagery.tile_server import TileServer


@pytest.fixture(autouse=True, scope="module")
def no_power_cuts():
    """No test cuts the power, so none waits for the disk; what is synced, and when, is tested where it is promised."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture
def server():
    """A tile service on 127.0.0.1."""
    running = TileServer()
    yield running
    running.close()
