"""A program to test with: two Ray nodes on this machine, of which one is killed half-way. Prints what it saw as JSON.

    python -m tests.tiles.region.ray_cluster FOLDER
"""

import json
import os
import sys
import time
from functools import partial
from pathlib import Path

import ray
from ray.cluster_utils import Cluster

from tests.tiles.region.maker import QUERIES, Ground, embed, make
from tiles.errors import InvalidPoint, TilesError
from tiles.region import Grid, Region
from tiles.region.ray import Tools, ray_engine, ray_shards

GRID = Grid.over((-4.4, -4.4, 4.4, 4.4), 9)
MEMORY = 80 << 20


def slow_embed(seen: Path, chips, condition):
    """Encode so slowly that a node can be killed meanwhile, and leave word of which node it was."""
    (seen / ray.get_runtime_context().get_node_id()).touch()
    time.sleep(0.02)
    return embed(chips, condition)


def open_tools(seen: Path):
    return Tools(Ground(), partial(slow_embed, seen), readers=2)


def refusing_tools():
    def refuse(lat, lon, nth):
        return InvalidPoint("gsd: not on this ground")

    return Tools(Ground(refuse), embed, readers=2)


def main(folder: Path):
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": MEMORY})
    nodes = [cluster.add_node(num_cpus=1, object_store_memory=MEMORY) for _ in range(2)]
    os.environ["RAY_ADDRESS"] = cluster.address
    seen, told = folder / "seen", {}
    seen.mkdir()

    def kill_half_way(progress):
        if progress.done * 2 >= progress.total and len(nodes) == 2:
            told["nodes_before"] = sorted(path.name for path in seen.iterdir())
            told["killed"] = nodes[0].node_id
            cluster.remove_node(nodes.pop(0), allow_graceful=False)
            told["killed_at"] = progress.done
            for path in seen.iterdir():
                path.unlink()

    engine = ray_engine(partial(open_tools, seen))
    built = make(folder / "ground.zarr", grid=GRID, engine=engine, progress=kill_half_way)
    told["nodes_after"] = sorted(path.name for path in seen.iterdir())
    told["complete"] = built.complete

    nodes.append(cluster.add_node(num_cpus=1, object_store_memory=MEMORY))
    sliced = Region.open(built.path, shards=ray_shards(3))
    told["scores"] = sliced.score(QUERIES).tolist()
    cluster.remove_node(nodes.pop(0), allow_graceful=False)
    told["scores_after_a_loss"] = Region.score(sliced, QUERIES * 2 + 1e-3).tolist()

    polls = iter(range(100))
    stopped = make(folder / "stopped.zarr", grid=GRID, engine=engine, stop=lambda: next(polls) > 2)
    told["stopped_at"] = stopped.progress.done
    try:
        make(folder / "refused.zarr", grid=GRID, engine=ray_engine(refusing_tools))
    except TilesError as error:
        told["refused"] = f"{type(error).__name__}: {error}"
    print(json.dumps(told))
    ray.shutdown()
    cluster.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
