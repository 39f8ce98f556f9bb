"""How many cores there are, and how many of them drawing chips may have beside the model."""

import os


def chip_threads(torch_threads: int) -> int:
    """Chips drawn at once from a local source: the model, which works at the same time, keeps its cores."""
    return max(1, available_cores() - torch_threads)


def available_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
