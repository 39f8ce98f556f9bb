"""Training Sat2Sound on paired data, everything at once (paper equation 9; supplement §8; specification §8)."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from model.baselines.sat2sound_encoders import Sat2SoundEncoders
from model.errors import TrainingError
from model.sat2sound.checkpoint.open import open_checkpoint
from model.sat2sound.checkpoint.safetensors_pair import save_checkpoint
from model.sat2sound.objective import losses
from model.sat2sound.sat2sound import Sat2Sound
from model.training.dataset.paired_data import PairedData
from model.training.dataset.row_windows import RowWindows
from model.training.evaluation.validation import RECALL, Best, figure_of, image_to_audio
from model.training.loop.fabric import Fabric, gathered, open_fabric
from model.training.loop.run import Report, Run
from model.training.loop.schedule import WarmRestarts
from model.training.paired.batches import PairedBatch, PairedBatches, scale_problem
from model.training.paired.config import PairedConfig


@dataclass(frozen=True)
class PairedTrained:
    """The checkpoint of the best check, its figure (R@10%, or `measure`) on the validation split, what was left out."""

    checkpoint: Path
    i2a_recall: float
    step: int
    left_out: tuple[str, ...]
    measure: str = RECALL


def train_paired(
    config: PairedConfig,
    train: PairedData,
    validation: PairedData,
    folder: Path,
    report: Callable[[Report], None],
    fabric: Fabric | None = None,
) -> PairedTrained:
    """Train a model and keep its best check as `folder`/NAME.safetensors, logged in `folder`/paired.csv.

    Best is the highest image-to-audio R@10% on the validation split, as the paper selects (supplement §8); of ten rows
    or fewer, where that is always 0, the largest share of others that rank behind.
    Interrupted at any moment, the same call goes on from the last check.

    Raises:
        TrainingError: data, configuration or disk; what was saved before stays.
    """
    fabric = fabric or open_fabric(config.precision)
    torch.manual_seed(config.seed)
    model = _initial(config)
    windows = RowWindows(
        train,
        config.batch,
        config.seed,
        config.rows,
        fabric.global_rank,
        fabric.world_size,
        functools.partial(scale_problem, imagery=train.imagery),
    )
    steps = config.epochs * windows.steps_per_epoch
    schedule = WarmRestarts(
        steps, config.learning_rate, config.restart_period, config.weight_decay, config.clip, decay_all=True
    )
    run: Run[PairedBatch] = Run(
        "paired", folder, model, dict(model.named_parameters()), schedule, config.seed, fabric=fabric
    )
    batches = PairedBatches(config.model, train.imagery, windows, config.jitter, config.metadata_dropout)
    path = folder / f"{config.name}.safetensors"
    best = Best(folder, lambda: save_checkpoint(model, path))
    encoders = Sat2SoundEncoders(model, validation.imagery)

    def check() -> Mapping[str, float]:
        scores = image_to_audio(encoders, validation)
        measure, figure = figure_of(scores)
        best.offer(figure, run.step, measure)
        left_out = len(windows.left_out) + len(validation.skipped)
        return {
            "i2a_r10": scores.recall_10_percent,
            "i2a_median_rank": scores.median_rank,
            f"best_{measure}": best.figure,
            "left_out": left_out,
        }

    run.fit(
        batches.make,
        functools.partial(objective, model, config, fabric),
        check,
        config.check_every,
        report,
        ahead=1 if windows.is_streamed else config.workers,
    )
    if not fabric.is_global_zero:
        best = Best(folder, lambda: None)  # what the first process kept
    return PairedTrained(path, best.figure, best.step, (*windows.left_out, *validation.skipped), best.measure)


def objective(model: Sat2Sound, config: PairedConfig, fabric: Fabric, batch: PairedBatch) -> Tensor:
    """The loss of the whole batch, over all processes: (L_i,a + L_i,c + L_a,c) / 3 + L_i,a+c + weight × L_i,t."""
    device = model.device
    image = model.embed_images(batch.images.to(device), batch.gsd.to(device), batch.metadata).vector
    audio = model.embed_log_mel(batch.log_mel).vector
    heard = model.embed_texts(batch.audio_captions).vector
    seen = model.embed_texts(batch.image_captions).vector if config.fdt_weight else None
    # Pseudo-positives compare similarities with each other, finer than bfloat16 tells them apart.
    with torch.autocast(device.type, enabled=False):
        i, a, c = (gathered(fabric, x.float()) for x in (image, audio, heard))
        t = None if seen is None else gathered(fabric, seen.float())
        terms = losses(i, a, c, t, dict(model.log_scales.items()), config.alpha, config.fdt_weight, config.combined)
    return terms["total"]


def _initial(config: PairedConfig) -> Sat2Sound:
    """Random weights, or those of the checkpoint to begin from."""
    model = Sat2Sound(config.model)
    if config.initial is None:
        return model
    given = open_checkpoint(config.initial)
    wanted, found = ({**dataclasses.asdict(c), "name": ""} for c in (config.model, given.config))
    shapes = {name: tuple(t.shape) for name, t in model.state_dict().items()}
    if shapes != {name: tuple(t.shape) for name, t in given.state_dict().items()}:
        differing = ", ".join(field for field in wanted if wanted[field] != found[field])
        raise TrainingError(f"initial: {config.initial} has another {differing} than the model to train")
    model.load_state_dict(given.state_dict())
    return model
