"""A live server for notebooks: the embedded checkpoint, Null Island and no network, in a thread of this process."""

import threading
import time
from collections.abc import Iterator

import httpx2
import pytest
import uvicorn

from server.app import create_app
from server.settings import Settings

START_SECONDS = 120.0


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("earshot"), imagery=["null-island"], torch_threads=1)
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
