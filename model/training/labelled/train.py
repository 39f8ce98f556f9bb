"""`earshot train`: every stage in one folder, ending in a checkpoint that `open_checkpoint` opens."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from model.errors import TrainingError
from model.files import write_whole
from model.gpu import best_device
from model.sat2sound.checkpoint.safetensors_pair import save_checkpoint
from model.sat2sound.sat2sound import Sat2Sound
from model.scenes.captions import Caption, SoundCaption, read_captions, read_sound_captions
from model.training.labelled.audio_stage import Hearing, hearing, image_vectors, train_audio
from model.training.labelled.calibration import Calibration, calibrate
from model.training.labelled.captioned import CaptionBank
from model.training.labelled.config import TrainConfig
from model.training.labelled.foley_clips import foley_captions
from model.training.labelled.image_stage import IMAGE_STAGES, train_images
from model.training.labelled.recordings import AudioSplit
from model.training.labelled.samples import Split
from model.training.labelled.scene_accuracy import SceneAccuracy, scene_accuracy
from model.training.labelled.sound_stage import train_sounds
from model.training.loop.run import Report


@dataclass(frozen=True)
class Trained:
    """Where the checkpoint is, and what it scores on what was held back."""

    checkpoint: Path
    images: SceneAccuracy
    recordings: Hearing
    confidence: Calibration


def train(
    config: TrainConfig,
    images: Split,
    recordings: AudioSplit,
    folder: Path,
    report: Callable[[Report], None],
    captions: Sequence[Caption] | None = None,
    sounds: Sequence[SoundCaption] | None = None,
) -> Trained:
    """Train a model on what is given and save it as `folder`/NAME.safetensors, with `figures.json` beside it.

    `captions` of scenes and of single `sounds` are learnt from, by default all that ship. Interrupted at any
    moment, the same call goes on from the last check.

    Raises:
        TrainingError: data, configuration or disk; what was saved before stays.
    """
    torch.manual_seed(config.seed)
    model = Sat2Sound(config.model).to(best_device())
    sounds = sounds or read_sound_captions() + foley_captions()
    bank = CaptionBank(captions or read_captions(), sounds, model.text_encoder)
    for name in IMAGE_STAGES:
        train_images(model, config, images, bank, folder, report, name)
    model.eval()
    train_sounds(model, config, recordings, folder, report)
    model.eval()
    train_audio(model, config, recordings, image_vectors(model, images.train), bank, folder, report)
    model.eval()
    confidence = calibrate(model, images.validation, bank)
    path = folder / f"{config.name}.safetensors"
    save_checkpoint(model, path)
    result = Trained(
        path,
        scene_accuracy(model, images.validation, *bank.candidates(model, "image")),
        hearing(model, recordings.validation, bank),
        confidence,
    )
    figures = {name: asdict(part) for name, part in vars(result).items() if name != "checkpoint"}
    try:
        write_whole(folder / "figures.json", json.dumps(figures, indent=2) + "\n")
    except OSError as error:
        raise TrainingError(f"{folder / 'figures.json'}: cannot be saved: {error}") from error
    return result
