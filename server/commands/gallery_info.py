"""`earshot gallery info`: what a gallery holds."""

import json
from typing import Annotated

import typer

from model.gallery import Gallery
from server.commands.options import AsJson
from server.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def info(
    path: Annotated[str | None, typer.Argument(help="embedded or a folder.  [default: the first in use]")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a gallery holds and which checkpoint made it, after reading every file through."""
    gallery = Gallery.open(path or load_settings().gallery[0], thorough=True)
    found = {
        "folder": str(gallery.folder),
        "checkpoint": gallery.checkpoint_name,
        "hash": gallery.checkpoint_hash,
        "captions": gallery.count("caption"),
        "recordings": gallery.count("recording"),
        "scales": list(gallery.scales),
        "licences": gallery.licences(),
    }
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name:11} {value}")
