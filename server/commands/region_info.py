"""`earshot region info`: what a region holds."""

import json

import typer

from server.commands.options import AsJson, Which
from server.commands.output.region_facts import open_region, region_facts

app = typer.Typer(add_completion=False)


@app.command()
def info(which: Which, as_json: AsJson = False) -> None:
    """Say what a region holds, how much of it is built, and what failed."""
    found = region_facts(open_region(which))
    if as_json:
        typer.echo(json.dumps(found))
        return
    for field, value in found.items():
        if field != "failures":
            told = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            typer.echo(f"{field:16} {told}")
    for line in found["failures"]:
        typer.echo(f"{'failed':16} {line}")
