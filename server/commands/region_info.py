"""`earshot region info`: what a region holds."""

import json

import typer

from server.commands.options.region import RegionInfo
from server.commands.output.region_facts import open_region, region_facts


def run(options: RegionInfo) -> None:
    """Tell of one region."""
    found = region_facts(open_region(options.which))
    if options.as_json:
        typer.echo(json.dumps(found))
        return
    for field, value in found.items():
        if field != "failures":
            told = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            typer.echo(f"{field:16} {told}")
    for line in found["failures"]:
        typer.echo(f"{'failed':16} {line}")
