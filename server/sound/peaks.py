"""The waveform of a sound: how far it swings in each of equal parts, enough to draw it."""

import numpy as np

from model.synthesis import Clip
from server.sound.schemas import Peaks


def peaks_of(clip: Clip, points: int) -> Peaks:
    """The greatest amplitude of all channels in each of `points` parts, or of as many as there are samples."""
    heights = np.abs(clip.samples).max(axis=0)  # (n,)
    starts = np.linspace(0, len(heights), min(points, len(heights)), endpoint=False).astype(np.int64)
    peaks = np.maximum.reduceat(heights, starts)
    return Peaks(seconds=round(clip.seconds, 3), peaks=[round(float(peak), 3) for peak in peaks])
