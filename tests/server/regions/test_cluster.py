"""`earshot region build --engine ray` leaves the bytes of a build without it; each process opens what it works with."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from server.regions.cluster import OpenTools
from server.regions.encode import RegionEncoder

pytestmark = pytest.mark.timeout(900)
ROOT = Path(__file__).parents[3]


def test_what_a_node_opens_hears_what_this_process_hears(make_settings, earshot):
    tools = pickle.loads(pickle.dumps(OpenTools(make_settings(), readers=3)))()
    chips = [tools.source.read(lat, 0.1, tools.source.gsd, 64) for lat in (0.0, 0.2)]
    assert tools.readers == 3
    np.testing.assert_array_equal(tools.embed(chips, None), RegionEncoder(earshot.model)(chips, None))


def test_the_command_builds_the_same_bytes_on_a_cluster_and_alone(home, tmp_path):
    def build(data, *engine):
        values = {
            "CHECKPOINT": "checkpoint.safetensors",  # a node's working folder is another, and must not matter
            "GALLERY": str(home / "gallery"),
            "DATA_DIR": str(tmp_path / data),
            "TORCH_THREADS": "1",
        }
        own = {f"EARSHOT_{name}": value for name, value in values.items()}
        # On a busy machine Ray starts slowly, and its workers, polite by default, would never have their turn.
        patience = {"RAY_gcs_server_port_wait_time_s": "120", "RAY_worker_niceness": "0"}
        ray = {"RAY_ADDRESS": "local", "PYTHONPATH": str(ROOT), **patience}
        where = ("--bbox=-0.4,-0.4,0.4,0.4", "--zoom", "10", "--imagery", "null-island", "--block", "2", "--json")
        command = [sys.executable, "-m", "server.cli", "region", "build", "corner", *where, *engine]
        done = subprocess.run(
            command, cwd=home, env={**os.environ, **own, **ray}, capture_output=True, text=True, timeout=540
        )
        assert done.returncode == 0, done.stderr[-4000:]
        report = json.loads(done.stdout)
        assert (report["state"], report["done"]) == ("ready", report["cells"])
        store = Path(report["path"])
        return {str(file.relative_to(store)): file.read_bytes() for file in store.rglob("*") if file.is_file()}

    alone = build("alone")
    assert alone
    assert build("cluster", "--engine", "ray") == alone
