"""`earshot gallery`: build one from a folder, or look into the one in use."""

import json
from pathlib import Path
from typing import Annotated

import typer

from server.commands.options import Checkpoint

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
    from rich.console import Console
    from rich.progress import Progress

    from model.gallery import build_gallery
    from model.sat2sound import open_checkpoint
    from model.training.captions import read_captions
    from server.settings import load_settings

    model = open_checkpoint(load_settings(checkpoint=checkpoint).checkpoint)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("embedding", total=None)
        report = build_gallery(
            folder,
            out,
            model,
            captions=read_captions() if scene_captions else (),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    skipped = [{"where": skip.where, "reason": skip.reason} for skip in report.skipped]
    if as_json:
        counts = {"captions": report.captions, "recordings": report.recordings}
        typer.echo(json.dumps({"path": str(report.path), **counts, "skipped": skipped}))
        return
    for skip in skipped:
        console.print(f"left out {skip['where']}: {skip['reason']}", markup=False)
    typer.echo(f"{report.path}: {report.captions} captions, {report.recordings} recordings, {len(skipped)} left out")


@app.command()
def info(
    path: Annotated[str | None, typer.Argument(help="embedded or a folder.  [default: the one in use]")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a gallery holds and which checkpoint made it."""
    from model.gallery import Gallery
    from server.settings import load_settings

    gallery = Gallery.open(path or load_settings().gallery)
    found = {
        "folder": str(gallery.folder),
        "checkpoint": gallery.checkpoint_name,
        "hash": gallery.checkpoint_hash,
        "captions": gallery.count("caption"),
        "recordings": gallery.count("recording"),
        "licences": gallery.licences(),
    }
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name:11} {value}")
