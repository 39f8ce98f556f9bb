"""Concepts found quickly: bfloat16 products say which can matter, float32 products say how much they do.

Of thousands of concepts a few hundred get any weight (specification §7), so the long matrix product only has to find
them. How far its results lie from the exact ones is seen on those that are computed twice.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

CANDIDATES = 512
SLICE = 2048
"""Concepts multiplied at once: their products with all patches stay in the cache until the largest are taken."""
SAFETY = 4.0
"""Times the largest error seen among the candidates that one left out may be wrong by."""


class Screen:
    """The concepts (M, dim) in bfloat16, packed in slices, beside their float32 selves."""

    def __init__(self, concepts: Tensor) -> None:
        self._concepts = concepts.detach()
        self._slices = [
            torch.ops.mkldnn._reorder_linear_weight(part.to(torch.bfloat16))
            for part in torch.split(self._concepts, SLICE)
        ]

    def weigh(self, queries: Tensor, unit: float, weigh: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor]:
        """Queries (T, dim) of one image -> its vector (dim,) and its weights (M,).

        A concept's logit is its largest product with any query, divided by `unit`; `weigh` turns logits (1, n) into
        weights, zero for all that lie further than 1 below the largest or under its threshold.
        """
        coarse = self._coarse(queries) / unit  # (M,)
        count = min(CANDIDATES, len(coarse))
        while True:
            best = coarse.topk(min(count + 1, len(coarse)))
            rows = best.indices[:count]
            chosen = self._concepts[rows]  # (count, dim)
            logits = (queries @ chosen.T).amax(dim=0) / unit  # (count,)
            weights = weigh(logits[None])[0]
            if count == len(coarse) or self._is_settled(best.values, logits, weights):
                break
            count = min(4 * count, len(coarse))
        full = torch.zeros_like(coarse, dtype=weights.dtype).index_copy_(0, rows, weights)
        return weights @ chosen, full

    def _coarse(self, queries: Tensor) -> Tensor:
        """The largest product of every concept with any query, to bfloat16's precision: (M,) float32."""
        low = queries.to(torch.bfloat16)
        multiply = torch.ops.mkldnn._linear_pointwise
        return torch.cat([multiply(low, part, None, "none", [], "").amax(dim=0) for part in self._slices]).float()

    @staticmethod
    def _is_settled(coarse: Tensor, logits: Tensor, weights: Tensor) -> bool:
        """Whether no concept that was left out can reach the threshold above which there is weight.

        `coarse` (count + 1,) ends with the best one left out; `logits` and `weights` (count,) are exact.
        """
        heaviest = int(weights.argmax())
        threshold = float(logits[heaviest] - weights[heaviest])
        error = float((coarse[:-1] - logits).abs().max())
        return float(coarse[-1]) + SAFETY * error < threshold
