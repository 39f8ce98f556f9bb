"""The first stage: images, captions and the codebook learn one space (L_i,c and L_i,t of the paper's objective)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from model.errors import TrainingError
from model.sat2sound.config import ModelConfig
from model.sat2sound.features import IMAGE_MEAN, IMAGE_STD
from model.sat2sound.objective import contrastive, labelled_contrastive, similarity
from model.sat2sound.sat2sound import Sat2Sound
from model.training.labelled.augment import jitter_colours, jitter_gsd, plain_view, random_view
from model.training.labelled.captioned import CaptionBank
from model.training.labelled.config import ImageStage, TrainConfig
from model.training.labelled.samples import ImageSample, Split, label_groups
from model.training.labelled.scene_accuracy import scene_accuracy
from model.training.loop.run import Report, Run
from model.training.loop.schedule import Schedule

LEARNING = (
    "image_encoder.",
    "codebook.queries.image.",
    "codebook.queries.text.",
    "codebook.concepts",
    "log_scales.it",
    "log_scales.fdt",
    "log_scales.at",
)
BACKBONE = ("image_encoder.patch.", "image_encoder.blocks.")
StageName = Literal["warm", "image", "polish", "head"]
IMAGE_STAGES: tuple[StageName, ...] = ("warm", "image", "polish", "head")
SEED_OF_STAGE = {"image": 0, "warm": 2, "polish": 3, "head": 4}
"""Added to the seed, so that no two stages draw the same batches; the audio stage adds one."""
CHECK_STRIDE = 3
"""Checks along the way look at every third held-back image; the figures at the end at all of them."""
SAME_LABEL = 0.8
"""Share of a mosaic's other images that have the first one's label."""
MAIN_SCENE = 0.7
"""How often an image that may sound like several scenes gets a caption of its main one."""


@dataclass(frozen=True)
class ImageBatch:
    """images (B, 3, S, S), gsd (B,), patches kept (B, K), scenes a row, captions in both voices, pairs of one sound."""

    images: Tensor
    gsd: Tensor
    keep: Tensor
    scenes: tuple[tuple[str, ...], ...]
    audio_captions: tuple[int, ...]
    image_captions: tuple[int, ...]
    sounds: tuple[tuple[int, ...], tuple[int, ...]]


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
        self.all_scenes = sorted({scene for s in samples for scene in s.scenes})
        self.members = {d: {self.samples[m[0]].label: m for m in self.groups[d]} for d in self.datasets}

    def make(self, rng: np.random.Generator, step: int) -> ImageBatch:
        """The batch of one step."""
        stage = self.stage
        drawn = [self._draw(rng) for _ in range(stage.batch)]
        is_plain = rng.random(len(drawn)) < stage.plain
        views = [self._view(s, plain, rng) for s, plain in zip(drawn, is_plain.tolist(), strict=True)]
        pixels = torch.from_numpy(np.stack([v for v, _ in views])).permute(0, 3, 1, 2).float() / 255
        mean, std = (torch.tensor(v)[:, None, None] for v in (IMAGE_MEAN, IMAGE_STD))
        metres = np.array([m for _, m in views])
        as_they_are = torch.from_numpy(is_plain)
        gsd = jitter_gsd(metres, self.model.tile_pixels, self.model.gsd_range, rng)
        true_gsd = torch.from_numpy(metres / self.model.tile_pixels).to(gsd)
        scenes = [self._scene(s, rng) for s in drawn if s.scenes]
        scenes += [str(s) for s in rng.choice(self.all_scenes, len(drawn) + stage.more_captions - len(scenes))]
        heard = [
            self.bank.of_sound_in(s, rng)
            if rng.random() < stage.sound_captions
            else self.bank.of_scene(s, "audio", rng)
            for s in scenes
        ]
        return ImageBatch(
            images=(torch.where(as_they_are[:, None, None, None], pixels, jitter_colours(pixels, rng)) - mean) / std,
            gsd=torch.where(as_they_are, true_gsd, gsd),
            keep=self._keep(step, len(drawn), rng),
            scenes=tuple(s.scenes for s in drawn),
            audio_captions=tuple(heard),
            image_captions=tuple(self.bank.of_scene(s, "image", rng) for s in scenes),
            sounds=self.bank.sound_pairs(stage.sound_pairs, rng),
        )

    def _draw(self, rng: np.random.Generator) -> ImageSample:
        dataset = self.datasets[int(rng.choice(len(self.datasets), p=self.weights))]
        members = self.groups[dataset][int(rng.integers(len(self.groups[dataset])))]
        return self.samples[members[int(rng.integers(len(members)))]]

    def _view(self, sample: ImageSample, is_plain: bool, rng: np.random.Generator) -> tuple[NDArray[np.uint8], float]:
        if is_plain:
            return plain_view(sample, rng, self.model.image_size)
        return random_view(sample, lambda: self._neighbour(sample, rng), rng, self.model.image_size)

    def _neighbour(self, sample: ImageSample, rng: np.random.Generator) -> ImageSample:
        members = self.members[sample.dataset][sample.label]
        if rng.random() > SAME_LABEL:
            members = self.groups[sample.dataset][int(rng.integers(len(self.groups[sample.dataset])))]
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


class SceneReading(nn.Module):
    """The model, and a linear reading of the scene from its patch tokens that only training needs."""

    def __init__(self, model: Sat2Sound, scenes: Sequence[str], is_frozen: bool = False) -> None:
        super().__init__()
        self.model, self.scenes, self.is_frozen = model, tuple(scenes), is_frozen
        self.reading = nn.Linear(model.config.image_width, len(self.scenes))

    def train(self, mode: bool = True) -> SceneReading:
        """As a module's own, but a frozen encoder goes on normalising as it does after training."""
        super().train(mode)
        if self.is_frozen:
            self.model.image_encoder.eval()
        return self

    def tokens(self, batch: ImageBatch) -> Tensor:
        """Patch tokens before the projector (B, K, width)."""
        device = self.model.device
        images, gsd, keep = batch.images.to(device), batch.gsd.to(device), batch.keep.to(device)
        with torch.set_grad_enabled(not self.is_frozen):
            return self.model.image_encoder.backbone(images, gsd, keep)

    def vectors(self, tokens: Tensor) -> Tensor:
        """Image vectors (B, dim), not normalised."""
        return self.model.codebook.forward(self.model.image_encoder.projector(tokens), "image").vector

    def loss(self, tokens: Tensor, scenes: Sequence[Sequence[str]]) -> Tensor:
        """Of reading one of each image's scenes; an image that says nothing is to be undecided."""
        logits = self.reading(tokens.mean(dim=1)).float()  # (B, scenes)
        fits = torch.tensor([[float(s in own) for s in self.scenes] for own in scenes]).to(logits)
        fits = torch.where(fits.sum(dim=1, keepdim=True) > 0, fits, torch.ones_like(fits))
        return nn.functional.cross_entropy(logits, fits / fits.sum(dim=1, keepdim=True))


