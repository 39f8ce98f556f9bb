"""SoundingEarthConfig: one training run of the ResNet baseline."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from model.errors import CheckpointError, TrainingError
from model.training.dataset.paired_data import IMAGERIES
from model.training.paired.colour_jitter import ColourJitter

LAYERS: dict[int, tuple[str, tuple[int, ...], int]] = {
    18: ("basic", (2, 2, 2, 2), 1),
    50: ("bottleneck", (3, 4, 6, 3), 4),
}
"""ResNet-18 and -50 (He et al. 2016): kind of block, blocks a stage, and how much wider than its inside a block is."""


@dataclass(frozen=True)
class SoundingEarthSizes:
    """The sizes of one model: two ResNets of base `width` into `dim`; images of `image_size`, `bands` mel bands.

    Images are crops of `tile_pixels` × scale, for each of `scales`.
    """

    name: str = "soundingearth"
    image_layers: Literal[18, 50] = 18
    dim: int = 512
    width: int = 64
    image_size: int = 192
    bands: int = 128
    tile_pixels: int = 256
    scales: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        """Refuse sizes that cannot be.

        Raises:
            CheckpointError: naming the field.
        """
        if self.image_layers not in LAYERS:
            raise CheckpointError(f"image_layers: {self.image_layers} is not 18 or 50")
        if min(self.dim, self.width, self.image_size, self.bands, self.tile_pixels, *self.scales) < 1:
            raise CheckpointError("dim, width, image_size, bands, tile_pixels and scales must be positive")

    def to_json(self) -> str:
        """For a checkpoint's header."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> SoundingEarthSizes:
        """Read what `to_json` wrote.

        Raises:
            CheckpointError: not JSON, or an unknown field or size.
        """
        try:
            values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(text).items()}
            return cls(**values)
        except (ValueError, TypeError, AttributeError) as error:
            raise CheckpointError(f"not a SoundingEarth configuration: {error}") from error


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
