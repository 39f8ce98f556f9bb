"""`earshot region export`: a region written down for other programs."""

import json
from pathlib import Path
from typing import Any

import torch
import typer

from model.sat2sound import open_checkpoint
from server.commands.options.region import ExportRegion
from server.commands.output.region_facts import open_region
from server.errors import InvalidInput, StartError
from server.settings import load_settings
from tiles.region import Condition, Region
from tiles.region.export import SUFFIXES, export_region


def run(options: ExportRegion) -> None:
    """Write the files, and tell their names."""
    if options.format not in SUFFIXES:
        raise InvalidInput("format", f"must be one of {', '.join(SUFFIXES)}, not {options.format!r}")
    if (options.q is None) == (options.format == "cog"):
        raise InvalidInput("q", "must say what to score by when the format is cog, and only then")
    region = open_region(options.which)
    vector = None if options.q is None else _query_vector(options.q, region, options.checkpoint)
    at = None if options.condition is None else Condition.parse(options.condition)
    target = options.out or Path(f"{region.name}{SUFFIXES[options.format]}")
    try:
        written = export_region(region, target, options.format, condition=at, vector=vector, query=options.q)
    except OSError as error:
        raise StartError(f"out: cannot write {target}: {error.strerror or error}") from error
    if options.as_json:
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
