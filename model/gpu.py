"""Where there is a GPU, and when it is worth its while."""

import torch


def best_device() -> torch.device:
    """The GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
