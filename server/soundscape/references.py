"""How answers refer to what they rest on: the imagery that was looked at, the checkpoint, the heaviest concepts."""

from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from model.sat2sound import Sat2Sound
from server.soundscape.schemas import ChipReference, Concept, ModelReference
from tiles.chip import Chip

CONCEPTS_NAMED = 8
"""An answer names no more than this many of a place's concepts."""


def chip_reference(chip: Chip, base_url: str) -> ChipReference:
    """Which imagery was looked at, and where to see it."""
    asked = {"source": chip.source, "lat": chip.lat, "lon": chip.lon, "gsd": chip.gsd, "pixels": len(chip.pixels)}
    return ChipReference(
        source=chip.source,
        attribution=chip.attribution,
        url=f"{base_url}/imagery/chip?{urlencode(asked)}",
        bounds=chip.bounds,
    )


def model_reference(model: Sat2Sound) -> ModelReference:
    """The checkpoint that answers."""
    return ModelReference(checkpoint=model.config.name, hash=model.checkpoint_hash)


def heaviest_concepts(model: Sat2Sound, weights: NDArray[np.float32]) -> list[Concept]:
    """The concepts that weigh most (codebook_size,), without those that weigh nothing."""
    names = model.concept_names
    return [
        Concept(id=int(id), name=names.get(int(id)), weight=float(weights[id]))
        for id in np.argsort(-weights)[:CONCEPTS_NAMED]
        if weights[id] > 0
    ]
