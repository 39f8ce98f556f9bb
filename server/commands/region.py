"""`earshot region`: build regions to search, list them, look into one, write one down for other programs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.region_build import build
from server.commands.region_described import described, open_shelf
from server.errors import InvalidInput, StartError

if TYPE_CHECKING:
    from server.regions.shelf import RegionShelf
    from tiles.region import Region

app = typer.Typer(help="Places embedded once, cell by cell, so that sounds can be searched for.", no_args_is_help=True)
app.command("build")(build)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Which = Annotated[str, typer.Argument(help="A region's name, the path of its store, or its fsspec URL.")]
When = Annotated[str | None, typer.Option(help="Month and hour the region was built for, like 7-14.  [default: first]")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Say which regions there are."""
    from rich.console import Console
    from rich.table import Table

    shelf = open_shelf()
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
    found = described(_open(which))
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


def _open(which: str) -> "Region":
    from tiles.region import Region

    shelf = open_shelf()
    return shelf.get(which) if which in shelf.names() else Region.open(which)


def _told(shelf: "RegionShelf", name: str) -> dict[str, Any]:
    """A region in a list; one that cannot be read says why."""
    from tiles.errors import TilesError

    try:
        return described(shelf.get(name))
    except TilesError as error:
        return {"name": name, "error": str(error)}


def _query_vector(text: str, region: "Region", checkpoint: str | None) -> Any:
    """The text embedded by the checkpoint in use, which must be the region's."""
    import torch

    from model.sat2sound import open_checkpoint
    from server.settings import load_settings

    model = open_checkpoint(load_settings(checkpoint=checkpoint).checkpoint)
    region.check_checkpoint(model.checkpoint_hash)
    with torch.inference_mode():
        return model.embed_texts([text]).vector[0].numpy()
