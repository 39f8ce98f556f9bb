"""Place, month, hour and sources -> metadata tokens, fused with the patch tokens (specification §3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.errors import InvalidInput
from model.sat2sound.config import METADATA_FIELDS, ModelConfig
from model.sat2sound.image_encoder import gelu

AUDIO_SOURCES = ("yfcc", "iNat", "aporee", "freesound")
CAPTION_SOURCES = ("meta", "qwen", "pengi")

FIELD_VALUES = {
    "audio_source": ("audio_source",),
    "caption_source": ("caption_source",),
    "latlong": ("latitude", "longitude"),
    "month": ("month",),
    "time": ("hour",),
}
"""What each metadata token of the model is made of, by the names of `Metadata`."""

Numbers = float | Sequence[float | None] | Tensor | None
Names = str | int | Sequence[str | int | None] | Tensor | None


@dataclass(frozen=True)
class Metadata:
    """Plain values, one a row or one for all rows; None (whole or in a row) masks that token.

    Latitude and longitude in degrees, month 1-12, hour 0-23, sources by name or index.
    """

    latitude: Numbers = None
    longitude: Numbers = None
    month: Numbers = None
    hour: Numbers = None
    audio_source: Names = None
    caption_source: Names = None

    @classmethod
    def of_places(cls, latitude: Numbers, longitude: Numbers, month: Numbers, hour: Numbers) -> Metadata:
        """What is known where no recording is: the sources are those the reference's demo asks with."""
        return cls(latitude, longitude, month, hour, AUDIO_SOURCES[0], CAPTION_SOURCES[0])


@dataclass(frozen=True)
class EncodedMetadata:
    """Encodings ready for the network, and which of them are valid.

    latlong (B, 4), month (B, 2), time (B, 2) float32; sources (B,) int64; valid (B, 5) bool in the order of
    METADATA_FIELDS.
    """

    latlong: Tensor
    month: Tensor
    time: Tensor
    audio_source: Tensor
    caption_source: Tensor
    valid: Tensor


def _column(values: object, batch: int, field: str) -> Tensor:
    """One value a row as float64 (B,), NaN where it is None."""
    if values is None or isinstance(values, (int, float)):
        values = [values] * batch
    if not isinstance(values, Tensor):
        values = torch.tensor([math.nan if v is None else float(v) for v in values], dtype=torch.float64)  # type: ignore[attr-defined]
    column = values.to(torch.float64).reshape(-1).cpu()
    if column.shape[0] == 1:
        column = column.expand(batch)
    if column.shape[0] != batch:
        raise InvalidInput(f"metadata {field}: {column.shape[0]} values for a batch of {batch}")
    return column


def _bounded(values: object, batch: int, field: str, low: float, high: float) -> Tensor:
    column = _column(values, batch, field)
    known = column[~column.isnan()]
    if bool(((known < low) | (known > high)).any()):
        raise InvalidInput(f"metadata {field}: must lie between {low:g} and {high:g}")
    return column


def _indices(values: Names, names: tuple[str, ...], batch: int, field: str) -> Tensor:
    if isinstance(values, str):
        values = [values]
    if values is not None and not isinstance(values, (int, Tensor)):
        unknown = [v for v in values if isinstance(v, str) and v not in names]
        if unknown:
            raise InvalidInput(f"metadata {field}: {unknown[0]!r} is not one of {', '.join(names)}")
        values = [names.index(v) if isinstance(v, str) else v for v in values]
    return _bounded(values, batch, field, 0, len(names) - 1)


def _circle(angle: Tensor) -> Tensor:
    """(B,) radians -> (B, 2) sine and cosine; unknown (NaN) becomes (0, 0)."""
    return torch.stack([angle.sin(), angle.cos()], dim=-1).nan_to_num(0.0)


