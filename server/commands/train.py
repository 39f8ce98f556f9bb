"""`earshot train`: train a checkpoint from a configuration, resuming where it stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress, TaskID

    from model.training.run import Report


def train(
    config: Annotated[str, typer.Argument(help='"embedded", or a TOML file.')] = "embedded",
    data: Annotated[Path, typer.Option(help="Folder with images/ and recordings/, each with its metadata.csv.")] = Path(
        "data"
    ),
    out: Annotated[Path, typer.Option(help="Folder for the run; an unfinished run there is resumed.")] = Path(
        "runs/embedded"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Train Sat2Sound on labelled images, recordings, Null Island and Foley; kill it and run it again to go on."""
    from rich.console import Console
    from rich.progress import Progress

    from model.training.config import TrainConfig
    from model.training.foley_clips import foley_samples
    from model.training.recordings import AudioSplit, read_recordings
    from model.training.samples import read_images
    from model.training.train import best_device
    from model.training.train import train as run
    from server.training_data import cached_chips

    console = Console(stderr=True)
    settings = TrainConfig.read(config)
    images = read_images(data / "images")
    recordings = read_recordings(data / "recordings")
    for reason in recordings.skipped:
        console.print(f"left out: {reason}")
    with Progress(console=console) as bar:
        chips_path, chips = out / "null_island.npz", settings.image.null_island_chips
        images += cached_chips(chips_path, chips, settings.seed, _counter(bar, "Null Island chips"))
        foley = foley_samples(settings.audio.foley_clips, settings.seed, _counter(bar, "Foley clips"))
        recordings = AudioSplit(recordings.train + foley, recordings.validation, recordings.skipped)
        console.print(f"{len(images.train)} images, {len(recordings.train)} recordings, on {best_device()}")
        trained = run(settings, images, recordings, out, _reporter(bar))
    result = {
        "checkpoint": str(trained.checkpoint),
        "images": trained.images.overall,
        **trained.images.by_dataset,
        "recordings": trained.recordings,
    }
    if as_json:
        typer.echo(json.dumps(result))
    else:
        console.print(f"{trained.checkpoint}: best caption's scene right on {trained.images.overall:.1%} of held-back")
        console.print(f"images and {trained.recordings:.1%} of held-back recordings")


def _counter(bar: Progress, title: str) -> Callable[[int, int], None]:
    """A progress bar of its own, told (done, of all)."""
    task = bar.add_task(title, total=None)
    return lambda done, total: bar.update(task, completed=done, total=total)


def _reporter(bar: Progress) -> Callable[[Report], None]:
    """A bar a stage with its loss, and a line for every check."""
    stages: dict[str, TaskID] = {}

    def report(event: Report) -> None:
        if event.stage not in stages:
            stages[event.stage] = bar.add_task(event.stage)
        title = f"{event.stage} stage · loss {event.loss:.3f}"
        bar.update(stages[event.stage], completed=event.step, total=event.steps, description=title)
        if event.figures:
            figures = "  ".join(f"{name} {value:.3f}" for name, value in event.figures.items())
            bar.console.print(f"{event.stage} {event.step}: {figures}")

    return report
