"""Regions of checkpoints that are not in use."""

import numpy as np
import pytest

from tiles.imagery import open_imagery
from tiles.region import Grid, build_region


@pytest.fixture
def foreign_region():
    """Build a region with another checkpoint: at a path, or by a name in a folder."""

    def build(path, name=None, checkpoint_hash="0ld0ld"):
        return build_region(
            path if name is None else path / f"{name}.zarr",
            Grid.over((-0.5, -0.5, 0.5, 0.5), 10),
            open_imagery("null-island"),
            lambda chips, condition: np.ones((len(chips), 4), np.float32),
            name=name or "null-island",
            dim=4,
            checkpoint="older",
            checkpoint_hash=checkpoint_hash,
            gsd=0.6,
            scale=1,
            pixels=8,
            background_queries=np.eye(4, dtype=np.float32),
        )

    return build
