"""How soon `earshot serve` is ready, and how much memory it holds then and after it was used.

Prints one Markdown table. The clock runs from the start of the process to the first 200 of /readyz.
"""

from __future__ import annotations

import statistics

from benchmarks.serving import Serving

STARTS = 3
LIMIT_SECONDS = 5.0
LIMIT_BYTES = 1.5e9


def main() -> None:
    """Start the server a few times and print the table."""
    seconds, idle, used = [], [], []
    for _ in range(STARTS):
        with Serving() as server:
            seconds.append(server.ready_after)
            idle.append(server.resident_bytes())
            server.get("/soundscape?lat=0.05&lon=0.02")
            server.get("/soundscape/audio?lat=0.05&lon=0.02")
            used.append(server.resident_bytes())
    print(f"| `earshot serve`, {STARTS} starts | ours | limit |")
    print("| --- | --: | --: |")
    median, worst = statistics.median(seconds), max(seconds)
    print(f"| seconds until ready, median (worst) | {median:.2f} ({worst:.2f}) | {LIMIT_SECONDS:.0f} |")
    print(f"| resident when ready, worst | {max(idle) / 1e6:.0f} MB | {LIMIT_BYTES / 1e6:.0f} MB |")
    print(f"| resident after a click and its sound, worst | {max(used) / 1e6:.0f} MB | {LIMIT_BYTES / 1e6:.0f} MB |")


if __name__ == "__main__":
    main()
