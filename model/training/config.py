"""TrainConfig: one training run, read from a TOML file."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import TrainingError
from model.sat2sound.config import ModelConfig

CONFIGS = Path(__file__).parent / "configs"


@dataclass(frozen=True)
class ImageStage:
    """Image, text and codebook together, on images and written captions.

    `keep` is the share of patch tokens computed (FLIP); the last `settle` of the steps use `keep_settled`.
    `share` weighs the data sets in a batch; `sound_captions` is how often a caption of a single sound stands in.
    """

    steps: int = 3000
    batch: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    warm_up: int = 100
    clip: float = 1.0
    keep: float = 0.2
    keep_settled: float = 0.5
    settle: float = 0.15
    alpha: float = 0.1
    sound_captions: float = 0.15
    null_island_chips: int = 9000
    share: dict[str, float] = dataclasses.field(
        default_factory=lambda: {"eurosat": 0.4, "ucm": 0.3, "null-island": 0.3}
    )


@dataclass(frozen=True)
class AudioStage:
    """The audio side against the frozen codebook, text and images."""

    steps: int = 1200
    batch: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    warm_up: int = 60
    clip: float = 1.0
    alpha: float = 0.1
    foley_clips: int = 300


@dataclass(frozen=True)
class TrainConfig:
    """A model's sizes, its stages, how often to check, and the seed everything random comes from."""

    name: str
    model: ModelConfig
    image: ImageStage
    audio: AudioStage
    polish: ImageStage
    check_every: int = 250
    seed: int = 0

    @classmethod
    def read(cls, name_or_path: str) -> TrainConfig:
        """A configuration that ships ("embedded") or a TOML file.

        Raises:
            TrainingError: no such file, not TOML, or a field that does not exist.
        """
        path = CONFIGS / f"{name_or_path}.toml"
        path = path if path.is_file() else Path(name_or_path)
        try:
            values = tomllib.loads(path.read_text())
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise TrainingError(f"{name_or_path}: not a training configuration: {error}") from error
        return cls.from_values(values, path)

    @classmethod
    def from_values(cls, values: dict[str, Any], path: Path) -> TrainConfig:
        """Build from parsed TOML; `path` is named in errors."""
        sizes = dict(values.pop("model", {}))
        bases = {"embedded": ModelConfig.embedded, "tiny": ModelConfig.tiny, "published": ModelConfig.published}
        base = sizes.pop("base", "embedded")
        try:
            changed: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in sizes.items()}
            model = dataclasses.replace(bases[base](), **changed)
            image = ImageStage(**values.pop("image", {}))
            audio = AudioStage(**values.pop("audio", {}))
            polish = ImageStage(**{"steps": 0, **values.pop("polish", {})})
            config = cls(model=model, image=image, audio=audio, polish=polish, **values)
        except (KeyError, TypeError) as error:
            raise TrainingError(f"{path}: {error}") from error
        if (
            min(image.steps, audio.steps, polish.steps) < 0
            or min(image.batch, audio.batch) < 2
            or not 0 < image.keep <= 1
        ):
            raise TrainingError(f"{path}: steps must not be negative, batches at least 2, keep in (0, 1]")
        return config
