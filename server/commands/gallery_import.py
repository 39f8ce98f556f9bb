"""`earshot gallery import`: a gallery of a published HDF5 file."""

from typing import get_args

from model.gallery import import_gallery
from model.gallery.published.import_hdf5 import LICENCE, Sounds
from model.registry import CATALOGUE, pulled
from model.sat2sound import open_checkpoint
from server.commands.options.gallery import ImportGallery
from server.commands.output.gallery_report import tell
from server.commands.progress import progress_bars
from server.errors import InvalidInput
from server.settings import load_settings


def run(options: ImportGallery) -> None:
    """Import the file, and tell what became of it."""
    if options.sounds not in get_args(Sounds):
        raise InvalidInput("sounds", f"{options.sounds!r} is unknown: known are {', '.join(get_args(Sounds))}")
    model = open_checkpoint(load_settings(checkpoint=options.checkpoint).checkpoint)
    with progress_bars() as bars:
        report = import_gallery(
            pulled(str(options.file)) if str(options.file) in CATALOGUE else options.file,
            options.out,
            checkpoint_name=model.config.name,
            checkpoint_hash=model.checkpoint_hash,
            dim=model.config.dim,
            licence=options.licence or LICENCE,
            sounds=options.sounds,  # type: ignore[arg-type]
            progress=bars.counter("importing"),
        )
    tell(report, options.as_json)
