"""The training objective with pseudo-positives (paper equations 5-9; specification §8)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from model.sat2sound.codebook import Embedding, normalise

SCALES = ("ia", "it", "at", "i_at", "fdt")
"""Learned similarity scales: image-audio, image-audio caption, audio-audio caption, combined, image-image caption."""


def similarity(x: Tensor, y: Tensor, log_scale: Tensor) -> Tensor:
    """exp(log scale) × cosine: (N, dim), (M, dim) -> (N, M)."""
    return log_scale.exp() * normalise(x) @ normalise(y).T


def pseudo_positives(similarities: Tensor) -> Tensor:
    """1 on the diagonal and wherever a row finds something at least as similar as its own partner: (N, N)."""
    own = similarities.diagonal()[:, None]
    matched = (similarities >= own).to(similarities.dtype)
    return torch.maximum(matched, torch.eye(len(similarities), dtype=matched.dtype, device=matched.device))


def symmetric_cross_entropy(similarities: Tensor, targets: Tensor) -> Tensor:
    """Mean of both directions of -(1/N) Σ T log softmax(S); rows of `targets` are not normalised."""

    def one_way(s: Tensor, t: Tensor) -> Tensor:
        return -(t * F.log_softmax(s, dim=1)).sum() / len(s)

    return 0.5 * (one_way(similarities, targets) + one_way(similarities.T, targets.T))


def contrastive(similarities: Tensor, alpha: float) -> Tensor:
    """L† of one pair of modalities: the matched pairs plus alpha times the pseudo-positives."""
    loss = symmetric_cross_entropy(similarities, torch.eye(len(similarities), device=similarities.device))
    if alpha:
        with torch.no_grad():
            targets = pseudo_positives(similarities)
        loss = loss + alpha * symmetric_cross_entropy(similarities, targets)
    return loss


def labelled_contrastive(similarities: Tensor, matches: Tensor) -> Tensor:
    """Symmetric cross-entropy where labels, not likeness, say which pairs belong together.

    similarities and matches (0 to 1) are (N, M), not necessarily square. Each row, and each column, is asked for the
    probability of all its matches together, a lesser match counting for less; which of them it likes best is free.
    A row with none, an image that says nothing, is taught to be undecided between all columns; a column with none
    takes no part. The objective for captions written by scene, where most of a batch's likenesses are true pairs.
    """

    def one_way(s: Tensor, t: Tensor) -> Tensor:
        matched = torch.logsumexp(s + t.clamp(min=1e-30).log(), dim=1)
        has_match = t.sum(dim=1) > 0
        return -((matched - torch.logsumexp(s, dim=1)) * has_match).sum() / has_match.sum().clamp(min=1)

    undecided = matches.sum(dim=1) == 0
    even = -F.log_softmax(similarities, dim=1).mean(dim=1)
    doubt = (even * undecided).sum() / len(similarities)
    return 0.5 * (one_way(similarities, matches) + doubt + one_way(similarities.T, matches.T))


def _vector(x: Tensor | Embedding) -> Tensor:
    return x.vector if isinstance(x, Embedding) else x


def losses(
    image: Tensor | Embedding,
    audio: Tensor | Embedding,
    audio_caption: Tensor | Embedding,
    image_caption: Tensor | Embedding | None,
    log_scales: Mapping[str, Tensor],
    alpha: float = 0.1,
    fdt_weight: float = 1.0,
    combined: bool = True,
) -> dict[str, Tensor]:
    """Every term of the objective on a batch of matched rows, each (N, dim) and not normalised.

    Returns: ia, it, at, combined, fdt, multimodal = (ia + it + at) / 3 + combined, and
    total = multimodal + fdt_weight × fdt. `it` pairs the image with the
    caption of the audio, `fdt` with the caption of the image, `combined` with the sum of audio and its caption.
    Without a caption of the image `fdt` is 0.
    """
    i, a, c = (_vector(x) for x in (image, audio, audio_caption))
    zero = i.new_zeros(())
    terms = {
        "ia": contrastive(similarity(i, a, log_scales["ia"]), alpha),
        "it": contrastive(similarity(i, c, log_scales["it"]), alpha),
        "at": contrastive(similarity(a, c, log_scales["at"]), alpha),
        "combined": contrastive(similarity(i, a + c, log_scales["i_at"]), alpha) if combined else zero,
        "fdt": zero
        if image_caption is None
        else contrastive(similarity(i, _vector(image_caption), log_scales["fdt"]), alpha),
    }
    terms["multimodal"] = (terms["ia"] + terms["it"] + terms["at"]) / 3 + terms["combined"]
    terms["total"] = terms["multimodal"] + fdt_weight * terms["fdt"]
    return terms
