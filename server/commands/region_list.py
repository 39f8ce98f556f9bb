"""`earshot region list`: which regions there are."""

import json
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from server.commands.options.region import ListRegions
from server.commands.output.region_facts import open_shelf, region_facts
from server.regions.shelf import RegionShelf
from tiles.errors import TilesError

COLUMNS = ("name", "zoom", "cells", "done", "failed", "imagery", "checkpoint")


def run(options: ListRegions) -> None:
    """Tell of every region."""
    shelf = open_shelf()
    told = [_told(shelf, name) for name in shelf.names()]
    if options.as_json:
        typer.echo(json.dumps({"folder": str(shelf.folder), "regions": told}))
        return
    table = Table(*COLUMNS)
    for each in told:
        table.add_row(*(str(each.get(column, "")) for column in COLUMNS))
        if "error" in each:
            table.add_row("", "", each["error"])
    Console().print(table if told else f"no regions in {shelf.folder}")


def _told(shelf: RegionShelf, name: str) -> dict[str, Any]:
    """A region in a list; one that cannot be read says why."""
    try:
        return region_facts(shelf.get(name))
    except TilesError as error:
        return {"name": name, "error": str(error)}
