"""How tests are run: the same examples each time, a file at a time on each core, all that need the browser on one."""

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

# What is drawn anew each time fails at some time, of something else than the change at hand.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")

BROWSER = "tests/web"


class BrowserTogether(LoadFileScheduling):
    """One browser before one server is enough: two of each on two cores would mostly wait for one another."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(f"{BROWSER}/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> BrowserTogether:
    return BrowserTogether(config, log)
