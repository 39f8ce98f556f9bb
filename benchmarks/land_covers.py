"""Whether a region's map is right: its scores against what Null Island has in each cell, one query a kind of place.

    earshot region build null-island --zoom 12 && python -m benchmarks.land_covers

Prints for each query how often a cell where it belongs outranks one where it does not (AUC), by the region's scores
and by what the colours of its map say. A query belongs to a cell whose chip shows a fitting cover in at least a fifth
of its area, and does not where the chip shows none at all; cells in between are left out.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from model.sat2sound import open_checkpoint
from server.regions.shelf import DEFAULT_REGION, RegionShelf
from server.settings import Settings
from tiles.footprint import chip_lattice
from tiles.imagery.null_island import land_cover
from tiles.region import Region
from tiles.scores.ramp import Ramp

QUERIES = {
    "waves breaking on a beach": ("beach",),
    "open sea, wind and swell": ("ocean",),
    "birds in a forest": ("forest",),
    "heavy city traffic": ("city", "road"),
    "tractors in a field": ("farmland",),
    "planes taking off": ("airport",),
    "a river flowing": ("river",),
    "ducks on a quiet lake": ("lake",),
    "wind over bare rock": ("rock",),
    "crickets in a meadow": ("meadow",),
    "machines in a factory": ("industry",),
    "neighbours talking between houses": ("residential",),
}
"""What people type, and the land covers that fit it."""
ENOUGH = 0.2
MAP = Ramp("magma", 50, 100)
"""How the page draws percentiles."""


def covers_of(region: Region) -> NDArray[np.str_]:
    """The land cover at a lattice of points in every cell's chip, (count, points)."""
    cells = region.cells
    nets = [chip_lattice(*place, region.gsd, region.pixels) for place in zip(cells.lat, cells.lon, strict=True)]
    lat, lon = (np.stack(side).reshape(len(nets), -1) for side in zip(*nets, strict=True))
    return land_cover(lat, lon)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--region", help="A region's store.  [default: Null Island in the data folder]")
    region_path = parser.parse_args().region
    model = open_checkpoint("embedded")
    shelf = RegionShelf(Settings().folder("regions"), model.checkpoint_hash)
    region = Region.open(region_path, model.checkpoint_hash) if region_path else shelf.get(DEFAULT_REGION)
    covers = covers_of(region)
    with torch.inference_mode():
        vectors = model.embed_texts(list(QUERIES)).vector.numpy()
    scores = region.score(vectors)
    colours = MAP.indices(region.percentile(scores))
    print(f"| of {region.valid.sum():,} cells | belong | do not | AUC by score | by colour |\n|---|--:|--:|--:|--:|")
    for (query, fitting), score, colour in zip(QUERIES.items(), scores, colours, strict=True):
        share = np.isin(covers, fitting).mean(axis=1)
        judged = region.valid & ((share >= ENOUGH) | (share == 0))
        belongs = share[judged] >= ENOUGH
        by_score, by_colour = (roc_auc_score(belongs, values[judged]) for values in (score, colour))
        print(f"| {query} | {belongs.sum()} | {(~belongs).sum()} | {by_score:.3f} | {by_colour:.3f} |")


if __name__ == "__main__":
    main()
