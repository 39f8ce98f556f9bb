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
from model.sat2sound.objective import losses
from model.sat2sound.sat2sound import Sat2Sound
from model.training.captioned import CaptionBank
from model.training.config import TrainConfig
from model.training.recordings import AudioSample, AudioSplit
from model.training.run import Report, Run, Schedule
from model.training.samples import ImageSample
from model.training.scene_accuracy import embed_samples

OWN_SOUND = 0.7
"""How often a recording's caption is about its own sound rather than about a scene it belongs to."""
PER_LABEL = 40
EVALUATE_BATCH = 32


@dataclass(frozen=True)
class AudioBatch:
    """log_mel (B, frames, bands), an image's vector for each row (B, dim), and the caption drawn for each row."""

    log_mel: Tensor
    images: Tensor
    captions: tuple[int, ...]


class AudioBatches:
    """Draws recordings balanced over sounds, each with an image and a caption of a scene it belongs to."""

    def __init__(
        self, config: TrainConfig, samples: Sequence[AudioSample], images: dict[str, Tensor], bank: CaptionBank
    ) -> None:
        self.config, self.samples, self.images, self.bank = config, samples, images, bank
        groups: dict[str, list[int]] = defaultdict(list)
        for i, sample in enumerate(samples):
            if any(scene in images for scene in sample.scenes):
                groups[sample.sound].append(i)
        if not groups:
            raise TrainingError("no recording belongs to a scene that any image shows")
        self.groups = [groups[sound] for sound in sorted(groups)]

    def make(self, rng: np.random.Generator, step: int) -> AudioBatch:
        """The batch of one step."""
        del step
        drawn = []
        for _ in range(self.config.audio.batch):
            members = self.groups[int(rng.integers(len(self.groups)))]
            drawn.append(self.samples[members[int(rng.integers(len(members)))]])
        scenes = [str(rng.choice([s for s in sample.scenes if s in self.images])) for sample in drawn]
        vectors = [self.images[s][int(rng.integers(len(self.images[s])))] for s in scenes]
        captions = [self._caption(sample, scene, rng) for sample, scene in zip(drawn, scenes, strict=True)]
        return AudioBatch(torch.stack([_vary(s.log_mel, rng) for s in drawn]), torch.stack(vectors), tuple(captions))

    def _caption(self, sample: AudioSample, scene: str, rng: np.random.Generator) -> int:
        if rng.random() < OWN_SOUND:
            return self.bank.of_sound(sample.sound, rng)
        return self.bank.of_scene(scene, "audio", rng)


def _vary(variants: Tensor, rng: np.random.Generator) -> Tensor:
    """One of the fillings (frames, bands), louder or softer, and begun elsewhere when it is the looped one."""
    which = int(rng.integers(len(variants)))
    x = variants[which].float() + float(rng.uniform(-12, 6))
    return x.roll(int(rng.integers(len(x))), dims=0) if which == 1 else x


def image_vectors(model: Sat2Sound, samples: Sequence[ImageSample]) -> dict[str, Tensor]:
    """Scene -> vectors (n, dim) of training images whose main scene it is, at most PER_LABEL a label."""
    taken: dict[str, list[ImageSample]] = defaultdict(list)
    for sample in samples:
        if len(taken[f"{sample.dataset}/{sample.label}"]) < PER_LABEL:
            taken[f"{sample.dataset}/{sample.label}"].append(sample)
    chosen = [s for members in taken.values() for s in members]
    vectors = embed_samples(model, chosen).clone().cpu()
    scenes = sorted({s.scenes[0] for s in chosen})
    return {scene: vectors[[i for i, s in enumerate(chosen) if s.scenes[0] == scene]] for scene in scenes}


@torch.inference_mode()
def heard_right(model: Sat2Sound, samples: Sequence[AudioSample], bank: CaptionBank) -> float:
    """Share of recordings whose best scene caption is of a scene they belong to."""
    candidates, texts = bank.candidates(model, "audio")
    hits = []
    for i in range(0, len(samples), EVALUATE_BATCH):
        batch = samples[i : i + EVALUATE_BATCH]
        audio = model.embed_log_mel(torch.stack([s.log_mel[0].float() for s in batch])).vector
        best = (normalise(audio) @ texts.T).argmax(dim=1).tolist()
        hits += [candidates[b].scene in s.scenes for b, s in zip(best, batch, strict=True)]
    return float(np.mean(hits)) if hits else float("nan")


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
    run: Run[AudioBatch] = Run("audio", folder, model, parameters, schedule, config.seed + 1)

    def loss_of(batch: AudioBatch) -> Tensor:
        audio = model.embed_log_mel(batch.log_mel).vector
        caption = model.embed_text_tokens(*bank.take(batch.captions, model.device)).vector
        image = batch.images.to(model.device)
        terms = losses(image, audio, caption, caption, dict(model.log_scales.items()), stage.alpha)
        return (terms["ia"] + terms["at"]) / 3 + terms["combined"]

    def check() -> dict[str, float]:
        return {"accuracy": heard_right(model, recordings.validation, bank)}

    run.fit(batches.make, loss_of, check, config.check_every, report)
