"""A program to test with: two Ray nodes on this machine, of which one is killed half-way.

`python -m tests.tiles.region.ray_cluster FOLDER` leaves its regions there, and what it saw as told.json.
"""

import json
import os
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import ray
from ray.cluster_utils import Cluster

from tests.tiles.region.maker import QUERIES, Ground, embed, make
from tiles.errors import InvalidPoint, TilesError
from tiles.region import Grid, Region
from tiles.region.ray import Tools, ray_engine, ray_shards

GRID = Grid.over((-4.4, -4.4, 4.4, 4.4), 9)
NODE = {"object_store_memory": 80 << 20, "include_dashboard": False}
QUICK_TO_NOTICE = {"health_check_period_ms": 1000, "health_check_timeout_ms": 5000}
NODES = 2
START_SECONDS = 240


def embed_together(seen: Path, chips, condition):
    """Leave word of the node that encodes; at first wait until every node does, so that none builds it all alone."""
    with (seen / ray.get_runtime_context().get_node_id()).open("ab") as file:
        file.write(b".")
    until = time.monotonic() + 120
    while len(batches(seen)) < NODES and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.02)
    return embed(chips, condition)


def batches(seen: Path) -> dict[str, int]:
    """How many batches each node began."""
    return {path.name: path.stat().st_size for path in sorted(seen.iterdir())}


def open_tools(seen: Path):
    return Tools(Ground(), partial(embed_together, seen), readers=2)


def refusing_tools():
    def refuse(lat, lon, nth):
        return InvalidPoint("gsd: not on this ground")

    return Tools(Ground(refuse), embed, readers=2)


def build_and_lose_a_node(folder: Path, cluster: Cluster, nodes: list, told: dict) -> None:
    """Build a region; when half of it is done, kill a node with all that runs there."""
    seen = folder / "seen"
    seen.mkdir()

    def kill_half_way(progress):
        if progress.done * 2 >= progress.total and len(nodes) == NODES:
            told["killed"], told["killed_at"] = nodes[0].node_id, progress.done
            raylet = psutil.Process(nodes[0].all_processes["raylet"][0].process.pid)
            for process in [raylet, *raylet.children(recursive=True)]:  # workers left alone would end their tasks
                process.kill()
            cluster.remove_node(nodes.pop(0), allow_graceful=False)
            told["batches"] = batches(seen)

    engine = ray_engine(partial(open_tools, seen))
    told["complete"] = make(folder / "ground.zarr", grid=GRID, engine=engine, progress=kill_half_way).complete
    told["batches_in_the_end"] = batches(seen)


def stop_early(folder: Path, told: dict) -> None:
    """Leave a build when it has hardly begun."""
    seen = folder / "stopped"
    seen.mkdir()
    engine = ray_engine(partial(open_tools, seen))
    stopped = make(folder / "stopped.zarr", grid=GRID, engine=engine, stop=lambda: bool(batches(seen)))
    told["stopped_at"] = stopped.progress.done


def main(folder: Path):
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "_system_config": QUICK_TO_NOTICE, **NODE})
    nodes = [cluster.add_node(num_cpus=1, wait=False, **NODE) for _ in range(NODES)]
    cluster.wait_for_nodes(timeout=START_SECONDS)
    os.environ["RAY_ADDRESS"] = cluster.address
    told, shards = {}, []
    stop_early(folder, told)
    try:
        make(folder / "refused.zarr", grid=GRID, engine=ray_engine(refusing_tools))
    except TilesError as error:
        told["refused"] = f"{type(error).__name__}: {error}"

    def open_shards(*where):
        shards.extend(ray_shards(3)(*where))
        return shards

    sliced = Region.open(make(folder / "whole.zarr", grid=GRID).path, shards=open_shards)
    told["scores"] = sliced.score(QUERIES[:4]).tolist()
    told["slices"] = len(shards)
    build_and_lose_a_node(folder, cluster, nodes, told)
    told["scores_after_the_loss"] = sliced.score(QUERIES[4:]).tolist()
    (folder / "told.json").write_text(json.dumps(told))
    ray.shutdown()
    cluster.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
