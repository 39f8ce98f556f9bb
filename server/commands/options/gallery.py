"""Galleries: the options of the commands of `earshot gallery`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from server.commands.options.shared import AsJson, Checkpoint


@dataclass(frozen=True)
class BuildGallery:
    """Embed a folder's captions and recordings and write them down as a gallery."""

    folder: Annotated[
        Path, typer.Argument(help="Holds gallery.csv (text, licence, path, scene, lat, lon, ...), or recordings alone.")
    ]
    out: Annotated[Path, typer.Argument(help="Where the gallery is written.")]
    checkpoint: Checkpoint = None
    licence: Annotated[str, typer.Option(help="Of what states none.  [default: not stated, of a folder alone]")] = ""
    scene_captions: Annotated[
        bool | None,
        typer.Option(
            "--scene-captions/--no-scene-captions",
            help="Add the captions of scenes that ship.  [default: where the folder has none of its own]",
        ),
    ] = None
    as_json: AsJson = False


@dataclass(frozen=True)
class ImportGallery:
    """Make a gallery of a published HDF5 file, row by row, for the checkpoint that computed its vectors."""

    file: Annotated[Path, typer.Argument(help="geosound-gallery, as it was pulled, or a file in its layout.")]
    out: Annotated[Path, typer.Argument(help="Where the gallery is written.")]
    checkpoint: Checkpoint = None
    licence: Annotated[str | None, typer.Option(help="Told with every entry.  [default: not stated by the file]")] = (
        None
    )
    sounds: Annotated[
        str, typer.Option(help="container: read from FILE when asked for; files: written out as FLAC; none.")
    ] = "container"
    as_json: AsJson = False


@dataclass(frozen=True)
class GalleryInfo:
    """Say what a gallery holds and which checkpoint made it, after reading every file through."""

    path: Annotated[str | None, typer.Argument(help="embedded or a folder.  [default: the first in use]")] = None
    as_json: AsJson = False
