"""Regions: the options of the commands of `earshot region`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from server.commands.options.shared import AsJson, Checkpoint, Galleries, Which


@dataclass(frozen=True)
class BuildRegion:
    """Embed a place cell by cell. Stop it at any moment and run it again: it goes on where it was."""

    name: Annotated[str, typer.Argument(help="What the region is to be called; a place's name also says where it is.")]
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north in degrees.")] = None
    polygon: Annotated[
        Path | None, typer.Option(help="GeoJSON, GeoPackage, KML, ...: cells whose centre lies inside.")
    ] = None
    place: Annotated[str | None, typer.Option(help="A continent, a country (rough boxes) or null-island.")] = None
    zoom: Annotated[int, typer.Option(help="Cells are web map tiles of this zoom.")] = 12
    imagery: Annotated[
        str | None,
        typer.Option(help="null-island, esri, sentinel2, xyz:URL or a raster file.  [default: null-island on itself]"),
    ] = None
    bands: Annotated[
        str | None, typer.Option(help="A raster's red, green and blue: numbers or names, like 4,3,2; or one.")
    ] = None
    scale: Annotated[int, typer.Option(help="How many times wider than the source's own GSD to look.")] = 1
    condition: Annotated[list[str] | None, typer.Option(help="month-hour, like 7-14 or 7-any; may be repeated.")] = None
    out: Annotated[str | None, typer.Option(help="A path or fsspec URL.  [default: in the data folder]")] = None
    checkpoint: Checkpoint = None
    gallery: Galleries = None
    batch: Annotated[int, typer.Option(help="Chips the model takes at once.", min=1, max=1024)] = 16
    block: Annotated[int | None, typer.Option(help="Cells written at once.  [default: 256 or more]", min=1)] = None
    readers: Annotated[int | None, typer.Option(help="Chips read at once.", min=1, max=256)] = None
    engine: Annotated[str, typer.Option(help="local, or ray: on the cluster that RAY_ADDRESS names.")] = "local"
    as_json: AsJson = False


@dataclass(frozen=True)
class ListRegions:
    """Say which regions there are."""

    as_json: AsJson = False


@dataclass(frozen=True)
class RegionInfo:
    """Say what a region holds, how much of it is built, and what failed."""

    which: Which
    as_json: AsJson = False


@dataclass(frozen=True)
class ExportRegion:
    """Write a region down for other programs, with a STAC Collection beside it."""

    which: Which
    format: Annotated[str, typer.Option(help="geoparquet, npy (vectors) or cog (scores of a query).")] = "geoparquet"
    out: Annotated[Path | None, typer.Option(help="File to write.  [default: NAME and the format's suffix]")] = None
    q: Annotated[str | None, typer.Option(help="What to score the cells by; cog only.")] = None
    condition: Annotated[
        str | None, typer.Option(help="Month and hour the region was built for, like 7-14.  [default: first]")
    ] = None
    checkpoint: Annotated[str | None, typer.Option(help="Which to embed the query with; cog only.")] = None
    as_json: AsJson = False
