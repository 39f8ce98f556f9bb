"""`earshot region`: build regions to search, list them, look into one, write one down for other programs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.errors import InvalidInput, StartError

if TYPE_CHECKING:
    from server.regions import RegionShelf
    from server.settings import Settings
    from tiles.imagery import ImagerySource
    from tiles.region import Condition, Grid, Region

app = typer.Typer(help="Places embedded once, cell by cell, so that sounds can be searched for.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Which = Annotated[str, typer.Argument(help="A region's name, the path of its store, or its fsspec URL.")]
When = Annotated[str | None, typer.Option(help="Month and hour the region was built for, like 7-14.  [default: first]")]


@app.command()
def build(
    name: Annotated[str, typer.Argument(help="What the region is to be called; a place's name also says where it is.")],
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north in degrees.")] = None,
    polygon: Annotated[Path | None, typer.Option(help="A GeoJSON file: cells whose centre lies inside.")] = None,
    place: Annotated[str | None, typer.Option(help="A continent, a country (rough boxes) or null-island.")] = None,
    zoom: Annotated[int, typer.Option(help="Cells are web map tiles of this zoom.")] = 12,
    imagery: Annotated[
        str | None,
        typer.Option(help="null-island, esri, sentinel2, xyz:URL or a raster file.  [default: null-island on itself]"),
    ] = None,
    scale: Annotated[int, typer.Option(help="How many times wider than the source's own GSD to look.")] = 1,
    condition: Annotated[
        list[str] | None, typer.Option(help="month-hour, like 7-14 or 7-any; may be repeated.")
    ] = None,
    out: Annotated[str | None, typer.Option(help="A path or fsspec URL.  [default: in the data folder]")] = None,
    checkpoint: Annotated[str | None, typer.Option(help="embedded or a file.")] = None,
    gallery: Annotated[str | None, typer.Option(help="embedded or a gallery's folder.")] = None,
    batch: Annotated[int, typer.Option(help="Chips the model takes at once.", min=1, max=1024)] = 16,
    block: Annotated[int | None, typer.Option(help="Cells written at once.  [default: 256 or more]", min=1)] = None,
    readers: Annotated[int | None, typer.Option(help="Chips read at once.", min=1, max=256)] = None,
    as_json: AsJson = False,
) -> None:
    """Embed a place cell by cell. Stop it at any moment and run it again: it goes on where it was."""
    from tiles.region import Condition

    conditions = tuple(Condition.parse(text) for text in condition or ["any"])
    _check_choice(bbox=bbox, polygon=polygon, place=place)
    settings, source = _open_imagery(imagery, bbox or polygon, place or name, checkpoint=checkpoint, gallery=gallery)
    grid = _grid(name, bbox, polygon, place, zoom, source)
    options = {"batch": batch, "block": block, "readers": readers}
    report = _build(settings, name, grid, source, scale, conditions, out, options)
    if as_json:
        typer.echo(json.dumps(report))
        return
    typer.echo(
        f"{report['path']}: {report['done']} of {report['cells']} cells, {report['failed']} failed, "
        f"{report['absent']} without imagery; {report['cells_per_second']:.1f} cells/s, "
        f"the encoder busy {report['encoder_busy']:.0%} of the time"
    )
    for line in report["failures"]:
        typer.echo(f"failed: {line}")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Say which regions there are."""
    from rich.console import Console
    from rich.table import Table

    shelf = _shelf()
    told = [_told(shelf, name) for name in shelf.names()]
    if as_json:
        typer.echo(json.dumps({"folder": str(shelf.folder), "regions": told}))
        return
    table = Table("name", "zoom", "cells", "done", "failed", "imagery", "checkpoint")
    for each in told:
        columns = ("name", "zoom", "cells", "done", "failed", "imagery", "checkpoint")
        table.add_row(*(str(each.get(column, "")) for column in columns))
        if "error" in each:
            table.add_row("", "", each["error"])
    Console().print(table if told else f"no regions in {shelf.folder}")


@app.command()
def info(which: Which, as_json: AsJson = False) -> None:
    """Say what a region holds, how much of it is built, and what failed."""
    found = _described(_open(which))
    if as_json:
        typer.echo(json.dumps(found))
        return
    for field, value in found.items():
        if field != "failures":
            told = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            typer.echo(f"{field:16} {told}")
    for line in found["failures"]:
        typer.echo(f"{'failed':16} {line}")