def train_images(
    model: Sat2Sound,
    config: TrainConfig,
    images: Split,
    bank: CaptionBank,
    folder: Path,
    report: Callable[[Report], None],
    name: StageName = "image",
) -> None:
    """Train the image, text and codebook weights of `model` in place by one of the configuration's stages.

    Resumes from `folder`. After "warm" only the image encoder's blocks are kept; "head" leaves them as they are.
    """
    stage: ImageStage = getattr(config, name)
    if not stage.steps:
        return
    frozen = BACKBONE if name == "head" else ()
    for key, parameter in model.named_parameters():
        parameter.requires_grad_(key.startswith(LEARNING) and not key.startswith(frozen))
    batches = ImageBatches(config.model, stage, images.train, bank)
    torch.manual_seed(config.seed)
    reader = SceneReading(model, batches.all_scenes, is_frozen=name == "head").to(model.device)
    parameters = {key: p for key, p in reader.named_parameters() if p.requires_grad}
    schedule = Schedule(stage.steps, stage.learning_rate, stage.warm_up, stage.weight_decay, stage.clip)
    seed = config.seed + SEED_OF_STAGE[name]
    run: Run[ImageBatch] = Run(name, folder, reader, parameters, schedule, seed, precision=config.precision)

    def loss_of(batch: ImageBatch) -> Tensor:
        device = model.device
        tokens = reader.tokens(batch)
        image = reader.vectors(tokens)
        loss = stage.scene_weight * reader.loss(tokens, batch.scenes)
        for scale, captions in (("it", batch.audio_captions), ("fdt", batch.image_captions)):
            text = model.embed_text_tokens(*bank.take(captions, device, stage.hide)).vector
            matches = bank.matches(batch.scenes, captions).to(device)
            loss = loss + labelled_contrastive(similarity(image, text, model.log_scales[scale]), matches)
        one, other = (model.embed_text_tokens(*bank.take(c, device, stage.hide)).vector for c in batch.sounds)
        return loss + stage.sound_weight * contrastive(similarity(one, other, model.log_scales["at"]), alpha=0.0)

    def check() -> dict[str, float]:
        accuracy = scene_accuracy(model, images.validation[::CHECK_STRIDE], *bank.candidates(model, "image"))
        return {"accuracy": accuracy.overall, **{f"accuracy_{d}": v for d, v in accuracy.by_dataset.items()}}

    run.fit(batches.make, loss_of, check, config.check_every, report)
    if name == "warm":
        draw_anew(model, config.seed)


def draw_anew(model: Sat2Sound, seed: int) -> None:
    """Give everything but the image encoder's stem and blocks fresh weights."""
    torch.manual_seed(seed)
    fresh = Sat2Sound(model.config).state_dict()
    model.load_state_dict({k: v if k.startswith(BACKBONE) else fresh[k] for k, v in model.state_dict().items()})
