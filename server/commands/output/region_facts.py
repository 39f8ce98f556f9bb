"""The regions that `earshot region` finds, and what it tells of one."""

from typing import Any

from server.regions.shelf import RegionShelf
from server.settings import Settings, load_settings
from tiles.region import Region


def open_shelf(settings: Settings | None = None) -> RegionShelf:
    """The shelf without a checkpoint: whose a region is is told, not checked."""
    return RegionShelf((settings or load_settings()).folder("regions"), None)


def open_region(which: str) -> Region:
    """A region of the shelf by its name, or any by its path or URL."""
    shelf = open_shelf()
    return shelf.get(which) if which in shelf.names() else Region.open(which)


def region_facts(region: Region) -> dict[str, Any]:
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
