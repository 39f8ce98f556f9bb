"""A live server for notebooks: the embedded checkpoint, a corner of Null Island and no network, in a thread."""

import threading
import time
from collections.abc import Iterator

import httpx2
import pytest
import uvicorn

from model.gallery import Gallery
from model.sat2sound import open_checkpoint
from server.app import create_app
from server.regions.encode import RegionPlan, build_for
from server.settings import Settings
from tiles.imagery import open_imagery
from tiles.region import Grid

START_SECONDS = 120.0
GRID = Grid.over((0.0, 0.0, 1.4, 1.4), 11)


@pytest.fixture(scope="session")
def grid() -> Grid:
    """The cells that the server has listened to."""
    return GRID


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("earshot")
    settings = Settings(data_dir=folder, imagery=["null-island"], torch_threads=1, build_region=False)
    plan = RegionPlan("null-island", GRID, open_imagery("null-island"))
    model, gallery = open_checkpoint("embedded"), Gallery.open("embedded")
    build_for(model, gallery, plan, settings.folder("regions") / "null-island.zarr", readers=1)
    running = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="warning"))
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        yield wait_until_ready(running, thread)
    finally:
        running.should_exit = True
        thread.join()


def wait_until_ready(running: uvicorn.Server, thread: threading.Thread) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and thread.is_alive():
        if running.started:
            host, port = running.servers[0].sockets[0].getsockname()
            if httpx2.get(f"http://{host}:{port}/readyz").is_success:
                return f"http://{host}:{port}"
        time.sleep(0.1)
    pytest.fail("the server did not get ready")
