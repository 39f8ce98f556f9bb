"""How the cores are shared: the model's threads take theirs, drawing chips has the rest, BLAS gets none of its own."""

import os

import torch
from threadpoolctl import threadpool_limits


def share_cores(torch_threads: int) -> None:
    """Give PyTorch its threads, and make NumPy's matrix products run in the thread that asks for them."""
    torch.set_num_threads(torch_threads)
    # The products of a chip are so small that BLAS threads speed up none of them: they only wait for one another,
    # spinning, on the cores that the model and the next chip need.
    threadpool_limits(1, user_api="blas")


def chip_threads(torch_threads: int) -> int:
    """Chips drawn at once from a local source: the model, which works at the same time, keeps its cores."""
    return max(1, available_cores() - torch_threads)


def available_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
