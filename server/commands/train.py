"""`earshot train`: train a checkpoint from a configuration, resuming where it stopped."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from model.training.labelled.config import TrainConfig
from model.training.loop.fabric import open_fabric
from model.training.recipes import read_recipe
from server.commands.progress import progress_bars
from server.commands.training.paired import train_on_pairs
from server.commands.training.staged import train_staged

app = typer.Typer(add_completion=False)


@app.command()
def train(
    config: Annotated[
        str, typer.Argument(help='One that ships ("embedded", "bingmap_withmeta", ...), or a TOML file.')
    ] = "embedded",
    data: Annotated[
        str,
        typer.Option(
            help="Staged: a folder with images/ and recordings/, each with its metadata.csv. Paired: a folder with "
            "train.csv and validation.csv or Parquet files, or hub:OWNER/NAME."
        ),
    ] = "data",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the run; an unfinished run there is resumed.  [default: runs/NAME]")
    ] = None,
    devices: Annotated[int, typer.Option(help="GPUs, or CPU processes where there are none, that share a batch.")] = 1,
    precision: Annotated[
        str | None, typer.Option(help='"32-true" or "bf16-mixed".  [default: the configuration\'s]')
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Train Sat2Sound, or the SoundingEarth baseline; kill it and run it again to go on."""
    settings = read_recipe(config)
    folder = out or Path("runs") / settings.name
    if isinstance(settings, TrainConfig):
        with progress_bars(keep=True, shown=True) as bars:
            result = train_staged(settings, Path(data), folder, bars, devices, precision)
    else:
        fabric = open_fabric(precision or settings.precision, devices)
        # Further processes run this very command beside the first, which alone speaks.
        console = Console(stderr=True, quiet=not fabric.is_global_zero)
        with progress_bars(console=console, keep=True, shown=fabric.is_global_zero) as bars:
            result = train_on_pairs(settings, data, folder, bars, fabric)
        as_json = as_json and fabric.is_global_zero
    if as_json:
        typer.echo(json.dumps(result))
