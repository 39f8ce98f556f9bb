"""What the model makes of places: their vectors and the concepts they weigh, and how near a written caption comes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from model.sat2sound import Sat2Sound
from server.imagery.embedding import ModelInput, embed_chips
from server.sound.orders import GENERATED
from server.soundscape.schemas import CaptionMatch


@dataclass(frozen=True, eq=False)
class PlaceEmbedding:
    """What the model made of a chip: vector (dim,) and weights (codebook_size,) float32."""

    vector: NDArray[np.float32]
    weights: NDArray[np.float32]


def embed_places(model: Sat2Sound, inputs: Sequence[ModelInput]) -> list[PlaceEmbedding]:
    """Run the model once on many places."""
    embedding = embed_chips(model, inputs)
    vectors, weights = embedding.vector.cpu().numpy(), embedding.weights.cpu().numpy()
    return [PlaceEmbedding(vector, weight) for vector, weight in zip(vectors, weights, strict=True)]


@torch.inference_mode()
def match_written(model: Sat2Sound, place: PlaceEmbedding, caption: str) -> CaptionMatch:
    """A caption that was written for a place, with how near it is to what the model made of it."""
    vector = model.embed_texts([caption]).vector[0].cpu().numpy()
    norms = float(np.linalg.norm(vector) * np.linalg.norm(place.vector))
    return CaptionMatch(id=GENERATED, text=caption, score=float(vector @ place.vector) / max(norms, 1e-12))
