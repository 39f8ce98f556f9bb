"""GSD-aware vision transformer: image -> patch tokens (specification §2; SatMAE-Base with GSDPE in the paper)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.sat2sound.config import ModelConfig

LAYER_NORM_EPS = 1e-6


def gelu(x: Tensor) -> Tensor:
    """Exact (erf) GELU. A function of ours keeps torch's fused inference kernel, which approximates it on GPUs, out."""
    return F.gelu(x)


def position_embedding(gsd: Tensor, grid: int, width: int) -> Tensor:
    """Scale-aware positions: (B,) metres per pixel -> (B, grid², width), row-major patches (specification §2).

    The first half of the width encodes the column and the second the row, each as sines then cosines of
    index × gsd: one position means one distance on the ground, whatever the scale.
    """
    frequencies = torch.arange(width // 4, dtype=torch.float32, device=gsd.device) / (width // 4)
    frequencies = 1.0 / 10000**frequencies  # (width / 4,)
    index = torch.arange(grid, dtype=torch.float32, device=gsd.device)
    angles = (gsd.float()[:, None] * index)[..., None] * frequencies  # (B, grid, width / 4)
    axis = torch.cat([angles.sin(), angles.cos()], dim=-1)  # (B, grid, width / 2)
    batch = axis.shape[0]
    columns = axis[:, None, :, :].expand(batch, grid, grid, -1)
    rows = axis[:, :, None, :].expand(batch, grid, grid, -1)
    return torch.cat([columns, rows], dim=-1).reshape(batch, grid * grid, width)


def out_of_reach(grid: int, reach: int, device: torch.device | None = None) -> Tensor:
    """Which patches may not look at which: True beyond `reach` rows or columns, (grid², grid²) bool, row-major."""
    index = torch.arange(grid * grid, device=device)
    row, column = index // grid, index % grid
    apart = torch.maximum((row[:, None] - row).abs(), (column[:, None] - column).abs())
    return apart > reach


def _patch(channels: int, width: int, size: int) -> nn.Conv2d:
    return nn.Conv2d(channels, width, size, stride=size)


def _stem(config: ModelConfig) -> nn.Sequential:
    """Stride-2 convolutions down to one token a patch: (B, 3, S, S) -> (B, width, grid, grid)."""
    layers: list[nn.Module] = []
    channels = 3
    for width in config.image_stem:
        layers += [nn.Conv2d(channels, width, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        channels = width
    return nn.Sequential(*layers, _patch(channels, config.image_width, 1))


class ImageEncoder(nn.Module):
    """Patch convolution or stem, metric positions, pre-norm blocks without a final norm, and the projector."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.grid, self.width = config.grid, config.image_width
        self.patch = _stem(config) if config.image_stem else _patch(3, config.image_width, config.patch_size)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(
                config.image_width,
                config.image_heads,
                dim_feedforward=4 * config.image_width,
                dropout=0.0,
                activation=gelu,
                layer_norm_eps=LAYER_NORM_EPS,
                batch_first=True,
                norm_first=True,
            )
            for _ in range(config.image_depth)
        )
        self.projector = nn.Sequential(
            nn.Linear(config.image_width, config.dim), nn.GELU(), nn.Linear(config.dim, config.dim)
        )

    def forward(self, images: Tensor, gsd: Tensor, keep: Tensor | None = None, reach: int | None = None) -> Tensor:
        """Images (B, 3, S, S) and gsd (B,) metres -> patch tokens (B, patches, dim).

        `keep` (B, K) int64 names the patches to compute; training drops most of them, as FLIP does. With `reach` each
        patch attends only to those as near, in every block, so that a token tells of its own place.
        """
        tokens = self.backbone(images, gsd, keep, reach)  # (B, T, width)
        projected: Tensor = self.projector(tokens)  # (B, T, dim)
        return projected

    def backbone(self, images: Tensor, gsd: Tensor, keep: Tensor | None = None, reach: int | None = None) -> Tensor:
        """Patch tokens (B, patches, width) before the projector."""
        # Convolutions on few channels are fastest with the channels last.
        images = images.contiguous(memory_format=torch.channels_last)
        x: Tensor = self.patch(images).flatten(2).transpose(1, 2)  # (B, patches, width)
        x = x + position_embedding(gsd, self.grid, self.width).to(x.dtype)
        if keep is not None:
            x = x.gather(1, keep[..., None].expand(-1, -1, x.shape[-1]))  # (B, K, width)
        mask = None if reach is None else out_of_reach(self.grid, reach, x.device)
        for block in self.blocks:
            x = block(x, src_mask=mask)
        return x
