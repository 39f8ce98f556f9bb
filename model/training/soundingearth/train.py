"""Training the SoundingEarth baseline on paired data (Heidler et al., sections IV.A and IV.C)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor

from model.baselines.pairs import Imagery
from model.baselines.soundingearth import SoundingEarth, save_soundingearth, spectrogram
from model.sat2sound.features import centre_crop, image_tensor
from model.training.dataset.paired_data import PairedData
from model.training.dataset.row_windows import RowWindows
from model.training.evaluation.validation import Best, figure_of, image_to_audio
from model.training.loop.fabric import Fabric, gathered, open_fabric
from model.training.loop.run import Report, Run
from model.training.loop.schedule import Constant
from model.training.paired.train import PairedTrained
from model.training.soundingearth.config import SoundingEarthConfig
from model.training.soundingearth.objective import batch_triplet_loss

FRAMES = 128
"""Consecutive spectrogram frames that are learnt from."""
CROP = (0.75, 1.5)
"""Sides of random crops in tiles: 192 to 384 pixels of 256, inside the central two tiles (section IV.A)."""
BLUR_PIXELS = 1.0


@dataclass(frozen=True)
class ImagesAndSounds:
    """images (B, 3, S, S) and spectrograms (B, bands, frames)."""

    images: Tensor
    spectrograms: Tensor


class SoundingEarthBatches:
    """Makes the batch of any step out of the windows of rows."""

    def __init__(self, config: SoundingEarthConfig, imagery: Imagery, windows: RowWindows) -> None:
        self.config, self.imagery, self.windows = config, imagery, windows

    def make(self, rng: np.random.Generator, step: int) -> ImagesAndSounds:
        """The batch of one step."""
        sizes = self.config.model
        images, sounds = [], []
        for row in self.windows.take(step):
            tile = self.imagery.tile_pixels * self._scale(row.image, rng)
            images.append(image_tensor(self._view(row.image, tile, rng), sizes.image_size))
            clip = row.log_mel[int(rng.integers(len(row.log_mel)))]
            start = int(rng.integers(max(1, len(clip) - FRAMES + 1)))
            sounds.append(spectrogram(clip[start : start + FRAMES], sizes.bands))
        return ImagesAndSounds(torch.stack(images), torch.stack(sounds))

    def _scale(self, image: Image.Image, rng: np.random.Generator) -> int:
        """One of the scales that the image is large enough for; 1 where it is for none."""
        fitting = [s for s in self.imagery.scales if s * self.imagery.tile_pixels <= min(image.size)]
        return int(rng.choice(fitting)) if fitting else 1

    def _view(self, image: Image.Image, tile: int, rng: np.random.Generator) -> Image.Image:
        """A random crop of the middle, turned, blurred and jittered."""
        middle = centre_crop(image, min(2 * tile, *image.size))
        side = min(round(tile * rng.uniform(*CROP)), middle.width)
        left, top = (int(rng.integers(0, middle.width - side + 1)) for _ in range(2))
        size = self.config.model.image_size
        view = middle.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BICUBIC)
        view = view.rotate(90 * int(rng.integers(4)))
        view = view.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, BLUR_PIXELS))))
        return self.config.jitter(view, rng)


def train_soundingearth(
    config: SoundingEarthConfig,
    train: PairedData,
    validation: PairedData,
    folder: Path,
    report: Callable[[Report], None],
    fabric: Fabric | None = None,
) -> PairedTrained:
    """Train a model and keep its best check as `folder`/NAME.safetensors, logged in `folder`/soundingearth.csv.

    Interrupted at any moment, the same call goes on from the last check.

    Raises:
        TrainingError: data, configuration or disk; what was saved before stays.
    """
    fabric = fabric or open_fabric(config.precision)
    torch.manual_seed(config.seed)
    model = SoundingEarth(config.model)
    windows = RowWindows(train, config.batch, config.seed, config.rows, fabric.global_rank, fabric.world_size)
    steps = config.epochs * windows.steps_per_epoch
    schedule = Constant(steps, config.learning_rate, config.weight_decay, config.clip)
    run: Run[ImagesAndSounds] = Run(
        "soundingearth", folder, model, dict(model.named_parameters()), schedule, config.seed, fabric=fabric
    )
    batches = SoundingEarthBatches(config, train.imagery, windows)
    path = folder / f"{config.name}.safetensors"
    best = Best(folder, lambda: save_soundingearth(model, path))

    def loss_of(batch: ImagesAndSounds) -> Tensor:
        images, sounds = model.forward_images(batch.images), model.forward_spectrograms(batch.spectrograms)
        with torch.autocast(model.device.type, enabled=False):
            return batch_triplet_loss(gathered(fabric, images.float()), gathered(fabric, sounds.float()))

    def check() -> Mapping[str, float]:
        scores = image_to_audio(model, validation)
        measure, figure = figure_of(scores)
        best.offer(figure, run.step, measure)
        return {
            "i2a_r10": scores.recall_10_percent,
            "i2a_median_rank": scores.median_rank,
            f"best_{measure}": best.figure,
            "left_out": len(windows.left_out) + len(validation.skipped),
        }

    workers = 1 if windows.is_streamed else config.workers
    run.fit(batches.make, loss_of, check, config.check_every, report, ahead=workers)
    if not fabric.is_global_zero:
        best = Best(folder, lambda: None)  # what the first process kept
    return PairedTrained(path, best.figure, best.step, (*windows.left_out, *validation.skipped), best.measure)