def encode_metadata(metadata: Metadata, batch: int, device: torch.device | None = None) -> EncodedMetadata:
    """Encode as the reference does: latitude on a period of 180°, hours on 23, months on 12 (specification §3).

    Raises:
        InvalidInput: a value out of range, an unknown source, or as many values as no batch has.
    """
    latitude = _bounded(metadata.latitude, batch, "latitude", -90, 90)
    longitude = _bounded(metadata.longitude, batch, "longitude", -180, 180)
    month = _bounded(metadata.month, batch, "month", 1, 12)
    hour = _bounded(metadata.hour, batch, "hour", 0, 23)
    audio = _indices(metadata.audio_source, AUDIO_SOURCES, batch, "audio_source")
    caption = _indices(metadata.caption_source, CAPTION_SOURCES, batch, "caption_source")
    place = torch.cat([_circle(math.pi * latitude / 90), _circle(math.pi * longitude / 180)], dim=-1)  # (B, 4)
    valid = torch.stack(
        [~audio.isnan(), ~caption.isnan(), ~(latitude + longitude).isnan(), ~month.isnan(), ~hour.isnan()], -1
    )
    return EncodedMetadata(
        latlong=place.float().to(device),
        month=_circle(2 * math.pi * month / 12).float().to(device),
        time=_circle(2 * math.pi * hour / 23).float().to(device),
        audio_source=audio.nan_to_num(0.0).long().to(device),
        caption_source=caption.nan_to_num(0.0).long().to(device),
        valid=valid.to(device),
    )


def _small_encoder(inputs: int, hidden: int, dim: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, dim))


class MetadataFusion(nn.Module):
    """Metadata tokens behind the patch tokens, mixed by post-norm transformer layers."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.fields = config.metadata_fields
        parts: dict[str, nn.Module] = {
            "audio_source": nn.Embedding(len(AUDIO_SOURCES), config.dim),
            "caption_source": nn.Embedding(len(CAPTION_SOURCES), config.dim),
            "latlong": _small_encoder(4, config.metadata_hidden, config.dim),
            "month": _small_encoder(2, config.metadata_hidden, config.dim),
            "time": _small_encoder(2, config.metadata_hidden, config.dim),
        }
        self.embed = nn.ModuleDict({field: parts[field] for field in self.fields})
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                config.dim,
                config.fusion_heads,
                dim_feedforward=config.fusion_hidden,
                dropout=0.0,
                activation=gelu,
                batch_first=True,
            )
            for _ in range(config.fusion_depth)
        )

    def forward(self, patches: Tensor, metadata: EncodedMetadata, unseen: Tensor | None = None) -> Tensor:
        """Patch tokens (B, P, dim) -> fused tokens (B, P + fields, dim).

        `unseen` (P, P) bool says which patches may not look at which; metadata they all see.

        Outside training a row whose masked tokens end its sequence has zeros there, as the reference's inference
        path gives for a batch of that row alone; so a row never depends on its neighbours (specification §3).
        """
        valid = metadata.valid[:, [METADATA_FIELDS.index(f) for f in self.fields]]  # (B, F)
        tokens = self.tokens(metadata, valid)  # (B, F, dim)
        x = torch.cat([patches, tokens.to(patches.dtype)], dim=1)  # (B, P + F, dim)
        ignored = torch.cat([valid.new_zeros(patches.shape[:2]), ~valid], dim=1)  # (B, P + F)
        mask = None if unseen is None else F.pad(unseen, (0, len(self.fields), 0, len(self.fields)), value=False)
        for layer in self.layers:
            x = layer(x, src_mask=mask, src_key_padding_mask=ignored)
        if self.training:
            return x
        is_suffix = (valid.long().diff(dim=1) <= 0).all(dim=1, keepdim=True)  # (B, 1)
        return x.masked_fill((ignored & is_suffix)[..., None], 0.0)

    def tokens(self, metadata: EncodedMetadata, valid: Tensor) -> Tensor:
        """Metadata tokens (B, F, dim) before fusion, masked ones at zero."""
        embedded = [self.embed[field](getattr(metadata, field)) for field in self.fields]
        return torch.stack(embedded, dim=1) * valid[..., None]
