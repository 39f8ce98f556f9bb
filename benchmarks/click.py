"""How long a click on Null Island takes the server, one by one and 32 at once, in the same run.

Prints one Markdown table. Every click is at a place of its own, so that no answer is a kept one. Server time is what
the `Server-Timing` header says; rates are counted at the client.
"""

from __future__ import annotations

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.serving import Serving

CLICKS = 64
AT_ONCE = 32
LIMIT_MS = 150.0
LIMIT_RATIO = 1.5


def main() -> None:
    """Click one by one, then many at once, in turns, and print the table."""
    places = random.Random(0)
    taken: list[float] = []
    ratios, rates = [], []

    def click(_: int) -> float:
        headers = server.get(f"/soundscape?lat={places.uniform(-1.5, 1.5):.6f}&lon={places.uniform(-1.5, 1.5):.6f}")
        return float(headers["server-timing"].partition("dur=")[2])

    with Serving() as server, ThreadPoolExecutor(AT_ONCE) as pool:
        server.get("/soundscape/audio?lat=0.05&lon=0.02&seconds=1")  # the synthesizer, too, is warm from here on
        for _ in range(3):
            begin = time.perf_counter()
            taken += [click(i) for i in range(CLICKS)]
            alone = CLICKS / (time.perf_counter() - begin)
            begin = time.perf_counter()
            list(pool.map(click, range(CLICKS)))
            together = CLICKS / (time.perf_counter() - begin)
            ratios.append(together / alone)
            rates.append((alone, together))
    alone, together = (statistics.median(rate) for rate in zip(*rates, strict=True))
    print("| click on Null Island | ours | limit |")
    print("| --- | --: | --: |")
    median, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    print(f"| server time, median (95th percentile) | {median:.0f} ms ({p95:.0f} ms) | {LIMIT_MS:.0f} ms |")
    print(f"| one by one | {alone:.1f} clicks/s | |")
    print(f"| {AT_ONCE} at once | {together:.1f} clicks/s | |")
    gain = statistics.median(ratios)
    print(f"| at once against one by one, median of {len(ratios)} rounds | {gain:.2f} x | {LIMIT_RATIO} x |")


if __name__ == "__main__":
    main()
