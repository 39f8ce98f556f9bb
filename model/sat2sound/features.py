"""Pixels -> normalised tensor, waveform -> log-mel (specification §1 and §4)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import soxr
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from model.errors import AudioError, InvalidInput

LEVEL_BLOCK = int(0.4 * 32_000)
LEVEL_GATE = 20.0
"""How many dB below the loudest block one still counts."""
FAINTEST = -110.0
IMAGE_MEAN = (0.485, 0.456, 0.406)
IMAGE_STD = (0.229, 0.224, 0.225)
SAMPLE_RATE = 32_000
SECONDS = 10
N_FFT, HOP, BANDS = 1024, 320, 64
MEL_RANGE = (50.0, 14_000.0)
KILOHERTZ = 1000.0
FLOOR = 1e-10
MAX_SECONDS = 3600
QUIET = 1e-5
"""A recording whose loudest sample is below this says nothing."""


def _as_image(rgb: NDArray[np.uint8] | Image.Image) -> Image.Image:
    if isinstance(rgb, Image.Image):
        return rgb.convert("RGB")
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise InvalidInput(f"image: expected (H, W, 3) uint8, got {rgb.shape} {rgb.dtype}")
    return Image.fromarray(rgb)


def centre_crop(rgb: NDArray[np.uint8] | Image.Image, pixels: int) -> Image.Image:
    """The central `pixels` square; a smaller image is padded with black, the odd pixel at right and bottom."""
    image = _as_image(rgb)
    left, top = (round((side - pixels) / 2) if side >= pixels else -((pixels - side) // 2) for side in image.size)
    return image.crop((left, top, left + pixels, top + pixels))


def image_tensor(rgb: NDArray[np.uint8] | Image.Image, size: int) -> Tensor:
    """(H, W, 3) uint8 or a PIL image -> (3, size, size) float32: bicubic antialiased, ImageNet statistics.

    Raises:
        InvalidInput: not an RGB uint8 image.
    """
    image = _as_image(rgb)
    if image.size != (size, size):
        image = image.resize((size, size), Image.Resampling.BICUBIC)
    pixels = torch.from_numpy(np.array(image, dtype=np.float32) / 255.0).permute(2, 0, 1)
    return (pixels - torch.tensor(IMAGE_MEAN)[:, None, None]) / torch.tensor(IMAGE_STD)[:, None, None]


def at_level(waveforms: Tensor, level: float) -> Tensor:
    """Waveforms (B, n) at 32 kHz, each brought to `level` dBFS; silence stays silence.

    The level is that of the blocks of 0.4 s that are at most 20 dB below the loudest: what sounds, not how long the
    quiet around it is. What is quieter than 16 bits can tell from nothing is brought up by no more than that.
    """
    size = min(LEVEL_BLOCK, waveforms.shape[1])
    blocks = waveforms.unfold(1, size, size)  # (B, blocks, size)
    power = blocks.double().square().mean(dim=2)  # (B, blocks)
    loudest = power.amax(dim=1, keepdim=True)
    heard = power >= loudest * 10 ** (-LEVEL_GATE / 10)
    mean = (power * heard).sum(dim=1) / heard.sum(dim=1)
    gain = (10 ** (level / 10) / mean.clamp(min=10 ** (FAINTEST / 10))).sqrt()
    return waveforms * gain[:, None].to(waveforms)


@cache
def _mel_filters() -> Tensor:
    """Slaney's mel filters (513, 64) float32: triangles of equal area, evenly spaced below 1 kHz, by ratio above."""
    low, high = (_mel_of(hz) for hz in MEL_RANGE)
    corners = _hz_of(np.linspace(low, high, BANDS + 2))  # (66,): each is a peak, and where its neighbours end
    widths = np.diff(corners)  # (65,)
    bins = np.linspace(0, SAMPLE_RATE / 2, N_FFT // 2 + 1)[:, None]  # (513, 1)
    rising, falling = (bins - corners[:-2]) / widths[:-1], (corners[2:] - bins) / widths[1:]
    filters = np.minimum(rising, falling).clip(min=0) * 2 / (corners[2:] - corners[:-2])
    return torch.from_numpy(filters.astype(np.float32))


def _mel_of(hz: float) -> float:
    return hz * 3 / 200 if hz < KILOHERTZ else 15 + 27 * np.log(hz / KILOHERTZ) / np.log(6.4)


def _hz_of(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < 15, mel * 200 / 3, KILOHERTZ * np.exp(np.log(6.4) * (mel - 15) / 27))


def log_mel(waveforms: Tensor) -> Tensor:
    """Waveforms (B, samples) at 32 kHz -> log-mel (B, samples // 320 + 1, 64) in dB, floored at -100."""
    window = torch.hann_window(N_FFT, periodic=True, device=waveforms.device)
    spectrum = torch.stft(waveforms, N_FFT, HOP, window=window, center=True, pad_mode="reflect", return_complex=True)
    power = spectrum.real**2 + spectrum.imag**2  # (B, 513, frames)
    mel = power.transpose(1, 2) @ _mel_filters().to(waveforms.device)  # (B, frames, 64)
    return 10.0 * mel.clamp(min=FLOOR).log10()


def ten_seconds(waveforms: Tensor | NDArray[np.floating[Any]], sample_rate: int) -> Tensor:
    """Mono waveforms (B, N) or (N,) at any rate -> (B, 320000) float32 at 32 kHz, cut or zero-padded at the end.

    Raises:
        AudioError: empty, not finite, of another shape, or at an impossible rate.
    """
    x = np.asarray(waveforms, dtype=np.float32)
    x = x[None] if x.ndim == 1 else x
    if not 1_000 <= sample_rate <= 768_000:
        raise AudioError(f"sample_rate: {sample_rate} Hz is not between 1000 and 768000")
    if x.ndim != 2 or 0 in x.shape or x.shape[1] > MAX_SECONDS * sample_rate:
        raise AudioError(f"waveforms: expected (batch, samples) of at most {MAX_SECONDS} s, got {x.shape}")
    x = x[:, : (SECONDS + 1) * sample_rate]
    if not np.isfinite(x).all():
        raise AudioError("waveforms: contain NaN or infinity")
    if sample_rate != SAMPLE_RATE:
        x = np.stack([soxr.resample(row, sample_rate, SAMPLE_RATE, quality="HQ") for row in x])
    x = x[:, : SECONDS * SAMPLE_RATE]
    return torch.from_numpy(np.pad(x, ((0, 0), (0, SECONDS * SAMPLE_RATE - x.shape[1]))))


def sounding_ten_seconds(waveforms: Tensor | NDArray[np.floating[Any]], sample_rate: int) -> Tensor:
    """As `ten_seconds`, of something that can be heard.

    Raises:
        AudioError: silence, or as `ten_seconds`.
    """
    ten = ten_seconds(waveforms, sample_rate)
    if float(ten.abs().max()) < QUIET:
        raise AudioError("silent")
    return ten
