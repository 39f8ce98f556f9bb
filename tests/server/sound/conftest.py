"""Jobs and their table at the smallest size, around one folder."""

import pytest

from server.settings import Settings
from server.sound.cache import Sounds
from server.sound.queue import Jobs
from server.sound.store import JobStore
from tests.server.sound.sounding import LANES, Noise, engines_of


@pytest.fixture
def noise():
    return Noise()


@pytest.fixture
def make(tmp_path, noise):
    """Jobs around one folder; each is another process that shares it, as far as the folder can tell."""

    def jobs(max_queued_sounds=300, **opened):
        settings = Settings(data_dir=tmp_path, max_queued_sounds=max_queued_sounds)
        engines = engines_of(**{"foley": noise, **opened})
        return Jobs(Sounds(settings.folder("sounds"), 10_000_000, engines), settings)

    return jobs


@pytest.fixture
def store(tmp_path):
    opened = JobStore(tmp_path / "jobs.sqlite", 3, LANES)
    yield opened
    opened.close()
