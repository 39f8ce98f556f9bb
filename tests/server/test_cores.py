"""The cores are shared: PyTorch has as many threads as it was given, BLAS one."""

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from server.cores import chip_threads
from server.services import Earshot
from server.settings import available_cores


def blas_threads():
    """Of the libraries NumPy and SciPy bring."""
    return {pool["num_threads"] for pool in threadpool_info() if "scipy_openblas" in pool["prefix"]}


def test_opening_earshot_leaves_blas_one_thread_and_pytorch_those_of_the_settings(make_settings):
    with threadpool_limits(2, user_api="blas"):
        if 1 in blas_threads():
            pytest.skip("BLAS was built or told to use one thread only")
        Earshot.open(make_settings(torch_threads=1))
        assert blas_threads() == {1}
        assert torch.get_num_threads() == 1


def test_a_chip_is_the_same_whatever_threads_blas_has(earshot):
    source = earshot.imagery.get("null-island")
    with threadpool_limits(2, user_api="blas"):
        two = source.read(1.303, 0.921, 0.6, 256).pixels
    with threadpool_limits(1, user_api="blas"):
        np.testing.assert_array_equal(source.read(1.303, 0.921, 0.6, 256).pixels, two)


def test_drawing_has_the_cores_the_model_leaves_and_one_at_least():
    assert chip_threads(available_cores()) == 1
    assert chip_threads(available_cores() + 7) == 1
    assert chip_threads(0) == available_cores()
