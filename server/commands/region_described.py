"""What is told about a region, in the lists and reports of `earshot region`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.regions.shelf import RegionShelf
    from server.settings import Settings
    from tiles.region import Region


def open_shelf(settings: "Settings | None" = None) -> "RegionShelf":
    """The shelf without a checkpoint: whose a region is is told, not checked."""
    from server.regions.shelf import RegionShelf
    from server.settings import load_settings

    return RegionShelf((settings or load_settings()).folder("regions"), None)


def described(region: "Region") -> dict[str, Any]:
    """All of a region's facts, as JSON values."""
    progress = region.progress
    return {
        "name": region.name,
        "path": region.path,
        "state": "ready" if region.complete else "partial",
        "cells": progress.total,
        "done": progress.done,
        "failed": progress.failed,
        "absent": progress.absent,
        "zoom": region.grid.zoom,
        "bounds": region.grid.bounds,
        "imagery": region.imagery,
        "attribution": region.attribution,
        "gsd": region.gsd,
        "scale": region.scale,
        "pixels": region.pixels,
        "conditions": [str(condition) for condition in region.conditions],
        "dim": region.dim,
        "checkpoint": region.checkpoint,
        "checkpoint_hash": region.checkpoint_hash,
        "hash": region.hash,
        "failures": region.failures,
    }
