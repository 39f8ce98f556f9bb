"""The first stage: images, captions and the codebook learn one space (L_i,c and L_i,t of the paper's objective)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model.errors import TrainingError
from model.sat2sound.config import ModelConfig
from model.sat2sound.features import IMAGE_MEAN, IMAGE_STD
from model.sat2sound.objective import contrastive, similarity
from model.sat2sound.sat2sound import Sat2Sound
from model.training.augment import jitter_colours, jitter_gsd, random_view
from model.training.captioned import CaptionBank
from model.training.config import ImageStage, TrainConfig
from model.training.run import Report, Run, Schedule
from model.training.samples import ImageSample, Split, label_groups
from model.training.scene_accuracy import scene_accuracy

IMAGE_SIDE = ("image_encoder.", "codebook.queries.image.")
SHARED = ("codebook.concepts", "codebook.queries.text.", "log_scales.it", "log_scales.fdt")
CHECK_STRIDE = 3
"""Checks along the way look at every third held-back image; the figures at the end at all of them."""
MAIN_SCENE = 0.7
"""How often an image that may sound like several scenes gets a caption of its main one."""


@dataclass(frozen=True)
class ImageBatch:
    """images (B, 3, S, S), gsd (B,), patches kept (B, K), and the captions drawn for each row."""

    images: Tensor
    gsd: Tensor
    keep: Tensor
    audio_captions: tuple[int, ...]
    image_captions: tuple[int, ...]


class ImageBatches:
    """Draws batches balanced over data sets, then labels, then images."""

    def __init__(
        self, model: ModelConfig, stage: ImageStage, samples: Sequence[ImageSample], bank: CaptionBank
    ) -> None:
        self.model, self.stage, self.samples, self.bank = model, stage, samples, bank
        groups = label_groups(samples)
        self.datasets = sorted(groups)
        weights = np.array([stage.share.get(d, 0.0) for d in self.datasets])
        if weights.sum() <= 0:
            raise TrainingError(f"image.share: gives no weight to any of {', '.join(self.datasets)}")
        self.weights = weights / weights.sum()
        self.groups = {d: [groups[d][label] for label in sorted(groups[d])] for d in self.datasets}
        self.members = {d: {self.samples[m[0]].label: m for m in self.groups[d]} for d in self.datasets}

    def make(self, rng: np.random.Generator, step: int) -> ImageBatch:
        """The batch of one step."""
        stage, size = self.stage, self.model.image_size
        drawn = [self._draw(rng) for _ in range(stage.batch)]
        views = [random_view(s, lambda s=s: self._neighbour(s, rng), rng, size) for s in drawn]  # type: ignore[misc]
        pixels = torch.from_numpy(np.stack([v for v, _ in views])).permute(0, 3, 1, 2).float() / 255
        mean, std = (torch.tensor(v)[:, None, None] for v in (IMAGE_MEAN, IMAGE_STD))
        metres = np.array([m for _, m in views])
        scenes = [self._scene(s, rng) for s in drawn]
        heard = [
            self.bank.of_sound_in(s, rng)
            if rng.random() < stage.sound_captions
            else self.bank.of_scene(s, "audio", rng)
            for s in scenes
        ]
        return ImageBatch(
            images=(jitter_colours(pixels, rng) - mean) / std,
            gsd=jitter_gsd(metres, self.model.tile_pixels, rng),
            keep=self._keep(step, len(drawn), rng),
            audio_captions=tuple(heard),
            image_captions=tuple(self.bank.of_scene(s, "image", rng) for s in scenes),
        )

    def _draw(self, rng: np.random.Generator) -> ImageSample:
        dataset = self.datasets[int(rng.choice(len(self.datasets), p=self.weights))]
        members = self.groups[dataset][int(rng.integers(len(self.groups[dataset])))]
        return self.samples[members[int(rng.integers(len(members)))]]

    def _neighbour(self, sample: ImageSample, rng: np.random.Generator) -> ImageSample:
        members = self.members[sample.dataset][sample.label]
        return self.samples[members[int(rng.integers(len(members)))]]

    def _keep(self, step: int, batch: int, rng: np.random.Generator) -> Tensor:
        stage, patches = self.stage, self.model.grid**2
        is_settling = step >= (1 - stage.settle) * stage.steps
        kept = max(1, round(patches * (stage.keep_settled if is_settling else stage.keep)))
        return torch.from_numpy(rng.permuted(np.tile(np.arange(patches), (batch, 1)), axis=1)[:, :kept])

    @staticmethod
    def _scene(sample: ImageSample, rng: np.random.Generator) -> str:
        if len(sample.scenes) == 1 or rng.random() < MAIN_SCENE:
            return sample.scenes[0]
        return str(rng.choice(sample.scenes[1:]))


def train_images(
    model: Sat2Sound,
    config: TrainConfig,
    images: Split,
    bank: CaptionBank,
    folder: Path,
    report: Callable[[Report], None],
    polish: bool = False,
) -> None:
    """Train the image, text and codebook weights of `model` in place; resumes from `folder`.

    With `polish` the image side alone learns, by the configuration's own stage for it, against everything else frozen.
    """
    stage, name = (config.polish, "polish") if polish else (config.image, "image")
    trained = IMAGE_SIDE if polish else IMAGE_SIDE + SHARED
    for key, parameter in model.named_parameters():
        parameter.requires_grad_(key.startswith(trained))
    parameters = {key: p for key, p in model.named_parameters() if p.requires_grad}
    batches = ImageBatches(config.model, stage, images.train, bank)
    schedule = Schedule(stage.steps, stage.learning_rate, stage.warm_up, stage.weight_decay, stage.clip)
    run: Run[ImageBatch] = Run(name, folder, model, parameters, schedule, config.seed + 2 * polish)

    def loss_of(batch: ImageBatch) -> Tensor:
        device = model.device
        image = model.embed_images(batch.images, batch.gsd, keep=batch.keep.to(device)).vector
        heard = model.embed_text_tokens(*bank.take(batch.audio_captions, device)).vector
        seen = model.embed_text_tokens(*bank.take(batch.image_captions, device)).vector
        it = contrastive(similarity(image, heard, model.log_scales["it"]), stage.alpha)
        fdt = contrastive(similarity(image, seen, model.log_scales["fdt"]), stage.alpha)
        return it + fdt

    def check() -> dict[str, float]:
        accuracy = scene_accuracy(model, images.validation[::CHECK_STRIDE], *bank.candidates(model, "image"))
        return {"accuracy": accuracy.overall, **{f"accuracy_{d}": v for d, v in accuracy.by_dataset.items()}}

    run.fit(batches.make, loss_of, check, config.check_every, report)
