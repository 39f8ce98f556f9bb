"""`earshot gallery build`: a folder of captions and recordings as a gallery."""

from pathlib import Path
from typing import Annotated

import typer

from model.gallery import build_gallery
from model.sat2sound import open_checkpoint
from model.scenes.captions import read_captions
from server.commands.options import AsJson, Checkpoint
from server.commands.output.gallery_report import tell
from server.commands.progress import progress_bars
from server.settings import load_settings

app = typer.Typer(add_completion=False)


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
    model = open_checkpoint(load_settings(checkpoint=checkpoint).checkpoint)
    with progress_bars() as bars:
        captions = read_captions() if scene_captions else ()
        report = build_gallery(folder, out, model, captions=captions, progress=bars.counter("embedding"))
    tell(report, as_json)
