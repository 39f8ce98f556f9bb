"""HTS-AT: log-mel spectrogram -> frame tokens (specification §5; the audio encoder of MGA-CLAP in the paper)."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.sat2sound.config import ModelConfig


def _windows(x: Tensor, window: int) -> Tensor:
    """(B, H, W, C) -> (B · windows, window², C), windows row-major."""
    batch, height, width, channels = x.shape
    x = x.view(batch, height // window, window, width // window, window, channels)
    return x.transpose(2, 3).reshape(-1, window * window, channels)


def _unwindow(x: Tensor, window: int, side: int) -> Tensor:
    """The inverse of `_windows` on a square of `side`: -> (B, side, side, C)."""
    n = side // window
    x = x.view(-1, n, n, window, window, x.shape[-1])
    return x.transpose(2, 3).reshape(-1, side, side, x.shape[-1])


def _relative_index(window: int) -> Tensor:
    """Row of the bias table for each (query, key) pair: (window², window²) int64.

    On the CPU even when a model is laid out on the meta device: tables are computed, never stored.
    """
    grid = torch.arange(window, device="cpu")
    rows, columns = (g.flatten() for g in torch.meshgrid(grid, grid, indexing="ij"))
    down = rows[:, None] - rows[None, :] + window - 1
    across = columns[:, None] - columns[None, :] + window - 1
    return down * (2 * window - 1) + across


def _shift_mask(side: int, window: int, shift: int) -> Tensor:
    """-100 between regions that a cyclic shift brought together: (windows, window², window²)."""
    edges = torch.zeros(side, dtype=torch.long, device="cpu")
    edges[side - window : side - shift] = 1
    edges[side - shift :] = 2
    region = (3 * edges[:, None] + edges[None, :])[None, :, :, None]
    flat = _windows(region, window).squeeze(-1)  # (windows, window²)
    return (flat[:, None, :] != flat[:, :, None]).float() * -100.0


class WindowAttention(nn.Module):
    """Multi-head attention inside windows, with a learned bias for relative positions."""

    relative_index: Tensor

    def __init__(self, dim: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * window - 1) ** 2, heads))
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)
        self.register_buffer("relative_index", _relative_index(window), persistent=False)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """(B · windows, T, C) -> the same shape; mask (windows, T, T) is added to the logits."""
        count, length, dim = x.shape
        qkv = self.qkv(x).view(count, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = qkv.unbind(0)  # each (B · windows, heads, T, head dim)
        bias = self.relative_position_bias_table[self.relative_index].permute(2, 0, 1)[None]  # (1, heads, T, T)
        if mask is not None:
            bias = (bias + mask[:, None]).repeat(count // mask.shape[0], 1, 1, 1)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        out: Tensor = self.proj(mixed.transpose(1, 2).reshape(count, length, dim))
        return out

    def values(self, x: Tensor) -> Tensor:
        """The value and output projections alone, without any mixing: (…, C) -> (…, C)."""
        dim = x.shape[-1]
        out: Tensor = self.proj(F.linear(x, self.qkv.weight[2 * dim :], self.qkv.bias[2 * dim :]))
        return out


class SwinBlock(nn.Module):
    """Windowed attention and an MLP, pre-norm, with stochastic depth in training."""

    shift_mask: Tensor | None

    def __init__(self, dim: int, heads: int, side: int, window: int, shift: int, drop_path: float) -> None:
        super().__init__()
        self.side, self.window, self.shift, self.drop_path = side, window, shift, drop_path
        self.norm1 = nn.LayerNorm(dim)
        self.attn = WindowAttention(dim, heads, window)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(dim, 4 * dim), "fc2": nn.Linear(4 * dim, dim)})
        self.register_buffer("shift_mask", _shift_mask(side, window, shift) if shift else None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, side², C) -> the same shape."""
        x = x + self._drop(self._attend(self.norm1(x)))
        return x + self._drop(self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x)))))

    def frame_branch(self, x: Tensor) -> Tensor:
        """The branch the frame tokens come from: values without mixing, then the norm without the MLP."""
        u = x + self.attn.values(self.norm1(x))
        out: Tensor = u + self.norm2(u)
        return out

    def _attend(self, x: Tensor) -> Tensor:
        batch, length, dim = x.shape
        x = x.view(batch, self.side, self.side, dim)
        if self.shift:
            x = x.roll((-self.shift, -self.shift), dims=(1, 2))
        x = _unwindow(self.attn(_windows(x, self.window), self.shift_mask), self.window, self.side)
        if self.shift:
            x = x.roll((self.shift, self.shift), dims=(1, 2))
        return x.reshape(batch, length, dim)

    def _drop(self, x: Tensor) -> Tensor:
        if not self.training or self.drop_path == 0:
            return x
        kept = 1 - self.drop_path
        return x * x.new_empty(x.shape[0], 1, 1).bernoulli_(kept) / kept


