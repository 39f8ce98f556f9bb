"""`earshot region build`: from a name, a box or a polygon to embedded cells."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from server.commands.options import AsJson, Checkpoint, Galleries
from server.commands.output.region_facts import open_shelf, region_facts
from server.commands.output.region_pace import COLUMNS, RegionPace
from server.commands.progress import progress_bars
from server.concurrency.library_threads import share_cores
from server.earshot import open_model
from server.errors import InvalidInput
from server.imagery.fitting import fit_source
from server.imagery.shelf import ImageryShelf
from server.regions.encode import RegionEncoder, RegionPlan, build_for, readers_for
from server.settings import Settings, load_settings
from tiles.imagery import ImagerySource
from tiles.places import NULL_ISLAND, find_place, place_boxes
from tiles.region import Condition, Grid

app = typer.Typer(add_completion=False)


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
    checkpoint: Checkpoint = None,
    gallery: Galleries = None,
    batch: Annotated[int, typer.Option(help="Chips the model takes at once.", min=1, max=1024)] = 16,
    block: Annotated[int | None, typer.Option(help="Cells written at once.  [default: 256 or more]", min=1)] = None,
    readers: Annotated[int | None, typer.Option(help="Chips read at once.", min=1, max=256)] = None,
    engine: Annotated[str, typer.Option(help="local, or ray: on the cluster that RAY_ADDRESS names.")] = "local",
    as_json: AsJson = False,
) -> None:
    """Embed a place cell by cell. Stop it at any moment and run it again: it goes on where it was."""
    conditions = tuple(Condition.parse(text) for text in condition or ["any"])
    _check_choice(bbox=bbox, polygon=polygon, place=place)
    settings, source = _open_imagery(
        imagery, bbox or polygon, place or name, checkpoint=checkpoint, gallery=gallery or None
    )
    grid = _grid(name, bbox, polygon, place, zoom, source)
    options = {"batch": batch, "block": block, "readers": readers, "engine": _engine(engine, settings, readers)}
    report = _build(settings, name, grid, source, scale, conditions, out, options)
    if as_json:
        typer.echo(json.dumps(report))
        return
    busy = "" if report["encoder_busy"] is None else f", the encoder busy {report['encoder_busy']:.0%} of the time"
    typer.echo(
        f"{report['path']}: {report['done']} of {report['cells']} cells, {report['failed']} failed, "
        f"{report['absent']} without imagery; {report['cells_per_second']:.1f} cells/s{busy}"
    )
    for line in report["failures"]:
        typer.echo(f"failed: {line}")


def _check_choice(**choices: object) -> None:
    given = [name for name, value in choices.items() if value is not None]
    if len(given) > 1:
        raise InvalidInput(given[1], f"is one way to say where, and --{given[0]} another: give one of them")


def _open_imagery(
    imagery: str | None, where: object, name: str, **overrides: str | list[str] | None
) -> tuple[Settings, ImagerySource]:
    """The settings and the one source to read from."""
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
    name: str, bbox: str | None, polygon: Path | None, place: str | None, zoom: int, source: ImagerySource
) -> Grid:
    """The cells: over a box, within a polygon, of a place, or where a raster lies."""
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


def _engine(name: str, settings: Settings, readers: int | None) -> Any:
    """What makes the engine for a store; None for this process's own."""
    if name == "local":
        return None
    if name != "ray":
        raise InvalidInput("engine", f"must be local or ray, not {name[:40]!r}")
    try:
        from server.regions.cluster import cluster_engine  # an extra
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise InvalidInput("engine", "ray is not installed; install earshot[cluster]") from error
    return cluster_engine(settings, readers)


def _build(
    settings: Settings,
    name: str,
    grid: Grid,
    source: ImagerySource,
    scale: int,
    conditions: tuple[Condition, ...],
    out: str | None,
    options: dict[str, Any],
) -> dict[str, Any]:
    """Load the model, build with a progress bar, and say how it went."""
    path = open_shelf(settings).path(name)
    share_cores(settings.torch_threads)
    model, gallery = open_model(settings)
    fit_source(model.config, source)
    encoder = RegionEncoder(model)
    options["readers"] = options["readers"] or readers_for(settings.imagery[0], settings)
    with progress_bars(*COLUMNS, keep=True) as bars:
        pace = RegionPace(bars.counter(name), name)
        plan = RegionPlan(name, grid, source, scale, conditions)
        region = build_for(model, gallery, plan, out or path, embed=encoder, progress=pace.told, **options)
    return {
        **region_facts(region),
        "seconds": round(pace.seconds, 2),
        "cells_per_second": round(pace.worked / pace.seconds, 2),
        "encoder_busy": round(encoder.busy / pace.seconds, 3) if options["engine"] is None else None,
    }
