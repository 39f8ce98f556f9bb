"""How many cores there are, and how many of them drawing chips may have beside the model."""

from tiles.cores import available_cores

__all__ = ["available_cores", "chip_threads"]


def chip_threads(torch_threads: int) -> int:
    """Chips drawn at once from a local source: the model, which works at the same time, keeps its cores."""
    return max(1, available_cores() - torch_threads)
