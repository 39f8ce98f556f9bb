"""`earshot train` for the staged recipe: labelled images, recordings, Null Island and Foley."""

from pathlib import Path
from typing import Any

from model.errors import TrainingError
from model.gpu import best_device
from model.training.labelled.config import TrainConfig
from model.training.labelled.foley_clips import foley_samples
from model.training.labelled.recordings import AudioSplit, read_recordings
from model.training.labelled.samples import HELD_BACK, Split, read_images
from model.training.labelled.sketches import sketch_samples
from model.training.labelled.train import train
from server.commands.progress import ProgressBars
from server.commands.training.null_island_chips import cached_chips
from server.commands.training.stages import stage_bars


def train_staged(
    config: TrainConfig, data: Path, out: Path, bars: ProgressBars, devices: int, precision: str | None
) -> dict[str, Any]:
    """Train on a folder with images/ and recordings/; what it scores, and where the checkpoint is.

    Raises:
        TrainingError: data, configuration or disk, or a device or precision this recipe does not have.
    """
    if devices != 1 or precision not in (None, config.precision):
        raise TrainingError(f"{config.name}: the staged recipe takes one device, and its precision from its file")
    images = read_images(data / "images")
    images += _sketches(images, config.image.sketches, config.seed)
    recordings = read_recordings(data / "recordings")
    for reason in recordings.skipped:
        bars.say(f"left out: {reason}")
    chips, cache = config.image.null_island_chips, out / "null_island.npz"
    images += cached_chips(cache, chips, config.seed, bars.counter("Null Island chips"))
    foley = foley_samples(config.audio.foley_clips, config.seed, bars.counter("Foley clips"))
    recordings = AudioSplit(recordings.train + foley, recordings.validation, recordings.skipped)
    bars.say(f"{len(images.train)} images, {len(recordings.train)} recordings, on {best_device()}")
    trained = train(config, images, recordings, out, stage_bars(bars))
    bars.say(
        f"{trained.checkpoint}: best caption's scene right on {trained.images.overall:.1%} of held-back images "
        f"and a recording's own sound on {trained.recordings.sounds:.1%} of {trained.recordings.recordings} held back"
    )
    return {
        "checkpoint": str(trained.checkpoint),
        "images": trained.images.overall,
        **trained.images.by_dataset,
        "recordings": trained.recordings.sounds,
    }


def _sketches(images: Split, each: int, seed: int) -> Split:
    """Sketches set in the images of either side of the split; those that say nothing are only learnt from."""
    held_back = sketch_samples(images.validation, round(HELD_BACK * each), seed + 1)
    return Split(sketch_samples(images.train, each, seed), tuple(s for s in held_back if s.scenes))
