"""Paired rows in memory that anyone can match: the redder the image, the higher the sound."""

from collections.abc import Iterator

import numpy as np
import torch
from PIL import Image

from model.baselines.pairs import Imagery, PairedRow

TOY = Imagery("toy", 64, 10.0, (1, 2), "toy_image")
COLOURS = ("blue", "teal", "green", "olive", "orange", "red")


def toy_row(number: int, position: int = 0) -> PairedRow:
    kind = number % len(COLOURS)
    rng = np.random.default_rng(number)
    colour = np.array([40 * kind + 20, 120, 230 - 40 * kind])
    pixels = np.clip(rng.normal(colour, 10, (128, 128, 3)), 0, 255).astype(np.uint8)
    log_mel = torch.from_numpy(rng.normal(-60, 4, (2, 1001, 64)).astype(np.float32))
    log_mel[:, :, 10 * kind : 10 * kind + 10] += 50
    return PairedRow(
        id=f"toy-{number}",
        image=Image.fromarray(pixels),
        log_mel=log_mel,
        audio_caption=f"a tone of pitch {COLOURS[kind]}",
        image_captions={scale: f"a {COLOURS[kind]} field" for scale in TOY.scales},
        latitude=10.0 * kind,
        longitude=5.0,
        month=1 + number % 12 if number % 3 else None,
        hour=number % 24,
        audio_source="yfcc",
        caption_source="meta",
        position=position,
    )


class ToyPairs:
    """PairedData of `count` rows; those in `bad` cannot be used; a streamed one does not know its length."""

    def __init__(self, count: int, first: int = 0, bad: tuple[int, ...] = (), streamed: bool = False) -> None:
        self.imagery, self.skipped = TOY, []
        self.numbers, self.bad, self.streamed = list(range(first, first + count)), bad, streamed
        self.passes = 0

    def __len__(self) -> int:
        if self.streamed:
            raise TypeError("a stream has no length")
        return len(self.numbers)

    def __iter__(self) -> Iterator[PairedRow]:
        return self._rows(self.numbers, 0)

    def shuffled(self, seed: int, epoch: int, skip: int = 0) -> Iterator[PairedRow]:
        self.passes += 1
        order = np.random.default_rng([seed, epoch]).permutation(self.numbers).tolist()
        return self._rows(order, skip)

    def _rows(self, order: list[int], skip: int) -> Iterator[PairedRow]:
        for position, number in list(enumerate(order))[skip:]:
            if number not in self.bad:
                yield toy_row(number, position)
            elif not any(f"toy-{number})" in line for line in self.skipped):
                self.skipped.append(f"row {number} (toy-{number}): toy_image: not a readable image")
