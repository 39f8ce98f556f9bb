"""The nearest of 300,000 captions of 1,024 numbers: ours, exact and by codes, beside NumPy's brute force.

Prints one Markdown table. Vectors are clustered as embeddings are: themes, scenes within them, and captions scattered
about their scene, more about some than about others; queries lie beside them in a direction of their own, as images
do. All ways run in turns on the same rows.

    python -m benchmarks.gallery [--rows N] [--threads N] [--seconds wall|cpu] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from model.gallery.nearest import NearestRows, index_name, write_codes
from model.gallery.vectors import Matrix, create_vectors, open_vectors
from server.concurrency.cores import available_cores

DIM, THEMES, SCENES, PART = 1024, 60, 3000, 20_000
QUERIES = 60
K = 10
LIMIT_MS, LIMIT_RECALL = 15.0, 0.99

Singles = NDArray[np.float32]


def main() -> None:
    """Write the rows, code them, ask in turns, and print the table."""
    asked = arguments()
    clock = time.thread_time if asked.seconds == "cpu" else time.perf_counter
    faiss.omp_set_num_threads(asked.threads)
    torch.set_num_threads(asked.threads)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder, threadpool_limits(asked.threads):
        path = Path(folder) / "vectors.safetensors"
        fill(create_vectors(path, {"caption": asked.rows}, DIM)["caption"])
        begin = clock()
        matrix = open_vectors(path, {"caption": asked.rows}, DIM)["caption"]
        write_codes(matrix, Path(folder) / index_name("caption"))
        building = clock() - begin
        rows = NearestRows(matrix, Path(folder) / index_name("caption"))
        codes = (Path(folder) / index_name("caption")).stat().st_size
        report(rows, matrix, building, codes, clock)


def report(rows: NearestRows, matrix: Matrix, building: float, codes: int, clock: Callable[[], float]) -> None:
    """Ask every query each way and print what it took and what was found."""
    queries = made_queries()
    taken: dict[str, list[float]] = {"codes": [], "exact": [], "brute": []}
    found, truth = [], []
    for query in queries:
        for name, way in (
            ("brute", lambda q: np.argpartition(-(matrix @ q[0]), K)[:K]),
            ("exact", lambda q: rows.nearest(q, K, exact=True)),
            ("codes", lambda q: rows.nearest(q, K)),
        ):
            begin = clock()
            answer = way(query[None])
            taken[name].append((clock() - begin) * 1000)
            if name == "brute":
                truth.append(set(answer.tolist()))
            elif name == "codes":
                found.append(set(answer[1][0].tolist()))
    recall = statistics.mean(len(a & b) / K for a, b in zip(found, truth, strict=True))
    first = {name: statistics.median(times[3:]) for name, times in taken.items()}
    best = {name: min(times) for name, times in taken.items()}
    print(f"| nearest {K} of {len(matrix):,} x {DIM:,} | median | best | limit |\n| --- | --: | --: | --: |")
    print(f"| ours, by codes | {first['codes']:.1f} ms | {best['codes']:.1f} ms | {LIMIT_MS:.0f} ms |")
    print(f"| ours, exact | {first['exact']:.1f} ms | {best['exact']:.1f} ms | |")
    print(f"| NumPy, every row | {first['brute']:.1f} ms | {best['brute']:.1f} ms | |")
    print(f"| recall@{K} of ours by codes | {recall:.4f} | | {LIMIT_RECALL} |")
    print(f"| coding, once | {building:.0f} s | | |")
    print(f"| codes in memory / vectors on disk | {codes / 2**20:.0f} / {matrix.nbytes / 2**20:.0f} MiB | | |")


def arguments() -> argparse.Namespace:
    """What was asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--threads", type=int, default=available_cores())
    parser.add_argument("--seconds", choices=["wall", "cpu"], default="wall")
    parser.add_argument("--folder", type=Path, help="Where the vectors are written meanwhile (1.2 GB).")
    return parser.parse_args()


def fill(matrix: Matrix) -> None:
    """Fill a matrix (n, DIM) with clustered unit vectors, part by part."""
    rng = np.random.default_rng(5)
    for start in range(0, len(matrix), PART):
        part = matrix[start : start + PART]
        part[:] = clustered(len(part), rng)


def clustered(count: int, rng: np.random.Generator) -> Singles:
    """Unit vectors (count, DIM) about the scenes, the common ones oftener."""
    fixed = np.random.default_rng(1)
    themes = fixed.standard_normal((THEMES, DIM), np.float32)
    scenes = 0.8 * themes[fixed.integers(0, THEMES, SCENES)] + 0.8 * fixed.standard_normal((SCENES, DIM), np.float32)
    spread = 0.3 + 0.7 * fixed.random(SCENES, np.float32)
    often = 1 / np.arange(1, SCENES + 1) ** 0.7
    scene = rng.choice(SCENES, count, p=often / often.sum())
    return unit(scenes[scene] + spread[scene, None] * rng.standard_normal((count, DIM), np.float32))


def made_queries() -> Singles:
    """Unit vectors (QUERIES, DIM) beside those of the captions, all shifted one way."""
    rng = np.random.default_rng(6)
    shift = unit(rng.standard_normal((1, DIM), np.float32))
    return unit(0.5 * clustered(QUERIES, rng) + 0.5 * shift + 0.015 * rng.standard_normal((QUERIES, DIM), np.float32))


def unit(vectors: Singles) -> Singles:
    """Vectors scaled to unit length."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


if __name__ == "__main__":
    main()
