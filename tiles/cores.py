"""How many processor cores are this process's own."""

import os


def available_cores() -> int:
    """The cores this process may run on; all of the machine's where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
