"""`earshot train`: train a checkpoint from a configuration, resuming where it stopped."""

import json
from pathlib import Path

import typer
from rich.console import Console

from model.training.labelled.config import TrainConfig
from model.training.loop.fabric import open_fabric
from model.training.recipes import read_recipe
from server.commands.options.learning import Train
from server.commands.progress import progress_bars
from server.commands.training.paired import train_on_pairs
from server.commands.training.staged import train_staged


def run(options: Train) -> None:
    """Train as the configuration says, and tell the figures."""
    settings = read_recipe(options.config)
    folder = options.out or Path("runs") / settings.name
    speaks = True
    if isinstance(settings, TrainConfig):
        with progress_bars(keep=True, shown=True) as bars:
            result = train_staged(settings, Path(options.data), folder, bars, options.devices, options.precision)
    else:
        fabric = open_fabric(options.precision or settings.precision, options.devices)
        speaks = fabric.is_global_zero  # further processes run this very command beside the first
        console = Console(stderr=True, quiet=not speaks)
        with progress_bars(console=console, keep=True, shown=speaks) as bars:
            result = train_on_pairs(settings, options.data, folder, bars, fabric)
    if options.as_json and speaks:
        typer.echo(json.dumps(result))
