"""Show why, and what the codebook has learned.

Why: which patches of an image ask for what is looked for (`patch_map`), which concepts carry a score
(`contributions`), which words they belong to (`choose_words`).

What was learned (supplement §12): `activations_of` embeds a gallery; `group_captions` puts captions together that
share their heaviest concepts, as figure 6 of the supplement does; `name_concepts` calls each concept what the entries
that weigh it most say.
"""

from model.explain.activations import Activations, activations_of, hear
from model.explain.contributions import Contribution, Contributions, contributions
from model.explain.groups import ConceptGroup, group_captions
from model.explain.naming import ConceptName, name_concepts
from model.explain.patches import (
    METHODS,
    Method,
    concept_focus,
    focus_vector,
    patch_map,
    patch_queries,
    text_focus,
)
from model.explain.words import Word, choose_words, words_of

__all__ = [
    "METHODS",
    "Activations",
    "ConceptGroup",
    "ConceptName",
    "Contribution",
    "Contributions",
    "Method",
    "Word",
    "activations_of",
    "choose_words",
    "concept_focus",
    "contributions",
    "focus_vector",
    "group_captions",
    "hear",
    "name_concepts",
    "patch_map",
    "patch_queries",
    "text_focus",
    "words_of",
]
