"""Which imagery a checkpoint may listen to: a published one to the kind it was trained on, and to no other."""

import logging

from model.sat2sound import ModelConfig
from server.errors import StartError
from server.imagery.shelf import ImageryShelf
from tiles.imagery import ImagerySource
from tiles.imagery.null_island import NullIsland

logger = logging.getLogger("earshot")

TOLERANCE = 0.1
"""How far a source's ground sampling distance may lie from the trained one, as a share of it."""


def fit_source(config: ModelConfig, source: ImagerySource) -> None:
    """Make sure that a source is what a published checkpoint knows; Null Island is drawn as such.

    Checkpoints trained on distances of many kinds take any source: what lies outside is noted in each answer.

    Raises:
        StartError: naming the checkpoint with its imagery, and the source.
    """
    if config.imagery is None:
        return
    trained = config.gsd_range[0]
    if isinstance(source, NullIsland):
        source.gsd = trained
    if abs(source.gsd - trained) > TOLERANCE * trained:
        raise StartError(
            f"imagery: checkpoint {config.name} was trained on {config.imagery} imagery of {trained:g} m per pixel, "
            f"and {source.name} is {source.gsd:g} m per pixel: serve imagery of its kind, or another checkpoint"
        )


def fit_shelf(config: ModelConfig, shelf: ImageryShelf, *, named: bool) -> None:
    """Fit every source; those that were not `named` by anyone are left out where they do not fit.

    Raises:
        StartError: a named source does not fit, or none is left.
    """
    kept = dict(shelf.offered)
    for name, entry in shelf.offered.items():
        try:
            fit_source(config, entry.source)
        except StartError as misfit:
            if named or len(kept) == 1:
                raise
            logger.info("%s is not offered: %s", name, misfit)
            del kept[name]
    shelf.offered = kept  # at once: another thread may be going through it
