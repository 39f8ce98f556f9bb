import dataclasses

import numpy as np
import pytest

from model.synthesis.foley.sources.source import Source


def nothing(n, rng):
    return np.zeros((2, n), np.float32)


def test_a_source_is_heard_at_its_natural_level_unless_it_says_otherwise():
    assert Source("x", nothing, ("city",), ("an x",)).level_db == 0


def test_a_source_cannot_be_changed():
    source = Source("x", nothing, ("city",), ("an x",))
    with pytest.raises(dataclasses.FrozenInstanceError):
        source.level_db = 3
