"""The threads of the libraries that compute: PyTorch has as many as it is given, BLAS none of its own."""

import torch
from threadpoolctl import threadpool_limits


def share_cores(torch_threads: int) -> None:
    """Give PyTorch its threads, and make NumPy's matrix products run in the thread that asks for them."""
    torch.set_num_threads(torch_threads)
    # The products of a chip are so small that BLAS threads speed up none of them: they only wait for one another,
    # spinning, on the cores that the model and the next chip need.
    threadpool_limits(1, user_api="blas")