class PatchMerging(nn.Module):
    """Four neighbours become one token of twice the width."""

    def __init__(self, dim: int, side: int) -> None:
        super().__init__()
        self.side = side
        self.norm = nn.LayerNorm(4 * dim)
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, side², C) -> (B, side² / 4, 2 C)."""
        batch, _, dim = x.shape
        x = x.view(batch, self.side // 2, 2, self.side // 2, 2, dim)  # (B, row, dr, column, dc, C)
        x = x.permute(0, 1, 3, 4, 2, 5).reshape(batch, -1, 4 * dim)  # neighbours ordered (dc, dr)
        merged: Tensor = self.reduction(self.norm(x))
        return merged


class Stage(nn.Module):
    """Blocks at one resolution; every second one shifted unless a single window covers the grid."""

    def __init__(self, config: ModelConfig, index: int, drop_paths: list[float]) -> None:
        super().__init__()
        side, dim = config.audio_grid // 2**index, config.audio_width * 2**index
        window = config.audio_window
        shifts = [window // 2 if i % 2 and side > window else 0 for i in range(config.audio_depths[index])]
        self.blocks = nn.ModuleList(
            SwinBlock(dim, config.audio_heads[index], side, window, shift, drop)
            for shift, drop in zip(shifts, drop_paths, strict=True)
        )
        is_last = index == len(config.audio_depths) - 1
        self.downsample = None if is_last else PatchMerging(dim, side)

    def forward(self, x: Tensor) -> Tensor:
        """(B, side², C) -> (B, side² / 4, 2 C) after all blocks and the merging."""
        for block in self.blocks:
            x = block(x)
        return x if self.downsample is None else self.downsample(x)


class AudioEncoder(nn.Module):
    """Log-mel (B, frames, bands) -> frame tokens (B, frame count, audio_dim), in time order."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.size, self.bands = config.spectrogram_size, config.mel_bands
        self.segments = self.size // self.bands
        self.bn0 = nn.BatchNorm2d(config.mel_bands)
        self.patch_embed = nn.ModuleDict(
            {
                "proj": nn.Conv2d(1, config.audio_width, config.audio_patch, stride=config.audio_patch),
                "norm": nn.LayerNorm(config.audio_width),
            }
        )
        drops = iter(np.linspace(0, 0.1, sum(config.audio_depths)).tolist())
        self.layers = nn.ModuleList(
            Stage(config, i, [next(drops) for _ in range(depth)]) for i, depth in enumerate(config.audio_depths)
        )
        self.norm = nn.LayerNorm(config.audio_dim)
        self.last_side = config.audio_grid // 2 ** (len(config.audio_depths) - 1)

    def forward(self, log_mel: Tensor) -> Tensor:
        """Frame tokens (B, segments · columns, audio_dim): the frequency rows of each segment averaged."""
        x: Tensor = self.fold(self.normalise(log_mel))  # (B, 1, size, size)
        x = self.patch_embed["proj"](x).flatten(2).transpose(1, 2)  # (B, grid², width)
        x = self.patch_embed["norm"](x)
        *earlier, last = self.layers
        for stage in earlier:
            x = stage(x)
        assert isinstance(last, Stage)
        *blocks, final = last.blocks
        for block in blocks:
            x = block(x)
        assert isinstance(final, SwinBlock)
        frames: Tensor = self.norm(final.frame_branch(x))  # (B, last_side², audio_dim)
        rows = self.last_side // self.segments
        return frames.view(-1, self.segments, rows, self.last_side, frames.shape[-1]).mean(dim=2).flatten(1, 2)

    def normalise(self, log_mel: Tensor) -> Tensor:
        """Batch norm over the mel axis: (B, frames, bands) -> (B, frames, bands), masked in stripes in training."""
        # One row a frame: torch's batch norm backward is wrong for the transposed layout of the reference.
        rows = log_mel.reshape(-1, self.bands, 1, 1)  # (B · frames, bands, 1, 1)
        x: Tensor = self.bn0(rows).view(log_mel.shape)
        return _spec_augment(x) if self.training else x

    def fold(self, x: Tensor) -> Tensor:
        """Stretch time to `segments · size` frames and stack the segments: -> (B, 1, size, size)."""
        frames = self.segments * self.size
        x = F.interpolate(x[:, None], (frames, self.bands), mode="bicubic", align_corners=True)[:, 0]
        x = x.view(-1, self.segments, self.size, self.bands).transpose(2, 3)  # (B, segment, mel, frame)
        return x.reshape(-1, 1, self.size, self.size)


def _spec_augment(x: Tensor, time_width: int = 64, band_width: int = 8, stripes: int = 2) -> Tensor:
    """Zero random stripes of time and of frequency, differently in each row: (B, frames, bands)."""
    x = x.clone()
    for axis, widest in ((1, time_width), (2, band_width)):
        length = x.shape[axis]
        position = torch.arange(length, device=x.device)
        for _ in range(stripes):
            width = torch.randint(0, widest, (x.shape[0], 1), device=x.device)
            start = (torch.rand(x.shape[0], 1, device=x.device) * (length - width)).long()
            stripe = (position >= start) & (position < start + width)  # (B, length)
            x = x.masked_fill(stripe[:, :, None] if axis == 1 else stripe[:, None, :], 0.0)
    return x
