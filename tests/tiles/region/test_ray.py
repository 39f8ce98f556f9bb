"""A region built on a Ray cluster, losing a node half-way, is the same region; slices on its nodes score the same."""

import os
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from tests.tiles.region.maker import QUERIES, Ground, embed, files_of, make
from tiles.errors import InvalidPoint
from tiles.region import Grid, Region

pytest.importorskip("ray", reason="Ray is not installed; it comes with the extra `cluster`")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")
GRID = Grid.over((-4.4, -4.4, 4.4, 4.4), 9)


@pytest.fixture(scope="module")
def cluster():
    """Two nodes of one core each, and a head without any, so that either can be lost."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ray
        from ray.cluster_utils import Cluster

        os.environ["PYTHONPATH"] = str(Path(__file__).parents[3])
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": 80 << 20})
        made.nodes = [made.add_node(num_cpus=1, object_store_memory=80 << 20) for _ in range(2)]
        ray.init(address=made.address, log_to_driver=False)
        yield made
        ray.shutdown()
        made.shutdown()
