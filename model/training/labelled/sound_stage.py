"""Before the audio side meets the frozen space: its encoder learns to tell sounds apart by a linear reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from model.sat2sound.sat2sound import Sat2Sound
from model.training.labelled.audio_batches import draw_balanced, mix, sound_groups, vary
from model.training.labelled.config import TrainConfig
from model.training.labelled.recordings import AudioSample, AudioSplit
from model.training.loop.run import Report, Run
from model.training.loop.schedule import Schedule

MIXED = 0.4
"""How often a recording has another one under it; the reading is then to be divided between the two."""
UNDER = 0.35
"""The share of the reading that belongs to the softer one."""
SMOOTHING = 0.1
CHECK_BATCH = 32


@dataclass(frozen=True)
class SoundBatch:
    """log_mel (B, frames, bands), and how much of each sound is to be read in it (B, sounds)."""

    log_mel: Tensor
    targets: Tensor


class SoundReading(nn.Module):
    """The model, and a linear reading of the sound from its frame tokens that only training needs."""

    def __init__(self, model: Sat2Sound, sounds: int) -> None:
        super().__init__()
        self.model = model
        self.reading = nn.Linear(model.config.audio_dim, sounds)

    def logits(self, log_mel: Tensor) -> Tensor:
        """Log-mels (B, frames, bands) -> (B, sounds)."""
        frames = self.model.audio_encoder(log_mel.to(self.model.device))  # (B, frames, audio_dim)
        read: Tensor = self.reading(frames.mean(dim=1))
        return read


def train_sounds(
    model: Sat2Sound, config: TrainConfig, recordings: AudioSplit, folder: Path, report: Callable[[Report], None]
) -> None:
    """Train the audio encoder of `model` in place to name sounds, nothing else; resumes from `folder`."""
    stage = config.sounds
    if not stage.steps:
        return
    groups = sound_groups(recordings.train)
    names = sorted(groups)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith("audio_encoder."))
    torch.manual_seed(config.seed)
    reader = SoundReading(model, len(names)).to(model.device)
    parameters = {name: p for name, p in reader.named_parameters() if p.requires_grad}
    schedule = Schedule(stage.steps, stage.learning_rate, stage.warm_up, stage.weight_decay, stage.clip)
    seed = config.seed + 5
    run: Run[SoundBatch] = Run("sounds", folder, reader, parameters, schedule, seed, precision=config.precision)

    def make(rng: np.random.Generator, step: int) -> SoundBatch:
        del step
        return _batch([groups[name] for name in names], recordings.train, names, stage.batch, rng)

    def loss_of(batch: SoundBatch) -> Tensor:
        logits = reader.logits(batch.log_mel).float()
        return nn.functional.cross_entropy(logits, batch.targets.to(logits.device), label_smoothing=SMOOTHING)

    def check() -> Mapping[str, float]:
        return {"sound": reading_accuracy(reader, recordings.validation, names)}

    run.fit(make, loss_of, check, config.check_every, report)


@torch.inference_mode()
def reading_accuracy(reader: SoundReading, samples: Sequence[AudioSample], names: Sequence[str]) -> float:
    """Share of recordings whose sound is read right, the model in evaluation mode; NaN without any."""
    right = []
    for i in range(0, len(samples), CHECK_BATCH):
        batch = samples[i : i + CHECK_BATCH]
        read = reader.logits(torch.stack([s.log_mel[0].float() for s in batch])).argmax(dim=1).tolist()
        right += [names[n] == s.sound for n, s in zip(read, batch, strict=True)]
    return float(np.mean(right)) if right else float("nan")


def _batch(
    groups: Sequence[Sequence[int]],
    samples: Sequence[AudioSample],
    names: Sequence[str],
    size: int,
    rng: np.random.Generator,
) -> SoundBatch:
    targets = torch.zeros(size, len(names))
    rows = []
    for row in range(size):
        upper = samples[draw_balanced(groups, rng)]
        lower = samples[draw_balanced(groups, rng)] if rng.random() < MIXED else None
        rows.append(mix(vary(upper.log_mel, rng), lower, rng))
        targets[row, names.index(upper.sound)] += 1.0 if lower is None else 1 - UNDER
        if lower is not None:
            targets[row, names.index(lower.sound)] += UNDER
    return SoundBatch(torch.stack(rows), targets)
