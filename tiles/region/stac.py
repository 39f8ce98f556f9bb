"""A STAC Collection that says what an exported file holds, where, and which model made it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tiles.region.manifest import Condition
from tiles.region.region import Region

MEDIA = {
    ".parquet": "application/vnd.apache.parquet",
    ".npy": "application/vnd.numpy",
    ".tif": "image/tiff; application=geotiff; profile=cloud-optimized",
}


def collection(region: Region, condition: Condition, files: Sequence[Path], query: str | None) -> dict[str, Any]:
    """The Collection of a region's exported files, as JSON values; its assets lie beside it."""
    progress = region.progress
    scored = "" if query is None else f", scored by {query!r}"
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "stac_extensions": [],
        "id": f"{region.name}-{region.hash}",
        "title": region.title,
        "description": f"{region.title} as {region.checkpoint} hears it, cell by cell{scored}. "
        f"{int(region.valid.sum())} of {progress.total} cells. Imagery: {region.attribution}",
        "keywords": ["embeddings", "soundscape", region.imagery],
        "license": "other",
        "providers": [{"name": region.attribution, "roles": ["licensor"]}],
        "extent": {
            "spatial": {"bbox": [list(region.grid.bounds)]},
            "temporal": {"interval": [[datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), None]]},
        },
        "summaries": {
            "gsd": [region.gsd],
            "earshot:checkpoint": [region.checkpoint],
            "earshot:checkpoint_hash": [region.checkpoint_hash],
            "earshot:dim": [region.dim],
            "earshot:metric": ["cosine"],
            "earshot:zoom": [region.grid.zoom],
            "earshot:scale": [region.scale],
            "earshot:pixels": [region.pixels],
            "earshot:imagery": [region.imagery],
            "earshot:condition": [str(condition)],
            "earshot:cells": [progress.total],
            "earshot:failed": [progress.failed],
        },
        "links": [],
        "assets": {_role(file): _asset(file, query) for file in files},
    }


def _role(file: Path) -> str:
    if file.suffix == ".tif":
        return "scores"
    return "cells" if file.name.endswith(".cells.npy") else "vectors"


def _asset(file: Path, query: str | None) -> dict[str, Any]:
    asset: dict[str, Any] = {"href": f"./{file.name}", "type": MEDIA[file.suffix], "roles": ["data"]}
    if query is not None:
        asset["earshot:query"] = query
    return asset
