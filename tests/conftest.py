"""How tests are shared out between cores: a file at a time, and all that need the browser to one of them."""

import pytest
from xdist.scheduler import LoadFileScheduling

BROWSER = "tests/web"


class BrowserTogether(LoadFileScheduling):
    """One browser before one server is enough: two of each on two cores would mostly wait for one another."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(f"{BROWSER}/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> BrowserTogether:
    return BrowserTogether(config, log)
