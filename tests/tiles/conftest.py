import pytest

from tests.tiles.imagery.tile_server import TileServer


@pytest.fixture
def server():
    """A tile service on 127.0.0.1."""
    running = TileServer()
    yield running
    running.close()
