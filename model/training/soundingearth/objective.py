"""What the SoundingEarth baseline is trained to: a hinge on every wrong pair of a batch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

MARGIN = 1.0


def batch_triplet_loss(images: Tensor, sounds: Tensor) -> Tensor:
    """Every wrong pair of a batch against both right ones, (N, dim) each (equations 1 and 3, margin 1).

    D_ij = ‖a_i − v_j‖; the loss is Σ_i Σ_j≠i max(0, D_ii − D_ij + 1) + Σ_j Σ_i≠j max(0, D_jj − D_ij + 1).
    """
    distances = torch.cdist(sounds, images, compute_mode="donot_use_mm_for_euclid_dist")  # (N, N)
    own = distances.diagonal()
    wrong = ~torch.eye(len(own), dtype=torch.bool, device=own.device)
    by_row = F.relu(own[:, None] - distances + MARGIN)[wrong].sum()
    by_column = F.relu(own[None, :] - distances + MARGIN)[wrong].sum()
    return by_row + by_column
