"""The second stage: the audio side learns the frozen space (L_i,a, L_a,c and L_i,a+c of the paper's objective)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model.errors import TrainingError
from model.sat2sound.codebook import normalise
from model.sat2sound.objective import labelled_contrastive, similarity
from model.sat2sound.sat2sound import Sat2Sound
from model.training.labelled.audio_batches import draw_balanced, mix, sound_groups, vary
from model.training.labelled.captioned import CaptionBank
from model.training.labelled.config import TrainConfig
from model.training.labelled.recordings import AudioSample, AudioSplit
from model.training.labelled.samples import ImageSample
from model.training.labelled.scene_accuracy import embed_samples
from model.training.loop.run import Report, Run
from model.training.loop.schedule import Schedule

PER_LABEL = 40
EVALUATE_BATCH = 32
OF_SCENE = 0.3
"""How much a caption or image of a scene the sound belongs to counts, beside a caption of the sound itself."""
MIXED = 0.3
"""How often a recording has a second one under it, as places do."""


@dataclass(frozen=True)
class AudioBatch:
    """log_mel (B, frames, bands); what is heard in each row; images (B, dim) and their scenes; captions.

    `captions` holds one of each row's sound, in the rows' order, then others.
    """

    log_mel: Tensor
    sounds: tuple[frozenset[str], ...]
    scenes: tuple[frozenset[str], ...]
    images: Tensor
    image_scenes: tuple[str, ...]
    captions: tuple[int, ...]


class AudioBatches:
    """Draws recordings balanced over sounds, with images and captions of scenes they belong to."""

    def __init__(
        self, config: TrainConfig, samples: Sequence[AudioSample], images: dict[str, Tensor], bank: CaptionBank
    ) -> None:
        self.config, self.images, self.bank = config, images, bank
        self.samples = [sample for sample in samples if any(scene in images for scene in sample.scenes)]
        if not self.samples:
            raise TrainingError("no recording belongs to a scene that any image shows")
        groups = sound_groups(self.samples)
        self.groups = [groups[sound] for sound in sorted(groups)]

    def make(self, rng: np.random.Generator, step: int) -> AudioBatch:
        """The batch of one step."""
        del step
        drawn = [self._draw(rng) for _ in range(self.config.audio.batch)]
        under = [self._draw(rng) if rng.random() < MIXED else None for _ in drawn]
        seen = [str(rng.choice([s for s in sample.scenes if s in self.images])) for sample in drawn]
        own = [self.bank.of_sound(sample.sound, rng) for sample in drawn]
        others = [self.bank.of_scene(scene, "audio", rng) for scene in seen]
        return AudioBatch(
            log_mel=torch.stack([mix(vary(a.log_mel, rng), b, rng) for a, b in zip(drawn, under, strict=True)]),
            sounds=tuple(frozenset(x.sound for x in (a, b) if x) for a, b in zip(drawn, under, strict=True)),
            scenes=tuple(
                frozenset(s for x in (a, b) if x for s in x.scenes) for a, b in zip(drawn, under, strict=True)
            ),
            images=torch.stack([self.images[s][int(rng.integers(len(self.images[s])))] for s in seen]),
            image_scenes=tuple(seen),
            captions=(*own, *others),
        )

    def _draw(self, rng: np.random.Generator) -> AudioSample:
        return self.samples[draw_balanced(self.groups, rng)]


def caption_matches(batch: AudioBatch, bank: CaptionBank) -> Tensor:
    """How well each caption says what is heard in each row: (B, C), 1 for the sound, OF_SCENE for its scenes, or 0."""

    def fit(sounds: frozenset[str], scenes: frozenset[str], caption: int) -> float:
        if bank.sounds[caption]:
            return float(bank.sounds[caption] in sounds)
        return OF_SCENE * bool(bank.scenes[caption] & scenes)

    rows = zip(batch.sounds, batch.scenes, strict=True)
    return torch.tensor([[fit(sounds, scenes, c) for c in batch.captions] for sounds, scenes in rows])


def image_vectors(model: Sat2Sound, samples: Sequence[ImageSample]) -> dict[str, Tensor]:
    """Scene -> vectors (n, dim) of training images whose main scene it is, at most PER_LABEL a label.

    Images that say nothing are left out.
    """
    taken: dict[str, list[ImageSample]] = defaultdict(list)
    for sample in samples:
        if sample.scenes and len(taken[f"{sample.dataset}/{sample.label}"]) < PER_LABEL:
            taken[f"{sample.dataset}/{sample.label}"].append(sample)
    chosen = [s for members in taken.values() for s in members]
    vectors = embed_samples(model, chosen).clone().cpu()
    scenes = sorted({s.scenes[0] for s in chosen})
    return {scene: vectors[[i for i, s in enumerate(chosen) if s.scenes[0] == scene]] for scene in scenes}


@dataclass(frozen=True)
class Hearing:
    """Shares of recordings: whose nearest single-sound caption is of their sound; whose nearest scene caption fits."""

    sounds: float
    scenes: float
    recordings: int


@torch.inference_mode()
def hearing(model: Sat2Sound, samples: Sequence[AudioSample], bank: CaptionBank) -> Hearing:
    """Listen to recordings, the model in evaluation mode; without any the shares are NaN."""
    if not samples:
        return Hearing(float("nan"), float("nan"), 0)
    known = {sample.sound for sample in samples}
    singles = [i for i, sound in enumerate(bank.sounds) if sound in known]
    spoken, texts = bank.vectors(model, singles), bank.candidates(model, "audio")
    right_sound, right_scene = [], []
    for i in range(0, len(samples), EVALUATE_BATCH):
        batch = samples[i : i + EVALUATE_BATCH]
        audio = normalise(model.embed_log_mel(torch.stack([s.log_mel[0].float() for s in batch])).vector)
        nearest = (audio @ spoken.T).argmax(dim=1).tolist()
        right_sound += [bank.sounds[singles[n]] == s.sound for n, s in zip(nearest, batch, strict=True)]
        nearest = (audio @ texts[1].T).argmax(dim=1).tolist()
        right_scene += [texts[0][n].scene in s.scenes for n, s in zip(nearest, batch, strict=True)]
    return Hearing(float(np.mean(right_sound)), float(np.mean(right_scene)), len(samples))


def train_audio(
    model: Sat2Sound,
    config: TrainConfig,
    recordings: AudioSplit,
    images: dict[str, Tensor],
    bank: CaptionBank,
    folder: Path,
    report: Callable[[Report], None],
) -> None:
    """Train the audio weights of `model` in place, everything else frozen; resumes from `folder`."""
    stage = config.audio
    trained = ("audio_encoder.", "codebook.queries.audio.")
    names = {n for n, _ in model.named_parameters() if n.startswith(trained)} | {
        f"log_scales.{s}" for s in ("ia", "at", "i_at")
    }
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in names)
    parameters = {n: p for n, p in model.named_parameters() if n in names}
    batches = AudioBatches(config, recordings.train, images, bank)
    schedule = Schedule(stage.steps, stage.learning_rate, stage.warm_up, stage.weight_decay, stage.clip)
    seed = config.seed + 1
    run: Run[AudioBatch] = Run("audio", folder, model, parameters, schedule, seed, precision=config.precision)

    def loss_of(batch: AudioBatch) -> Tensor:
        audio = model.embed_log_mel(batch.log_mel).vector
        captions = model.embed_text_tokens(*bank.take(batch.captions, model.device)).vector
        image = batch.images.to(model.device)
        said = caption_matches(batch, bank).to(model.device)  # (B, C)
        shown = torch.tensor([[float(s in scenes) for scenes in batch.scenes] for s in batch.image_scenes]).to(said)
        own = captions[: len(audio)]
        terms = {
            "ia": (image, audio, shown),
            "at": (audio, captions, said),
            "i_at": (image, audio + own, shown),
        }
        loss = {n: labelled_contrastive(similarity(x, y, model.log_scales[n]), m) for n, (x, y, m) in terms.items()}
        return (loss["ia"] + loss["at"]) / 3 + loss["i_at"]

    def check() -> dict[str, float]:
        heard = hearing(model, recordings.validation, bank)
        return {"sound": heard.sounds, "scene": heard.scenes}

    run.fit(batches.make, loss_of, check, config.check_every, report)
