"""Show why: which patches of an image ask for what is looked for, and which concepts carry a score."""

from model.attention.contributions import Contribution, Contributions, contributions
from model.attention.patches import (
    METHODS,
    Method,
    concept_focus,
    focus_vector,
    patch_map,
    patch_queries,
    text_focus,
)
from model.attention.words import Word, choose_words, words_of

__all__ = [
    "METHODS",
    "Contribution",
    "Contributions",
    "Method",
    "Word",
    "choose_words",
    "concept_focus",
    "contributions",
    "focus_vector",
    "patch_map",
    "patch_queries",
    "text_focus",
    "words_of",
]
