"""What people bring: their rasters, recordings and tables, kind by kind: how many were tried, how many are right.

python -m benchmarks.inputs
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from benchmarks import inputs_rasters


def main() -> None:
    """Print one table, and the share over everything."""
    print("| kind | tried | right |\n| --- | --: | --: |")
    total = correct = 0
    for kind, tried, right in _kinds():
        print(f"| {kind} | {tried} | {right} |", flush=True)
        total, correct = total + tried, correct + right
    print(f"| all | {total} | {correct} ({correct / total:.1%}) |")


def _kinds() -> Iterator[tuple[str, int, int]]:
    return chain(inputs_rasters.kinds())


if __name__ == "__main__":
    main()
