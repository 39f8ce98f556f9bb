"""Confidence that means what it says: the scale between cosine and probability, fitted on held-back images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from model.sat2sound.sat2sound import Sat2Sound
from model.training.labelled.captioned import CaptionBank
from model.training.labelled.samples import ImageSample
from model.training.labelled.scene_accuracy import embed_samples

SCALES = np.geomspace(1.0, 400.0, 121)
BINS = 10


@dataclass(frozen=True)
class Calibration:
    """The scale chosen, and how far confidence is from accuracy on average over bins of confidence, 0 to 1."""

    scale: float
    error: float
    images: int


@torch.inference_mode()
def calibrate(model: Sat2Sound, samples: Sequence[ImageSample], bank: CaptionBank) -> Calibration:
    """Set the model's image-caption scale to the one under which fitting scenes are likeliest (temperature scaling).

    Confidence is the softmax mass of the best caption's scene over all captions of scenes (Guo et al. 2017, "On
    calibration of modern neural networks"). The order of captions does not change.
    """
    samples = [sample for sample in samples if sample.scenes]
    scenes = sorted({caption.scene for caption in bank.captions})
    numbers = torch.tensor([scenes.index(caption.scene) for caption in bank.captions])
    belongs = torch.nn.functional.one_hot(numbers, len(scenes)).float()  # (captions, scenes)
    fits = torch.tensor([[float(scene in sample.scenes) for scene in scenes] for sample in samples])  # (n, scenes)
    texts = bank.vectors(model, range(len(bank.captions)))
    cosine = (embed_samples(model, samples) @ texts.T).cpu()  # (n, captions)
    likelihoods = [_likelihood(cosine, belongs, fits, float(scale)) for scale in SCALES]
    scale = float(SCALES[int(np.argmax(likelihoods))])
    model.log_scales["fdt"].fill_(math.log(scale))
    masses = (scale * cosine).softmax(dim=1) @ belongs
    best = numbers[cosine.argmax(dim=1)]
    confidence, right = masses.gather(1, best[:, None])[:, 0], fits.gather(1, best[:, None])[:, 0]
    return Calibration(scale, _error(confidence, right), len(samples))


def _likelihood(cosine: Tensor, belongs: Tensor, fits: Tensor, scale: float) -> float:
    """Mean log probability of the scenes that fit."""
    masses = (scale * cosine).softmax(dim=1) @ belongs  # (n, scenes)
    return float((masses * fits).sum(dim=1).clamp(min=1e-12).log().mean())


def _error(confidence: Tensor, right: Tensor) -> float:
    """Expected calibration error over equal bins."""
    which = (confidence * BINS).long().clamp(max=BINS - 1)
    gaps = [
        float(((confidence - right)[which == b]).mean().abs() * (which == b).float().mean())
        for b in range(BINS)
        if bool((which == b).any())
    ]
    return sum(gaps)
