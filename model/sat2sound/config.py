"""ModelConfig: the sizes of one Sat2Sound checkpoint."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from model.errors import CheckpointError

METADATA_FIELDS = ("audio_source", "caption_source", "latlong", "month", "time")
"""Order of the metadata tokens behind the patch tokens (specification §3)."""

Precision = Literal["float32", "bfloat16"]
"""What images can be computed in."""

IMAGERY = {"bingmap": (300, 0.6), "sentinel": (256, 10.0), "SoundingEarth": (256, 0.2)}
"""Published imagery: tile pixels and ground sampling distance (metres) at scale 1."""


LEVEL = -26.0
"""What the embedded checkpoint hears at, in dBFS: about where the recordings lie that it answers with."""

Sizes = TypeVar("Sizes")


def sizes_from_json(kind: type[Sizes], text: str, what: str) -> Sizes:
    """The sizes of a network (a dataclass) as they stand in a checkpoint's header; `what` names them in errors.

    Raises:
        CheckpointError: not JSON, or an unknown or missing field.
    """
    try:
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(text).items()}
        return kind(**values)
    except (ValueError, TypeError, AttributeError) as error:
        raise CheckpointError(f"not {what}: {error}") from error


@dataclass(frozen=True)
class ModelConfig:
    """Every size of a Sat2Sound model; the defaults are the published ones (supplement §8).

    `image_stem` lists the widths of stride-2 convolutions ahead of the patch tokens (Xiao et al. 2021, "Early
    convolutions help transformers see better"); empty, as published, means one patch convolution.
    `level` is what every recording is brought to before it is heard, in dBFS (`features.at_level`); None, as
    published, leaves recordings as loud as they are. `gsd_range` is the span of `gsd` (metres) the checkpoint was
    trained on; `temperature` divides the pooled logits before sparsemax; `scales` are the zooms the checkpoint has
    seen.
    """

    name: str = "bingmap_withmeta"
    dim: int = 1024
    codebook_size: int = 16000
    temperature: float = 1000.0
    image_size: int = 224
    patch_size: int = 16
    tile_pixels: int = 300
    gsd_range: tuple[float, float] = (0.6, 3.0)
    scales: tuple[int, ...] = (1, 3, 5)
    image_stem: tuple[int, ...] = ()
    image_width: int = 768
    image_depth: int = 12
    image_heads: int = 12
    metadata_fields: tuple[str, ...] = METADATA_FIELDS
    metadata_hidden: int = 64
    fusion_depth: int = 3
    fusion_heads: int = 8
    fusion_hidden: int = 2048
    text_encoder: Literal["flan-t5-large", "minilm"] = "flan-t5-large"
    text_dim: int = 1024
    mel_bands: int = 64
    spectrogram_size: int = 256
    audio_patch: int = 4
    audio_width: int = 96
    audio_depths: tuple[int, ...] = (2, 2, 6, 2)
    audio_heads: tuple[int, ...] = (4, 8, 16, 32)
    audio_window: int = 8
    level: float | None = None

    def __post_init__(self) -> None:
        """Refuse sizes that do not fit together.

        Raises:
            CheckpointError: naming the field.
        """
        problems = {
            "patch_size": self.image_size % self.patch_size != 0,
            "image_stem": self.image_stem != () and 2 ** len(self.image_stem) != self.patch_size,
            "image_width": self.image_width % 4 != 0 or self.image_width % self.image_heads != 0,
            "fusion_heads": self.uses_metadata and self.dim % self.fusion_heads != 0,
            "metadata_fields": tuple(f for f in METADATA_FIELDS if f in self.metadata_fields) != self.metadata_fields,
            "audio_heads": len(self.audio_heads) != len(self.audio_depths) or min(self.audio_depths) < 1,
            "mel_bands": self.spectrogram_size % self.mel_bands != 0,
            "audio_window": self.audio_grid % (self.audio_window * 2 ** (len(self.audio_depths) - 1)) != 0,
            "temperature": self.temperature <= 0,
            "level": self.level is not None and not -80 <= self.level <= 0,
            "gsd_range": not 0 < self.gsd_range[0] <= self.gsd_range[1],
        }
        wrong = [field for field, is_wrong in problems.items() if is_wrong]
        if wrong:
            raise CheckpointError(f"configuration {self.name!r}: impossible {', '.join(wrong)}")

    @property
    def uses_metadata(self) -> bool:
        """Whether place, date and sources are fused with the patch tokens."""
        return bool(self.metadata_fields)

    @property
    def imagery(self) -> str | None:
        """The one kind of imagery a published configuration is for, a key of IMAGERY; None: whatever it is shown."""
        kind = self.name.partition("_")[0]
        return kind if kind in IMAGERY else None

    @property
    def grid(self) -> int:
        """Patches along one side of an image."""
        return self.image_size // self.patch_size

    @property
    def audio_grid(self) -> int:
        """Patches along one side of the folded spectrogram."""
        return self.spectrogram_size // self.audio_patch

    @property
    def audio_dim(self) -> int:
        """Width of a frame token."""
        return self.audio_width << (len(self.audio_depths) - 1)

    def to_json(self) -> str:
        """The configuration as JSON, for a checkpoint's header."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read what `to_json` wrote.

        Raises:
            CheckpointError: not JSON, or an unknown or missing field.
        """
        return sizes_from_json(cls, text, "a model configuration")

    @classmethod
    def published(cls, imagery: str = "bingmap", metadata: bool = True) -> ModelConfig:
        """One of the six published checkpoints, by imagery and whether it uses metadata.

        Raises:
            CheckpointError: for imagery that was never published.
        """
        if imagery not in IMAGERY:
            raise CheckpointError(f"unknown imagery {imagery!r}: published are {', '.join(IMAGERY)}")
        tile_pixels, gsd = IMAGERY[imagery]
        scales = (1,) if imagery == "SoundingEarth" else (1, 3, 5)
        return cls(
            name=f"{imagery}_{'withmeta' if metadata else 'nometa'}",
            tile_pixels=tile_pixels,
            gsd_range=(gsd, gsd * scales[-1]),
            scales=scales,
            metadata_fields=METADATA_FIELDS if metadata else (),
        )

    @classmethod
    def from_hyper_parameters(cls, values: Mapping[str, Any]) -> ModelConfig:
        """The configuration behind a published checkpoint's `hyper_parameters` (specification §14)."""
        imagery = (
            "SoundingEarth" if values.get("dataset_type") == "SoundingEarth" else values.get("sat_type", "bingmap")
        )
        metadata_type = str(values.get("metadata_type", "none"))
        marks = dict(zip(METADATA_FIELDS, ("asource", "tsource", "latlong", "month", "time"), strict=True))
        fields = tuple(f for f, mark in marks.items() if metadata_type != "none" and mark in metadata_type)
        base = cls.published(str(imagery), bool(fields))
        return dataclasses.replace(
            base,
            metadata_fields=fields,
            dim=int(values.get("fc_dim", base.dim)),
            codebook_size=int(values.get("codebook_size", base.codebook_size)),
            image_size=int(values.get("sat_input_size", base.image_size)),
        )

    @classmethod
    def embedded(cls) -> ModelConfig:
        """The small model that ships with the software: 112-pixel images, MiniLM captions."""
        return cls(
            name="embedded",
            dim=256,
            codebook_size=512,
            temperature=60.0,
            image_size=112,
            patch_size=8,
            tile_pixels=256,
            gsd_range=(0.15, 50.0),
            image_stem=(16, 32, 64),
            image_width=192,
            image_depth=6,
            image_heads=6,
            metadata_fields=(),
            text_encoder="minilm",
            text_dim=384,
            audio_patch=8,
            audio_width=48,
            audio_depths=(2, 2, 2),
            audio_heads=(2, 4, 8),
            level=LEVEL,
        )

    @classmethod
    def tiny(cls, metadata: bool = False) -> ModelConfig:
        """The smallest model with every part in it, for tests and examples."""
        return cls(
            name="tiny",
            dim=32,
            codebook_size=48,
            temperature=1.0,
            image_size=32,
            patch_size=8,
            tile_pixels=64,
            gsd_range=(0.3, 30.0),
            image_width=32,
            image_depth=2,
            image_heads=4,
            metadata_fields=METADATA_FIELDS if metadata else (),
            metadata_hidden=8,
            fusion_depth=1,
            fusion_heads=4,
            fusion_hidden=32,
            text_encoder="minilm",
            text_dim=384,
            audio_patch=8,
            audio_width=16,
            audio_depths=(1, 2),
            audio_heads=(2, 4),
        )
