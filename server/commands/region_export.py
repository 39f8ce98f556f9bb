"""`earshot region export`: a region written down for other programs."""

import json
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from model.sat2sound import open_checkpoint
from server.commands.options import AsJson, Which
from server.commands.output.region_facts import open_region
from server.errors import InvalidInput, StartError
from server.settings import load_settings
from tiles.region import Condition, Region
from tiles.region.export import SUFFIXES, export_region

When = Annotated[str | None, typer.Option(help="Month and hour the region was built for, like 7-14.  [default: first]")]

app = typer.Typer(add_completion=False)


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
    if format not in SUFFIXES:
        raise InvalidInput("format", f"must be one of {', '.join(SUFFIXES)}, not {format!r}")
    if (q is None) == (format == "cog"):
        raise InvalidInput("q", "must say what to score by when the format is cog, and only then")
    region = open_region(which)
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


def _query_vector(text: str, region: Region, checkpoint: str | None) -> Any:
    """The text embedded by the checkpoint in use, which must be the region's."""
    model = open_checkpoint(load_settings(checkpoint=checkpoint).checkpoint)
    region.check_checkpoint(model.checkpoint_hash)
    with torch.inference_mode():
        return model.embed_texts([text]).vector[0].numpy()
