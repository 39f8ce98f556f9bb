"""The SoundingEarth baseline: two ResNets, images and sounds in one space (Heidler et al., arXiv:2108.00688)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from model.baselines.pairs import PairedRow
from model.errors import CheckpointError
from model.files import replacing
from model.lazy import part
from model.sat2sound.checkpoint.safetensors_pair import content_hash
from model.sat2sound.config import sizes_from_json
from model.sat2sound.features import centre_crop, image_tensor

SYSTEM = "soundingearth"
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
        return sizes_from_json(cls, text, "a SoundingEarth configuration")


class SoundingEarth(nn.Module):
    """Embeds images and recordings with a ResNet each; no text and no metadata. Satisfies PairedEncoders.

    The paper's spectrograms have 128 mel bands; rows of paired data carry 64, which are stretched to 128.
    """

    def __init__(self, sizes: SoundingEarthSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.name, self.scales = sizes.name, sizes.scales
        self.metadata_fields: tuple[str, ...] = ()
        self.image_encoder = _resnet(3, sizes.image_layers, sizes.width)
        self.audio_encoder = _resnet(1, 18, sizes.width)
        self.image_head = nn.Linear(_features(sizes.image_layers, sizes.width), sizes.dim)
        self.audio_head = nn.Linear(_features(18, sizes.width), sizes.dim)

    @property
    def device(self) -> torch.device:
        """Where the weights live."""
        return self.image_head.weight.device

    def forward_images(self, images: Tensor) -> Tensor:
        """Images (B, 3, S, S) from `image_tensor` -> (B, dim)."""
        pooled: Tensor = self.image_encoder(images.to(self.device)).pooler_output  # (B, features, 1, 1)
        vectors: Tensor = self.image_head(pooled.flatten(1))
        return vectors

    def forward_spectrograms(self, spectrograms: Tensor) -> Tensor:
        """Spectrograms (B, bands, frames) from `spectrogram`, of any length -> (B, dim)."""
        pooled: Tensor = self.audio_encoder(spectrograms[:, None].to(self.device)).pooler_output
        vectors: Tensor = self.audio_head(pooled.flatten(1))
        return vectors

    @torch.inference_mode()
    def embed_images(self, rows: Sequence[PairedRow], scale: int, fields: Collection[str]) -> Tensor:
        """Centre crops of tile × scale pixels -> (n, dim); there is no metadata to tell, so `fields` is not looked at.

        Distances are Euclidean in training; an evaluation by cosine looks at directions alone.
        """
        del fields
        pixels, size = self.sizes.tile_pixels * scale, self.sizes.image_size
        return self.forward_images(torch.stack([image_tensor(centre_crop(row.image, pixels), size) for row in rows]))

    @torch.inference_mode()
    def embed_audio(self, rows: Sequence[PairedRow]) -> Tensor:
        """The whole first clip of each recording -> (n, dim)."""
        return self.forward_spectrograms(torch.stack([spectrogram(row.log_mel[0], self.sizes.bands) for row in rows]))

    def embed_audio_captions(self, rows: Sequence[PairedRow]) -> None:
        """None: it reads no text."""

    def embed_image_captions(self, rows: Sequence[PairedRow], scale: int) -> None:
        """None: it reads no text."""


def spectrogram(log_mel: Tensor, bands: int) -> Tensor:
    """Log-mel (frames, 64) in dB -> (bands, frames), bands stretched linearly and levels brought near one."""
    stretched = F.interpolate(log_mel[None], size=bands, mode="linear", align_corners=False)[0]  # (frames, bands)
    return stretched.T / 40.0 + 1.0


def save_soundingearth(model: SoundingEarth, path: Path) -> None:
    """Write one safetensors file, whole or not at all.

    Raises:
        CheckpointError: it cannot be written; what was there before stays.
    """
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    header = {"system": SYSTEM, "config": model.sizes.to_json(), "sha256": content_hash(state)}
    try:
        with replacing(path) as temporary:
            save_file(state, temporary, metadata=header)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: cannot be written: {error}") from error


def open_soundingearth(path: str | Path, device: str = "cpu") -> SoundingEarth:
    """Open what `save_soundingearth` wrote; frozen and in evaluation mode.

    Raises:
        CheckpointError: a file that is missing, corrupt, incomplete or of another system.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: not a readable safetensors file: {error}") from error
    if header.get("system") != SYSTEM or not {"config", "sha256"} <= header.keys():
        raise CheckpointError(f"{path}: not a SoundingEarth checkpoint")
    if content_hash(state) != header["sha256"]:
        raise CheckpointError(f"{path}: corrupt: its tensors do not match the checksum in its header")
    model = SoundingEarth(SoundingEarthSizes.from_json(header["config"]))
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise CheckpointError(f"{path}: tensors missing or misshapen: {reason}") from error
    return model.eval().requires_grad_(False).to(device)


def _resnet(channels: int, layers: int, width: int) -> Any:
    kind, depths, _ = LAYERS[layers]
    widths = [_features(layers, width) >> (len(depths) - 1 - i) for i in range(len(depths))]
    config = part("transformers", "ResNetConfig")(
        num_channels=channels, embedding_size=width, hidden_sizes=widths, depths=list(depths), layer_type=kind
    )
    return part("transformers", "ResNetModel")(config)


def _features(layers: int, width: int) -> int:
    """Width of the last stage: each stage doubles, and a bottleneck block gives out four times its inside."""
    _, depths, wider = LAYERS[layers]
    return width * wider << (len(depths) - 1)
