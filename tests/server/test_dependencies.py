"""What routes are handed: the service once there is one, and before that why there is none."""

import asyncio
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from server.concurrency.supervised import Supervisor
from server.dependencies import _service, _settings, _supervisor
from server.errors import NotReady, StartError
from server.service import LOADING


def request(**state):
    return Request({"type": "http", "app": SimpleNamespace(state=SimpleNamespace(**state))})


def asked(loading):
    """What is said while there is no service; `loading` loads it, or is not begun."""

    async def main():
        supervisor = Supervisor()
        if loading is not None:
            task = supervisor.watch(LOADING, loading, essential=True)
            await asyncio.sleep(0.01)
        try:
            return await _service(request(service=None, supervisor=supervisor))
        finally:
            if loading is not None:
                await task.stop()

    with pytest.raises(NotReady) as refusal:
        asyncio.run(main())
    assert refusal.value.retry_after == 1
    return str(refusal.value)


async def slow():
    await asyncio.sleep(60)


async def broken():
    raise StartError("gallery: holds no captions")


@pytest.mark.parametrize("loading", [None, slow])
def test_before_it_is_loaded_it_is_said_that_it_is_being_loaded(loading):
    assert "still being loaded" in asked(loading)


def test_after_a_load_that_failed_it_is_said_why():
    said = asked(broken)
    assert said == "This server could not be started: gallery: holds no captions"


def test_what_there_is_is_handed_on():
    service, settings, supervisor = object(), object(), Supervisor()
    ready = request(service=service, settings=settings, supervisor=supervisor)
    assert asyncio.run(_service(ready)) is service
    assert asyncio.run(_settings(ready)) is settings
    assert asyncio.run(_supervisor(ready)) is supervisor
