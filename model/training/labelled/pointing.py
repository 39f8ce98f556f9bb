"""The pointing game (Zhang et al. 2016): does the brightest patch for a sound lie on what makes it?

A case is an image that holds the sought thing on part of its area. A method points at one patch of it, and hits where
most of that patch is what was sought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from model.errors import TrainingError
from model.explain import METHODS, Method, focus_vector, patch_map, patch_queries, text_focus
from model.sat2sound import ModelConfig, Sat2Sound, image_tensor
from model.training.labelled.samples import ImageSample, square
from model.training.labelled.scene_queries import SCENE_QUERIES

BATCH = 8
MOST = 0.5
"""A patch is what was sought when at least this share of it is."""


@dataclass(frozen=True, eq=False)
class PointingCase:
    """An image and where in it a sound is.

    `pixels` (H, W, 3) uint8; `gsd` footprint metres / tile_pixels; `sought` (grid, grid) the share of every patch that
    makes the sound `query` names; `group` what the case is counted under.
    """

    pixels: NDArray[np.uint8]
    gsd: float
    query: str
    sought: NDArray[np.floating]
    group: str


@dataclass(frozen=True)
class PointingScore:
    """How often a method hit among the cases of a group; `chance` is how often a patch drawn blindly would have."""

    group: str
    method: Method
    cases: int
    hits: int
    chance: float

    @property
    def accuracy(self) -> float:
        """The share of hits."""
        return self.hits / self.cases


def play(
    model: Sat2Sound, cases: Iterable[PointingCase], progress: Callable[[int], None] | None = None
) -> list[PointingScore]:
    """Point at every case with every method: scores by group and method, in the order groups appear.

    `progress` is told how many cases are done.
    """
    model.eval()
    hits: dict[tuple[str, Method], list[bool]] = defaultdict(list)
    chances: dict[str, list[float]] = defaultdict(list)
    focus: dict[tuple[str, Method], NDArray[np.float32]] = {}
    left, done = iter(cases), 0
    while batch := list(islice(left, BATCH)):
        for case in batch:
            chances[case.group].append(float((case.sought >= MOST).mean()))
        for method in METHODS:
            for case, queries in zip(batch, _queries(model, batch, method), strict=True):
                if (case.query, method) not in focus:
                    focus[case.query, method] = focus_vector(model, text_focus(model, case.query, method=method))
                brightest = patch_map(queries, focus[case.query, method]).argmax()
                hits[case.group, method].append(bool(case.sought.ravel()[brightest] >= MOST))
        done += len(batch)
        if progress:
            progress(done)
    return [
        PointingScore(group, method, len(found), sum(found), float(np.mean(chances[group])))
        for (group, method), found in hits.items()
    ]


def mosaics(config: ModelConfig, samples: Sequence[ImageSample], count: int, seed: int = 0) -> Iterator[PointingCase]:
    """Images of two classes, one in either half: two samples of a data set that share no scene, the first is sought.

    Raises:
        TrainingError: no data set has two classes without a common scene.
    """
    rng = np.random.default_rng(seed)
    sets: dict[str, list[ImageSample]] = defaultdict(list)
    for sample in samples:
        if sample.scenes and sample.scenes[0] in SCENE_QUERIES:
            sets[sample.dataset].append(sample)
    usable = [members for _, members in sorted(sets.items()) if _has_strangers(members)]
    if not usable:
        raise TrainingError("mosaics: no data set has images of two classes that sound different")
    for number in range(count):
        members = usable[number % len(usable)]
        while True:
            first, second = (members[int(rng.integers(len(members)))] for _ in range(2))
            if not set(first.scenes) & set(second.scenes):
                break
        yield _mosaic(config, first, second, turns=int(rng.integers(4)))


def _has_strangers(members: Sequence[ImageSample]) -> bool:
    kinds = {sample.scenes for sample in members}
    return any(not set(one) & set(other) for one in kinds for other in kinds)


def _mosaic(config: ModelConfig, first: ImageSample, second: ImageSample, turns: int) -> PointingCase:
    """The middle of each image in its half; where it lies is a matter of `turns` by 90 degrees."""
    side = 2 * config.image_size
    left, right = (
        np.asarray(Image.fromarray(square(sample.pixels)).resize((side, side), Image.Resampling.BICUBIC))
        for sample in (first, second)
    )
    middle = slice(side // 4, side // 4 + side // 2)
    pixels = np.hstack([left[:, middle], right[:, middle]])
    columns = np.arange(config.grid)
    share = np.clip(config.grid / 2 - columns, 0, 1)  # of each column that lies in the left half
    metres = len(square(first.pixels)) * (first.gsd if np.isfinite(first.gsd) else 1.0)
    return PointingCase(
        pixels=np.ascontiguousarray(np.rot90(pixels, turns)),
        gsd=metres / config.tile_pixels,
        query=SCENE_QUERIES[first.scenes[0]],
        sought=np.rot90(np.tile(share, (config.grid, 1)), turns),
        group=first.dataset,
    )


def _queries(model: Sat2Sound, batch: Sequence[PointingCase], method: Method) -> NDArray[np.float32]:
    images = torch.stack([image_tensor(case.pixels, model.config.image_size) for case in batch])
    queries = patch_queries(model, images, [case.gsd for case in batch], method=method)
    return np.asarray(queries.float().cpu().numpy(), np.float32)
