"""What the codebook has learned (supplement §12): which concepts a gallery's entries share, and what to call them.

`activations_of` embeds a gallery; `group_captions` puts captions together that share their heaviest concepts, as
figure 6 of the supplement does; `name_concepts` calls each concept what the entries that weigh it most say.
"""

from model.concepts.activations import Activations, activations_of, hear
from model.concepts.groups import ConceptGroup, group_captions
from model.concepts.naming import ConceptName, name_concepts

__all__ = ["Activations", "ConceptGroup", "ConceptName", "activations_of", "group_captions", "hear", "name_concepts"]
