"""Nothing sounds like it: an empty answer says how near the nearest comes, and no other does."""

from types import SimpleNamespace

import numpy as np
import pytest

from server.search.nothing_found import nothing_found
from server.search.queries import SearchQuery


def scores(own, valid=True):
    own = np.asarray(own, np.float32)
    return SimpleNamespace(own=own, region=SimpleNamespace(valid=np.full(len(own), valid), title="Null Island"))


def test_it_is_said_how_near_the_nearest_comes():
    (note,) = nothing_found(scores([12, 87.26, np.nan]), SearchQuery(q="bagpipes", min_percentile=95), 0)
    assert note == ("Nothing reaches percentile 95 here: what sounds most like it in Null Island stands at 87.3.")


def test_nothing_is_said_where_something_was_found():
    assert nothing_found(scores([99.0]), SearchQuery(q="waves"), 1) == []


@pytest.mark.parametrize("own", [[np.nan, np.nan], [0.0]])
def test_nothing_is_said_of_a_region_that_holds_nothing_yet(own):
    assert nothing_found(scores(own, valid=False), SearchQuery(q="waves"), 0) == []
