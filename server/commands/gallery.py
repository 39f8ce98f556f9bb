"""`earshot gallery`: build one from a folder, import a published one, or look into one."""

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.options import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from model.gallery import BuildReport

app = typer.Typer(help="Captions and recordings a place is told in.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="Holds gallery.csv (text, licence, path, scene, lat, lon, ...).")],
    out: Annotated[Path, typer.Argument(help="Where the gallery is written.")],
    checkpoint: Checkpoint = None,
    scene_captions: Annotated[
        bool,
        typer.Option("--scene-captions", help="Add the captions of scenes that ship, as the embedded gallery does."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Embed a folder's captions and recordings and write them down as a gallery."""
    from model.gallery import build_gallery
    from model.sat2sound import open_checkpoint
    from model.scenes.captions import read_captions
    from server.settings import load_settings

    model = open_checkpoint(load_settings(checkpoint=checkpoint).checkpoint)
    with _progress("embedding") as told:
        captions = read_captions() if scene_captions else ()
        report = build_gallery(folder, out, model, captions=captions, progress=told)
    _tell(report, as_json)


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
    from typing import get_args

    from model.gallery import import_gallery
    from model.gallery.published.import_hdf5 import LICENCE, Sounds
    from model.registry import CATALOGUE, pulled
    from model.sat2sound import open_checkpoint
    from server.errors import InvalidInput
    from server.settings import load_settings

    if sounds not in get_args(Sounds):
        raise InvalidInput("sounds", f"{sounds!r} is unknown: known are {', '.join(get_args(Sounds))}")
    model = open_checkpoint(load_settings(checkpoint=checkpoint).checkpoint)
    with _progress("importing") as told:
        report = import_gallery(
            pulled(str(file)) if str(file) in CATALOGUE else file,
            out,
            checkpoint_name=model.config.name,
            checkpoint_hash=model.checkpoint_hash,
            dim=model.config.dim,
            licence=licence or LICENCE,
            sounds=sounds,  # type: ignore[arg-type]
            progress=told,
        )
    _tell(report, as_json)


@contextlib.contextmanager
def _progress(what: str) -> "Iterator[Callable[[int, int], None]]":
    """A progress bar on stderr, and how it is told what is done of what there is."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _tell(report: "BuildReport", as_json: bool) -> None:
    """Print what was made, and what was left out and why."""
    skipped = [{"where": skip.where, "reason": skip.reason} for skip in report.skipped]
    if as_json:
        counts = {"captions": report.captions, "recordings": report.recordings}
        typer.echo(json.dumps({"path": str(report.path), **counts, "skipped": skipped}))
        return
    for skip in skipped:
        typer.echo(f"left out {skip['where']}: {skip['reason']}", err=True)
    typer.echo(f"{report.path}: {report.captions} captions, {report.recordings} recordings, {len(skipped)} left out")


@app.command()
def info(
    path: Annotated[str | None, typer.Argument(help="embedded or a folder.  [default: the first in use]")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a gallery holds and which checkpoint made it, after reading every file through."""
    from model.gallery import Gallery
    from server.settings import load_settings

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
