"""`earshot gallery info`: what a gallery holds."""

import json

import typer

from model.gallery import Gallery
from server.commands.options.gallery import GalleryInfo
from server.settings import load_settings


def run(options: GalleryInfo) -> None:
    """Read the gallery through, and tell."""
    gallery = Gallery.open(options.path or load_settings().gallery[0], thorough=True)
    found = {
        "folder": str(gallery.folder),
        "checkpoint": gallery.checkpoint_name,
        "hash": gallery.checkpoint_hash,
        "captions": gallery.count("caption"),
        "recordings": gallery.count("recording"),
        "scales": list(gallery.scales),
        "licences": gallery.licences(),
    }
    if options.as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name:11} {value}")
