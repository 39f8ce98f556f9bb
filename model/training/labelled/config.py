"""TrainConfig: one staged training run (`model.training.recipes` reads it from a TOML file)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from model.errors import TrainingError
from model.sat2sound.config import ModelConfig


@dataclass(frozen=True)
class ImageStage:
    """Image, text and codebook together, on images and written captions.

    `keep` is the share of patch tokens computed (FLIP); the last `settle` of the steps use `keep_settled`. `plain` is
    the share of images shown as they are, not cropped or coloured. `share` weighs the data sets in a batch;
    `sound_captions` is how often a caption of a single sound stands in; `more_captions` are drawn beside each image's
    own, and `hide` of every caption's tokens are hidden. Two captions of each of `sound_pairs` sounds are told from
    the others', weighed by `sound_weight`: images alone would let all sounds of a scene fall together.
    `scene_weight` weighs a linear reading of the scene from the mean of the patch tokens, which teaches the image
    encoder more directly than the few concepts an image asks for; it is dropped after training.
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
    plain: float = 0.0
    sound_captions: float = 0.2
    more_captions: int = 64
    hide: float = 0.1
    sound_pairs: int = 40
    sound_weight: float = 0.5
    scene_weight: float = 1.0
    null_island_chips: int = 9000
    sketches: int = 300
    share: dict[str, float] = dataclasses.field(
        default_factory=lambda: {"eurosat": 0.3, "ucm": 0.3, "null-island": 0.25, "sketch": 0.15}
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
    foley_clips: int = 300


StageT = TypeVar("StageT", ImageStage, AudioStage)


@dataclass(frozen=True)
class TrainConfig:
    """A model's sizes, its stages, how often to check, the seed of everything random, and the precision.

    Images are learnt from in up to four stages, each with the values of `image` where it gives none itself; those of
    no steps are left out. `warm` comes first, and all but the image encoder's blocks is drawn anew after it: a
    codebook that meets images no encoder can read yet settles on a few concepts and stays there. Then `image`, then
    `polish` (meant for more patches and a lower rate), and at last `head`, which freezes the image encoder's blocks
    and shows the codebook every patch, as it meets them afterwards: the strongest of many patches is stronger than
    that of few. The audio encoder first learns to tell sounds apart (`sounds`, with the values of `audio` where it
    gives none), then the frozen space (`audio`).
    """

    name: str
    model: ModelConfig
    image: ImageStage
    audio: AudioStage
    warm: ImageStage
    polish: ImageStage
    head: ImageStage
    sounds: AudioStage
    check_every: int = 250
    seed: int = 0
    precision: str = "32-true"

    @classmethod
    def from_values(cls, values: dict[str, Any], path: Path) -> TrainConfig:
        """Build from parsed TOML; `path` is named in errors."""
        sizes = dict(values.pop("model", {}))
        bases = {"embedded": ModelConfig.embedded, "tiny": ModelConfig.tiny, "published": ModelConfig.published}
        base = sizes.pop("base", "embedded")
        try:
            changed: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in sizes.items()}
            model = dataclasses.replace(bases[base](), **changed)
            image, audio = values.pop("image", {}), values.pop("audio", {})
            warm, polish, head = (_stage(ImageStage, image, values, name) for name in ("warm", "polish", "head"))
            config = cls(
                model=model,
                image=ImageStage(**image),
                audio=AudioStage(**audio),
                warm=warm,
                polish=polish,
                head=head,
                sounds=_stage(AudioStage, audio, values, "sounds"),
                **values,
            )
        except (KeyError, TypeError) as error:
            raise TrainingError(f"{path}: {error}") from error
        pictures = [config.warm, config.image, config.polish, config.head]
        stages: list[ImageStage | AudioStage] = [*pictures, config.sounds, config.audio]
        is_learning = all(stage.steps >= 0 and stage.batch >= 2 for stage in stages)
        if not (is_learning and all(0 < stage.keep <= 1 for stage in pictures)):
            raise TrainingError(f"{path}: steps must not be negative, batches at least 2, keep in (0, 1]")
        return config


def _stage(kind: type[StageT], base: dict[str, Any], values: dict[str, Any], name: str) -> StageT:
    """A stage that takes over what it does not say itself, and is left out where it says nothing."""
    return kind(**{**base, "steps": 0, **values.pop(name, {})})