@app.command()
def export(
    which: Which,
    format: Annotated[str, typer.Option(help="geoparquet, npy (vectors) or cog (scores of a query).")] = "geoparquet",
    out: Annotated[Path | None, typer.Option(help="File to write.  [default: NAME and the format's suffix]")] = None,
    q: Annotated[str | None, typer.Option(help="What to score the cells by; cog only.")] = None,
    condition: When = None,
    checkpoint: Annotated[str | None, typer.Option(help="Which to embed the query with; cog only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a region down for other programs, with a STAC Collection beside it."""
    from tiles.region import Condition
    from tiles.region.export import SUFFIXES, export_region

    if format not in SUFFIXES:
        raise InvalidInput("format", f"must be one of {', '.join(SUFFIXES)}, not {format!r}")
    if (q is None) == (format == "cog"):
        raise InvalidInput("q", "must say what to score by when the format is cog, and only then")
    region = _open(which)
    vector = None if q is None else _query_vector(q, region, checkpoint)
    at = None if condition is None else Condition.parse(condition)
    target = out or Path(f"{region.name}{SUFFIXES[format]}")
    try:
        written = export_region(region, target, format, condition=at, vector=vector, query=q)
    except OSError as error:
        raise StartError(f"out: cannot write {target}: {error.strerror or error}") from error
    if as_json:
        typer.echo(json.dumps({"files": [str(path) for path in written]}))
        return
    for path in written:
        typer.echo(str(path))


def _check_choice(**choices: object) -> None:
    given = [name for name, value in choices.items() if value is not None]
    if len(given) > 1:
        raise InvalidInput(given[1], f"is one way to say where, and --{given[0]} another: give one of them")


def _open_imagery(
    imagery: str | None, where: object, name: str, **overrides: str | None
) -> "tuple[Settings, ImagerySource]":
    """The settings and the one source to read from."""
    from server.imagery import ImageryShelf
    from server.settings import load_settings
    from tiles.region.places import NULL_ISLAND

    if imagery is None:
        if where is not None or name != NULL_ISLAND:
            raise InvalidInput("imagery", "say which: esri, sentinel2, xyz:URL, null-island or a raster file")
        imagery = NULL_ISLAND
    settings = load_settings(imagery=[imagery], **overrides)
    shelf = ImageryShelf.open(
        settings.imagery,
        cache_dir=settings.folder("tiles"),
        cache_bytes=settings.tile_cache_bytes,
        online=settings.online,
    )
    return settings, next(iter(shelf.offered.values())).source


def _grid(
    name: str, bbox: str | None, polygon: Path | None, place: str | None, zoom: int, source: "ImagerySource"
) -> "Grid":
    """The cells: over a box, within a polygon, of a place, or where a raster lies."""
    from tiles.region import Grid
    from tiles.region.places import find_place, place_boxes

    if bbox is not None:
        return Grid.over(_box(bbox), zoom)
    if polygon is not None:
        return Grid.within(_geojson(polygon), zoom)
    bounds = getattr(source, "bounds", None)
    if place is None and name not in place_boxes() and bounds is not None:
        return Grid.over(bounds, zoom)
    return Grid.over(find_place(place or name), zoom)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput("bbox", f"must be four numbers, west,south,east,north, not {text[:60]!r}") from None
    return west, south, east, north


def _geojson(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput("polygon", f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise InvalidInput("polygon", f"{path} is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise InvalidInput("polygon", f"{path} is not a GeoJSON object")
    return found


def _build(
    settings: "Settings",
    name: str,
    grid: "Grid",
    source: "ImagerySource",
    scale: int,
    conditions: "tuple[Condition, ...]",
    out: str | None,
    options: dict[str, Any],
) -> dict[str, Any]:
    """Load the model, build with a progress bar, and say how it went."""
    from server.commands.region_progress import region_bar
    from server.cores import share_cores
    from server.region_builds import RegionEncoder, RegionPlan, build_for, readers_for
    from server.services import open_model

    path = _shelf(settings).path(name)
    share_cores(settings.torch_threads)
    model, gallery = open_model(settings)
    encoder = RegionEncoder(model)
    options["readers"] = options["readers"] or readers_for(settings.imagery[0], settings)
    with region_bar(name) as bar:
        plan = RegionPlan(name, grid, source, scale, conditions)
        region = build_for(model, gallery, plan, out or path, embed=encoder, progress=bar.told, **options)
    return {
        **_described(region),
        "seconds": round(bar.seconds, 2),
        "cells_per_second": round(bar.worked / bar.seconds, 2),
        "encoder_busy": round(encoder.busy / bar.seconds, 3),
    }


def _shelf(settings: "Settings | None" = None) -> "RegionShelf":
    """The shelf without a checkpoint: whose a region is is told, not checked."""
    from server.regions import RegionShelf
    from server.settings import load_settings

    return RegionShelf((settings or load_settings()).folder("regions"), None)


def _open(which: str) -> "Region":
    from tiles.region import Region

    shelf = _shelf()
    return shelf.get(which) if which in shelf.names() else Region.open(which)


def _told(shelf: "RegionShelf", name: str) -> dict[str, Any]:
    """A region in a list; one that cannot be read says why."""
    from tiles.errors import TilesError

    try:
        return _described(shelf.get(name))
    except TilesError as error:
        return {"name": name, "error": str(error)}


def _described(region: "Region") -> dict[str, Any]:
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


def _query_vector(text: str, region: "Region", checkpoint: str | None) -> Any:
    """The text embedded by the checkpoint in use, which must be the region's."""
    import torch

    from model.sat2sound import open_checkpoint
    from server.settings import load_settings

    model = open_checkpoint(load_settings(checkpoint=checkpoint).checkpoint)
    region.check_checkpoint(model.checkpoint_hash)
    with torch.inference_mode():
        return model.embed_texts([text]).vector[0].numpy()
