"""The cores are shared: PyTorch has as many threads as it was given, BLAS one."""

import os
import subprocess
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from server.concurrency.cores import available_cores

OPEN = """
import torch
from threadpoolctl import threadpool_info
from server.earshot import Earshot
from server.settings import load_settings

def blas():
    return {pool["num_threads"] for pool in threadpool_info() if "scipy_openblas" in pool["prefix"]}

before = blas()
Earshot.open(load_settings())
print(before, blas(), torch.get_num_threads())
"""


@pytest.mark.skipif(available_cores() < 2, reason="on one core BLAS never has two threads")
def test_opening_earshot_leaves_blas_one_thread_and_pytorch_those_of_the_settings(make_settings):
    settings = make_settings(torch_threads=1)
    told = {name: getattr(settings, name) for name in ("checkpoint", "data_dir", "torch_threads")}
    told["gallery"] = ",".join(settings.gallery)
    environment = {f"EARSHOT_{name.upper()}": str(value) for name, value in told.items()}
    environment |= {"EARSHOT_IMAGERY": "null-island", "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    # A process of its own: in this one other tests have opened Earshot before.
    done = subprocess.run(
        [sys.executable, "-c", OPEN], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["{2}", "{1}", "1"], done.stderr


def test_a_chip_is_the_same_whatever_threads_blas_has(earshot):
    source = earshot.imagery.get("null-island")
    with threadpool_limits(2, user_api="blas"):
        two = source.read(1.303, 0.921, 0.6, 256).pixels
    with threadpool_limits(1, user_api="blas"):
        np.testing.assert_array_equal(source.read(1.303, 0.921, 0.6, 256).pixels, two)
