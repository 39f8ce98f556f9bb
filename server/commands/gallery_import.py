"""`earshot gallery import`: a gallery of a published HDF5 file."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from model.gallery import import_gallery
from model.gallery.published.import_hdf5 import LICENCE, Sounds
from model.registry import CATALOGUE, pulled
from model.sat2sound import open_checkpoint
from server.commands.options import AsJson, Checkpoint
from server.commands.output.gallery_report import tell
from server.commands.progress import progress_bars
from server.errors import InvalidInput
from server.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="geosound-gallery, as it was pulled, or a file in its layout.")],
    out: Annotated[Path, typer.Argument(help="Where the gallery is written.")],
    checkpoint: Checkpoint = None,
    licence: Annotated[
        str | None, typer.Option(help="Told with every entry.  [default: not stated by the file]")
    ] = None,
    sounds: Annotated[
        str, typer.Option(help="container: read from FILE when asked for; files: written out as FLAC; none.")
    ] = "container",
    as_json: AsJson = False,
) -> None:
    """Make a gallery of a published HDF5 file, row by row, for the checkpoint that computed its vectors."""
    if sounds not in get_args(Sounds):
        raise InvalidInput("sounds", f"{sounds!r} is unknown: known are {', '.join(get_args(Sounds))}")
    model = open_checkpoint(load_settings(checkpoint=checkpoint).checkpoint)
    with progress_bars() as bars:
        report = import_gallery(
            pulled(str(file)) if str(file) in CATALOGUE else file,
            out,
            checkpoint_name=model.config.name,
            checkpoint_hash=model.checkpoint_hash,
            dim=model.config.dim,
            licence=licence or LICENCE,
            sounds=sounds,  # type: ignore[arg-type]
            progress=bars.counter("importing"),
        )
    tell(report, as_json)
