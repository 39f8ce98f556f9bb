"""How recordings are drawn and varied: balanced over sounds, louder or softer, begun elsewhere, mixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from model.training.labelled.recordings import AudioSample

MIX_DB = (-15.0, 0.0)
"""How loud the recording beneath is, against the one on top."""
GAIN_DB = (-12.0, 6.0)


def sound_groups(samples: Sequence[AudioSample]) -> dict[str, list[int]]:
    """Sound -> the indices of its recordings."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i, sample in enumerate(samples):
        groups[sample.sound].append(i)
    return dict(groups)


def draw_balanced(groups: Sequence[Sequence[int]], rng: np.random.Generator) -> int:
    """An index: every group is as likely as any other, then every member."""
    members = groups[int(rng.integers(len(groups)))]
    return int(members[int(rng.integers(len(members)))])


def vary(variants: Tensor, rng: np.random.Generator) -> Tensor:
    """One of the fillings (n, frames, bands), louder or softer, begun elsewhere: (frames, bands)."""
    x = variants[int(rng.integers(len(variants)))].float() + float(rng.uniform(*GAIN_DB))
    return x.roll(int(rng.integers(len(x))), dims=0)


def mix(log_mel: Tensor, under: AudioSample | None, rng: np.random.Generator) -> Tensor:
    """The powers of two recordings added, the second one softer: (frames, bands) in dB."""
    if under is None:
        return log_mel
    above, beneath = 10 ** (log_mel / 10), 10 ** (vary(under.log_mel, rng) / 10)
    gain = above.mean() / beneath.mean() * 10 ** (float(rng.uniform(*MIX_DB)) / 10)
    return 10 * torch.log10(above + gain * beneath)
