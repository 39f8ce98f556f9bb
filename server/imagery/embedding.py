"""The one way from chips to vectors: of a click, of a region's cells and of attention alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from model.sat2sound import Embedding, Metadata, Sat2Sound, image_tensor
from tiles.chip import Chip


@dataclass(frozen=True, eq=False)
class ModelInput:
    """A chip as a model takes it: image (3, S, S), and the time that is told to models with metadata."""

    chip: Chip
    image: Tensor
    month: int | None = None
    hour: int | None = None

    @classmethod
    def of(cls, model: Sat2Sound, chip: Chip, month: int | None = None, hour: int | None = None) -> Self:
        """Resize a chip to what the model looks at."""
        return cls(chip, image_tensor(chip.pixels, model.config.image_size), month, hour)


ModelBatch = tuple[Tensor, list[float], Metadata | None]
"""Images (B, 3, S, S), metres per pixel, and what a model with metadata is told of each place."""


def batch_of(model: Sat2Sound, inputs: Sequence[ModelInput]) -> ModelBatch:
    """Many inputs as one batch."""
    metadata = None
    if model.config.uses_metadata:
        metadata = Metadata.of_places(
            latitude=[one.chip.lat for one in inputs],
            longitude=[one.chip.lon for one in inputs],
            month=[one.month for one in inputs],
            hour=[one.hour for one in inputs],
        )
    return torch.stack([one.image for one in inputs]), [one.chip.gsd for one in inputs], metadata


@torch.inference_mode()
def embed_chips(model: Sat2Sound, inputs: Sequence[ModelInput]) -> Embedding:
    """Run the model once on many chips."""
    return model.embed_images(*batch_of(model, inputs))
