"""Why a place and an entry of the gallery are alike, told concept by concept."""

import numpy as np
from numpy.typing import NDArray

from model.explain import contributions
from model.gallery import GalleryEntry
from model.sat2sound import Sat2Sound
from server.explain.schemas import ConceptContribution, EntryReference, Why
from server.soundscape.references import model_reference

TOLD = 20

FORMULA = (
    "score = sum over concepts c of ½ · (p_c · (C_c · e) + e_c · (C_c · p)) / (|p| |e|), where p_c and e_c are the "
    "weights of the place and of the entry, C_c is the concept's vector, p = Σ p_c C_c and e = Σ e_c C_c"
)


def why_of(model: Sat2Sound, place: NDArray[np.float32], entry: GalleryEntry, weights: NDArray[np.float32]) -> Why:
    """Take the score of a place, by its weights (codebook_size,), and an entry, by its own, apart."""
    concepts = model.codebook.concepts.detach().float().cpu().numpy()
    found, names = contributions(place, weights, concepts), model.concept_names
    told = [
        ConceptContribution(
            id=part.concept,
            name=names.get(part.concept),
            place=part.first,
            entry=part.second,
            contribution=part.contribution,
        )
        for part in found.parts[:TOLD]
    ]
    return Why(
        entry=EntryReference(id=entry.id, kind=entry.kind, text=entry.text),
        score=found.score,
        concepts=told,
        rest=float(sum(part.contribution for part in found.parts[TOLD:])),
        shared=found.shared,
        formula=FORMULA,
        model=model_reference(model),
    )
