"""PairedConfig: one training run on paired data as the paper describes it (supplement §8 and §9)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import CheckpointError, TrainingError
from model.sat2sound.config import ModelConfig
from model.training.paired.colour_jitter import ColourJitter

PUBLISHED_IMAGERY = {"bingmap": "bingmap", "sentinel": "sentinel", "googleearth": "SoundingEarth"}
"""The published checkpoint that a data set's imagery belongs to."""


@dataclass(frozen=True)
class PairedConfig:
    """A model, the imagery it learns from, and the paper's hyper-parameters as defaults.

    `rows` is how many rows a streamed training split has (a local one knows); `restart_period` is T0 of the cosine in
    steps; `alpha` weighs the pseudo-positives, `fdt_weight` the loss against image captions, and `combined` says
    whether image against recording plus caption takes part; `workers` batches are prepared at once; `initial` is a
    checkpoint to begin from.
    """

    name: str
    imagery: str
    model: ModelConfig
    rows: int | None = None
    epochs: int = 20
    batch: int = 128
    learning_rate: float = 5e-5
    weight_decay: float = 0.2
    restart_period: int = 5000
    clip: float = 0.5
    alpha: float = 0.1
    fdt_weight: float = 1.0
    combined: bool = True
    metadata_dropout: float = 0.5
    jitter: ColourJitter = dataclasses.field(default_factory=ColourJitter)
    workers: int = 4
    check_every: int = 1000
    precision: str = "32-true"
    initial: str | None = None
    seed: int = 0

    @classmethod
    def from_values(cls, values: dict[str, Any], path: Path) -> PairedConfig:
        """Build from parsed TOML; `path` is named in errors.

        Raises:
            TrainingError: a field that does not exist or cannot be.
        """
        try:
            sizes = {k: tuple(v) if isinstance(v, list) else v for k, v in values.pop("model", {}).items()}
            model = _model(sizes, str(values["imagery"]), str(values["name"]))
            config = cls(model=model, jitter=ColourJitter(**values.pop("jitter", {})), **values)
        except KeyError as error:
            raise TrainingError(f"{path}: {error} is missing or unknown") from error
        except (TypeError, CheckpointError) as error:
            raise TrainingError(f"{path}: {error}") from error
        whole = (config.epochs, config.restart_period, config.workers, config.check_every)
        if min(whole) < 1 or config.batch < 2 or not 0 <= config.metadata_dropout <= 1:
            raise TrainingError(
                f"{path}: epochs, restart_period, workers and check_every must be positive, batch at least 2 and "
                "metadata_dropout between 0 and 1"
            )
        return config


def _model(sizes: dict[str, Any], imagery: str, name: str) -> ModelConfig:
    """The published sizes for this imagery, or another base, with what the file changes."""
    base, metadata = sizes.pop("base", "published"), bool(sizes.pop("metadata", True))
    if base == "published":
        model = ModelConfig.published(PUBLISHED_IMAGERY[imagery], metadata)
    else:
        model = {"tiny": ModelConfig.tiny}[base](metadata)
    return dataclasses.replace(model, name=name, **sizes)
