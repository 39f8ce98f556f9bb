"""How loud a sound is (ITU-R BS.1770), and how to bring it to a loudness without clipping."""

from __future__ import annotations

import math
import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from model.errors import AudioError
from model.lazy import part

CEILING = 0.97
"""No sample leaves the limiter above this (-0.26 dBFS)."""
BLOCK = 0.4
"""Seconds of BS.1770's gating block; a shorter clip is measured as one block."""
LOOK_AHEAD = 0.004
TOLERANCE = 0.05
ROUNDS = 12
LUFS = (-70.0, -5.0)


def integrated_loudness(samples: NDArray[np.float32], rate: int) -> float:
    """Loudness in LUFS of samples (channels, n), gated; -inf for silence (anything below the -70 LUFS gate)."""
    seconds = samples.shape[1] / rate
    # A hair under the clip's own length: pyloudnorm counts blocks in floats and refuses a clip exactly one block long.
    meter = part("pyloudnorm", "Meter")(rate, block_size=min(BLOCK, seconds * (1 - 1e-6)))
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # pyloudnorm takes the mean of no blocks when all are gated
        loudness = float(meter.integrated_loudness(np.asarray(samples.T, dtype=np.float64)))
    return loudness if math.isfinite(loudness) else -math.inf


def limited(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Samples (channels, n) turned down around each peak so that none exceeds the ceiling.

    The gain needed is held for the look-ahead on both sides and smoothed over the same window, so the smoothed gain
    is never above what a sample needs; all channels share it, so that nothing moves in the stereo image.
    """
    peak = np.abs(samples).max(axis=0)  # (n,)
    if float(peak.max()) <= CEILING:
        return samples
    needed = np.minimum(1.0, (CEILING * (1 - 1e-6)) / np.maximum(peak, CEILING))
    window = 2 * max(1, round(LOOK_AHEAD * rate)) + 1
    gain = uniform_filter1d(minimum_filter1d(needed, window, mode="nearest"), window, mode="nearest")
    return np.asarray(samples * np.minimum(gain, needed), dtype=np.float32)


def to_loudness(samples: NDArray[np.float32], rate: int, lufs: float) -> NDArray[np.float32]:
    """Samples (channels, n) at `lufs`, within the ceiling: gain, limit, measure, and again while limiting took away.

    Raises:
        AudioError: silence, or `lufs` out of range.
    """
    if not LUFS[0] <= lufs <= LUFS[1]:
        raise AudioError(f"lufs: {lufs} is outside {LUFS[0]:.0f} to {LUFS[1]:.0f}")
    # Scaled up first: a very quiet clip lies below BS.1770's absolute gate, where everything measures as silence.
    peak = float(np.abs(samples).max())
    if peak < 1e-7:
        raise AudioError("samples: silence has no loudness")
    samples = np.asarray(samples * (CEILING / peak), dtype=np.float32)
    gain_db = lufs - integrated_loudness(samples, rate)
    if not math.isfinite(gain_db):
        raise AudioError("samples: too little sound to measure its loudness")
    result = limited(np.asarray(samples * 10 ** (gain_db / 20), dtype=np.float32), rate)
    for _ in range(ROUNDS):
        if float(np.abs(result).max()) < CEILING * 0.999:
            break  # nothing was limited, so the gain alone was exact
        missing = lufs - integrated_loudness(result, rate)
        if missing < TOLERANCE:
            break
        gain_db += missing
        result = limited(np.asarray(samples * 10 ** (gain_db / 20), dtype=np.float32), rate)
    return result
