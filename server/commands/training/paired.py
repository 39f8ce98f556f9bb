"""`earshot train` for the recipes that learn from paired data: Sat2Sound's own and the SoundingEarth baseline."""

from pathlib import Path
from typing import Any

from model.training.dataset.paired_data import open_paired
from model.training.evaluation.validation import RECALL
from model.training.loop.fabric import Fabric
from model.training.paired.config import PairedConfig
from model.training.paired.train import train_paired
from model.training.soundingearth.config import SoundingEarthConfig
from model.training.soundingearth.train import train_soundingearth
from server.commands.progress import ProgressBars
from server.commands.training.stages import stage_bars

FIRST_REASONS = 5


def train_on_pairs(
    config: PairedConfig | SoundingEarthConfig, data: str, out: Path, bars: ProgressBars, fabric: Fabric
) -> dict[str, Any]:
    """Train on the train split, judged on the validation split; what the best check scores, and its checkpoint.

    Raises:
        TrainingError: data, configuration or disk.
    """
    train, validation = (open_paired(data, split, config.imagery) for split in ("train", "validation"))
    bars.say(f"{config.name}: {config.imagery} images and their recordings, {fabric.world_size} × {fabric.device}")
    if isinstance(config, PairedConfig):
        trained = train_paired(config, train, validation, out, stage_bars(bars), fabric)
    else:
        trained = train_soundingearth(config, train, validation, out, stage_bars(bars), fabric)
    for reason in trained.left_out[:FIRST_REASONS]:
        bars.say(f"left out: {reason}")
    if len(trained.left_out) > FIRST_REASONS:
        bars.say(f"left out: {len(trained.left_out)} rows in all")
    measured = "R@10%" if trained.measure == RECALL else "share of others that rank behind, of too few rows for R@10%,"
    bars.say(f"{trained.checkpoint}: image-to-audio {measured} {trained.i2a_recall:.3f}, best at step {trained.step}")
    return {
        "checkpoint": str(trained.checkpoint),
        trained.measure: trained.i2a_recall,
        "step": trained.step,
        "left_out": len(trained.left_out),
    }
