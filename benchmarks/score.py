"""One query against 224,000 cells of 1,024 numbers: beside reading the stored bytes once, NumPy, torch, FAISS and int8.

Prints one Markdown table. All ways run in turns on the same vectors with the
same threads; the ratio is the median over the rounds of ours against the reading of that round. FAISS looks for the
best cell alone, as it has no call that gives all scores: less work than ours. Cells and query as int8 with a scale each
are half the bytes; what that costs is the last line.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import faiss
import numkong
import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from server.concurrency.cores import available_cores
from tiles.region.score import SLICE_BYTES, Halves, cosines

CELLS, DIM = 224_000, 1024
ROUNDS = 15
PART = 16_000
LIMIT_RATIO = 1.5

INT8 = "NumKong, int8"

Way = Callable[[], Any]
Singles = NDArray[np.float32]


def main() -> None:
    """Score in turns, and print the table."""
    rng = np.random.default_rng(0)
    vectors = made_up(CELLS)
    query = unit(rng.standard_normal((1, DIM), np.float32))
    truth = vectors.astype(np.float32) @ query[0]
    cores = available_cores()
    with ThreadPoolExecutor(cores) as pool, threadpool_limits(cores):
        torch.set_num_threads(cores)
        compared = ways(vectors, query, pool, cores)
        taken = measure(compared)
        ours, small = cosines(vectors, query.astype(np.float16))[0], compared[INT8]()
    floor, mine, *_ = taken.values()
    print(f"| {CELLS:,} cells x {DIM:,}, {cores} threads | median | best |")
    print("| --- | --: | --: |")
    for name, times in taken.items():
        print(f"| {name} | {statistics.median(times):.1f} ms | {min(times):.1f} ms |")
    ratio = statistics.median(one / read for one, read in zip(mine, floor, strict=True))
    print(f"| ours against reading, limit {LIMIT_RATIO} x | {ratio:.2f} x | {min(mine) / min(floor):.2f} x |")
    for name, scores in (("ours", ours), (INT8, small)):
        print(f"| {name} against float32, largest difference | {np.abs(scores - truth).max():.1e} | |")


def ways(vectors: Halves, query: NDArray[np.float32], pool: ThreadPoolExecutor, cores: int) -> dict[str, Way]:
    """Each way to score, by what it is called; reading first, ours second."""
    singles = vectors.astype(np.float32)
    half, tensor = query.astype(np.float16), torch.from_numpy(vectors)
    told = torch.from_numpy(half[0])
    flat, step = vectors.reshape(-1).view(np.uint64), SLICE_BYTES // 8
    slices = [flat[start : start + step] for start in range(0, len(flat), step)]
    indexes = faiss_parts(singles, cores)
    small = int8_scores(vectors, query, pool)
    return {
        "reading the float16 bytes once": lambda: sum(pool.map(read, slices)),
        "ours: NumKong, float16": lambda: cosines(vectors, half),
        "NumPy, float32": lambda: singles @ query[0],
        "torch, float16": lambda: tensor @ told,
        INT8: small,
        "FAISS, float16 quantizer": lambda: list(pool.map(lambda index: index.search(query, 1), indexes)),
    }


def measure(compared: dict[str, Way]) -> dict[str, list[float]]:
    """Milliseconds each way took in every round, after one that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in compared}
    for _ in range(ROUNDS + 1):
        for name, way in compared.items():
            begin = time.perf_counter()
            way()
            taken[name].append((time.perf_counter() - begin) * 1000)
    return {name: times[1:] for name, times in taken.items()}


def read(words: NDArray[np.uint64]) -> int:
    """Take every word once, by the cheapest thing NumPy can do with it."""
    return int(np.bitwise_or.reduce(words) & np.uint64(1))


def int8_scores(vectors: Halves, query: NDArray[np.float32], pool: ThreadPoolExecutor) -> Callable[[], Singles]:
    """Scores (cells,) from bytes: every row times 127 over its largest number, rounded; the query as well."""
    scales, small = np.empty(len(vectors), np.float32), np.empty(vectors.shape, np.int8)
    spans = [(start, start + PART // 2) for start in range(0, len(vectors), PART // 2)]
    for start, stop in spans:
        small[start:stop], scales[start:stop] = int8_of(vectors[start:stop].astype(np.float32))
    told, scale = int8_of(query)

    def work(span: tuple[int, int]) -> Singles:
        sums = np.asarray(numkong.cdist(told, small[slice(*span)], metric="dot"))[0]
        return np.asarray(sums * scales[slice(*span)] * scale, np.float32)

    return lambda: np.concatenate(list(pool.map(work, spans)))


def int8_of(rows: Singles) -> tuple[NDArray[np.int8], Singles]:
    """Rows (n, dim) as int8, and what each is to be multiplied with (n,)."""
    scales = np.abs(rows).max(1) / 127
    return np.rint(rows / scales[:, None]).astype(np.int8), scales


def faiss_parts(singles: NDArray[np.float32], parts: int) -> Sequence[faiss.Index]:
    """As many indexes as threads: FAISS gives one query one thread."""
    indexes = []
    for part in np.array_split(singles, parts):
        index = faiss.IndexScalarQuantizer(DIM, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        for start in range(0, len(part), PART):
            index.add(part[start : start + PART])
        indexes.append(index)
    return indexes


def made_up(count: int) -> Halves:
    """Unit vectors (count, DIM) float16 in random directions."""
    rng = np.random.default_rng(1)
    vectors = np.empty((count, DIM), np.float16)
    for start in range(0, count, PART):
        part = vectors[start : start + PART]
        part[:] = unit(rng.standard_normal(part.shape, np.float32))
    return vectors


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors scaled to unit length."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


if __name__ == "__main__":
    main()
