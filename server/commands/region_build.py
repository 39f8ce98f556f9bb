"""`earshot region build`: from a name, a box or a polygon to embedded cells."""

import json
from pathlib import Path
from typing import Any

import typer

from server.commands.options.region import BuildRegion
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
from tiles.area_files import read_area_file
from tiles.imagery import ImagerySource
from tiles.imagery.open import with_bands
from tiles.places import NULL_ISLAND, find_place, place_boxes
from tiles.region import Condition, Grid


def run(options: BuildRegion) -> None:
    """Find the cells, embed them, and tell how it went."""
    conditions = tuple(Condition.parse(text) for text in options.condition or ["any"])
    _check_choice(bbox=options.bbox, polygon=options.polygon, place=options.place)
    settings, source = _open_imagery(
        options.imagery and with_bands(options.imagery, options.bands),
        options.bbox or options.polygon,
        options.place or options.name,
        checkpoint=options.checkpoint,
        gallery=options.gallery or None,
    )
    grid = _grid(options.name, options.bbox, options.polygon, options.place, options.zoom, source)
    how = {
        "batch": options.batch,
        "block": options.block,
        "readers": options.readers,
        "engine": _engine(options.engine, settings, options.readers),
    }
    report = _build(settings, options.name, grid, source, options.scale, conditions, options.out, how)
    if options.as_json:
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
        return Grid.within(read_area_file(polygon), zoom)
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
