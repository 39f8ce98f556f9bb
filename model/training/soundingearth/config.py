"""SoundingEarthConfig: one training run of the ResNet baseline."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.baselines.pairs import IMAGERIES
from model.baselines.soundingearth import SoundingEarthSizes
from model.errors import CheckpointError, TrainingError
from model.training.paired.colour_jitter import ColourJitter


@dataclass(frozen=True)
class SoundingEarthConfig:
    """A model and how it is trained.

    The paper gives no optimiser: rate, batch, epochs and the 512 dimensions are those of its authors' published code,
    where AdamW without decay is their Adam. `workers` batches are prepared at once.
    """

    name: str
    imagery: str
    model: SoundingEarthSizes
    rows: int | None = None
    epochs: int = 100
    batch: int = 16
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    clip: float = math.inf
    jitter: ColourJitter = dataclasses.field(default_factory=ColourJitter)
    workers: int = 4
    check_every: int = 1000
    precision: str = "32-true"
    seed: int = 0

    @classmethod
    def from_values(cls, values: dict[str, Any], path: Path) -> SoundingEarthConfig:
        """Build from parsed TOML; `path` is named in errors.

        Raises:
            TrainingError: a field that does not exist or cannot be.
        """
        names = {field.name for field in dataclasses.fields(SoundingEarthSizes)} - {"name", "tile_pixels", "scales"}
        sizes = {name: values.pop(name) for name in names & values.keys()}
        try:
            imagery = IMAGERIES[values["imagery"]]
            model = SoundingEarthSizes(
                name=values["name"], tile_pixels=imagery.tile_pixels, scales=imagery.scales, **sizes
            )
            config = cls(model=model, jitter=ColourJitter(**values.pop("jitter", {})), **values)
        except KeyError as error:
            raise TrainingError(f"{path}: {error} is missing or unknown") from error
        except (TypeError, CheckpointError) as error:
            raise TrainingError(f"{path}: {error}") from error
        if min(config.epochs, config.workers, config.check_every) < 1 or config.batch < 2:
            raise TrainingError(f"{path}: epochs, workers and check_every must be positive, batch at least 2")
        return config
