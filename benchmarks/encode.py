"""A click and a batch of 16 at the published size, beside the reference's own sequence of float32 operations.

Prints Markdown tables. Weights are random at the published size: time does not depend on them, and how far bfloat16
strays is measured on them besides. All ways run in turns in one process with the same threads; a ratio is the median
over the rounds of the reference's time against ours in that round. `--threads 1 --seconds cpu` measures the thread's
own time, which a busy machine disturbs least.

    python -m benchmarks.encode [--threads N] [--rounds N] [--seconds wall|cpu] [--queries N]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import faiss
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.reference_operations import ReferenceImages, nearest_caption
from model.sat2sound import Metadata, ModelConfig, Sat2Sound, image_tensor, set_precision
from server.concurrency.cores import available_cores
from tiles.imagery import open_imagery

GALLERY, WORDS, LENGTH = 9931, 600, 6
LIMITS = {1: 2.5, 16: 3.0}
QUERY_BATCH = 8
GAIN = 16.0
"""Of the last layer of each query map: with it an image is made of about 200 concepts, as with trained weights."""

Way = Callable[[], object]


def main() -> None:
    """Time the ways in turns, then compare what they find, and print the tables."""
    asked = arguments()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    exact = published_size()
    quick = Sat2Sound(exact.config).eval().requires_grad_(False)
    quick.load_state_dict(exact.state_dict())
    reference = ReferenceImages(exact)
    used = set_precision(quick, asked.precision)
    print(f"The last of ours computes in {used}; {asked.threads} thread(s), {asked.seconds} time\n")
    gallery = captions(exact)
    unit = gallery / gallery.norm(dim=1, keepdim=True)
    index = faiss.IndexFlatIP(exact.config.dim)
    index.add(unit.numpy())
    clock = time.thread_time if asked.seconds == "cpu" else time.perf_counter
    print(f"| images at the published size | reference's operations | ours, float32 | ours, {used} | ratio | goal |")
    print("| --- | --: | --: | --: | --: | --: |")
    for count, name in ((1, "one click: image to caption"), (16, "16 at once: images to captions")):
        images, gsd, told = chips(count)

        def ours(model: Sat2Sound, images: Tensor = images, gsd: Tensor = gsd, told: Metadata = told) -> Tensor:
            with torch.inference_mode():
                vector = model.embed_images(images, gsd, told).vector
                index.search(torch.nn.functional.normalize(vector).numpy(), 1)
            return vector

        ways: dict[str, Way] = {
            "reference": lambda images=images, gsd=gsd, told=told: nearest_caption(
                reference(images, gsd, told), gallery
            ),
            "float32": lambda: ours(exact),
            "quick": lambda: ours(quick),
        }
        taken = measure(ways, asked.rounds, clock)
        ratio = statistics.median(a / b for a, b in zip(taken["reference"], taken["quick"], strict=True))
        cells = " | ".join(f"{statistics.median(t):.3f} s ({min(t):.3f})" for t in taken.values())
        print(f"| {name} | {cells} | {ratio:.2f} x | {LIMITS[count]} x |", flush=True)
    if asked.queries:
        compare(reference, exact, quick, unit.numpy(), asked.queries)


def arguments() -> argparse.Namespace:
    """What was asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=available_cores())
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", choices=["wall", "cpu"], default="wall")
    parser.add_argument("--precision", choices=["auto", "bfloat16"], default="auto")
    parser.add_argument("--queries", type=int, default=0, help="Places whose captions are compared; 0: none.")
    return parser.parse_args()


def published_size() -> Sat2Sound:
    """An untrained model of the published size, its query maps as steep as trained ones."""
    model = Sat2Sound(ModelConfig.published())
    with torch.no_grad():
        for query_map in model.codebook.queries.values():
            query_map.q_map[4].weight.normal_(0, GAIN / 32)
    return model.eval().requires_grad_(False)


def chips(count: int, seed: int = 0) -> tuple[Tensor, Tensor, Metadata]:
    """Images (count, 3, 224, 224) of Null Island at the scales 1, 3 and 5, their GSD and all there is to be told."""
    rng = np.random.default_rng(seed)
    source = open_imagery("null-island")
    lat, lon = rng.uniform(-1.4, 1.4, (2, count))
    scale = rng.choice([1, 3, 5], count)
    read = [source.read(a, b, 0.6 * s, 300).pixels for a, b, s in zip(lat, lon, scale, strict=True)]
    told = Metadata(
        lat.tolist(), lon.tolist(), rng.integers(1, 13, count).tolist(), rng.integers(0, 24, count).tolist()
    )
    told = Metadata(told.latitude, told.longitude, told.month, told.hour, ["yfcc"] * count, ["meta"] * count)
    return torch.stack([image_tensor(pixels, 224) for pixels in read]), torch.tensor(0.6 * scale).float(), told


def captions(model: Sat2Sound) -> Tensor:
    """Vectors (GALLERY, dim) of captions that share their words, the common ones oftener."""
    rng = torch.Generator().manual_seed(1)
    vocabulary = torch.randn(WORDS, model.config.text_dim, generator=rng)
    frequency = 1.0 / torch.arange(1, WORDS + 1)
    vectors = []
    with torch.inference_mode():
        for start in range(0, GALLERY, 64):
            rows = min(64, GALLERY - start)
            words = torch.multinomial(frequency.expand(rows, -1), LENGTH, generator=rng)  # (rows, LENGTH)
            tokens = vocabulary[words] + 0.3 * torch.randn(rows, LENGTH, model.config.text_dim, generator=rng)
            vectors.append(model.embed_text_tokens(tokens).vector)
    return torch.cat(vectors).clone()


def measure(ways: dict[str, Way], rounds: int, clock: Callable[[], float]) -> dict[str, list[float]]:
    """Seconds each way took in every round, after one that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, way in ways.items():
            begin = clock()
            way()
            taken[name].append(clock() - begin)
    return {name: times[1:] for name, times in taken.items()}


def compare(
    reference: ReferenceImages, exact: Sat2Sound, quick: Sat2Sound, gallery: NDArray[np.float32], queries: int
) -> None:
    """Embed `queries` places in both precisions and print how far apart they lie and what they find."""
    cosines, same, gaps, errors = [], 0, [], []
    for start in range(0, queries, QUERY_BATCH):
        images, gsd, told = chips(min(QUERY_BATCH, queries - start), seed=100 + start)
        with torch.inference_mode():
            full = torch.nn.functional.normalize(exact.embed_images(images, gsd, told).vector).numpy()
            low = torch.nn.functional.normalize(quick.embed_images(images, gsd, told).vector).numpy()
        if start == 0:
            theirs = torch.nn.functional.normalize(reference(images, gsd, told)).numpy()
            errors.append(float(np.abs(theirs - full).max()))
        cosines += (full * low).sum(axis=1).tolist()
        scores, found = full @ gallery.T, (low @ gallery.T).argmax(axis=1)
        best = scores.argmax(axis=1)
        same += int((best == found).sum())
        rows = np.arange(len(best))
        gaps += (scores[rows, best] - scores[rows, found]).tolist()
    print(f"\n| {quick.precision} against float32 | |\n| --- | --: |")
    print(f"| places | {queries} |")
    print(f"| least / median cosine | {min(cosines):.6f} / {statistics.median(cosines):.6f} |")
    print(f"| same first caption of {GALLERY} | {same} of {queries} |")
    print(f"| most that the float32 score of another first caption falls short | {max(gaps):.6f} |")
    print(f"| float32 against the reference's operations, largest difference of a unit vector | {max(errors):.1e} |")


if __name__ == "__main__":
    main()
