"""`earshot train`: train a checkpoint from a configuration, resuming where it stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from model.training.run import Report


def train(
    config: Annotated[str, typer.Argument(help='"embedded", or a TOML file.')] = "embedded",
    data: Annotated[Path, typer.Option(help="Folder with images/ and recordings/, each with its metadata.csv.")] = Path("data"),
    out: Annotated[Path, typer.Option(help="Folder for the run; an unfinished run there is resumed.")] = Path("runs/embedded"),
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
    from server.training_data import null_island_chips

    console = Console(stderr=True)
    settings = TrainConfig.read(config)
    images = read_images(data / "images")
    recordings = read_recordings(data / "recordings")
    for reason in recordings.skipped:
        console.print(f"left out: {reason}")
    with Progress(console=console) as bar:
        chips = bar.add_task("Null Island chips", total=None)
        images += null_island_chips(
            settings.image.null_island_chips, settings.seed, lambda n, of: bar.update(chips, completed=n, total=of)
        )
        clips = bar.add_task("Foley clips", total=None)
        foley = foley_samples(
            settings.audio.foley_clips, settings.seed, lambda n, of: bar.update(clips, completed=n, total=of)
        )
        recordings = AudioSplit(recordings.train + foley, recordings.validation, recordings.skipped)
        console.print(f"{len(images.train)} images, {len(recordings.train)} recordings, on {best_device()}")
        stages = {name: bar.add_task(f"{name} stage", total=None) for name in ("image", "audio")}

        def report(event: Report) -> None:
            bar.update(
                stages[event.stage],
                completed=event.step,
                total=event.steps,
                description=f"{event.stage} stage · loss {event.loss:.3f}",
            )
            if event.figures:
                figures = "  ".join(f"{name} {value:.3f}" for name, value in event.figures.items())
                console.print(f"{event.stage} {event.step}: {figures}")

        trained = run(settings, images, recordings, out, report)
    if as_json:
        typer.echo(json.dumps({"checkpoint": str(trained.checkpoint), "images": trained.images.by_dataset, "recordings": trained.recordings}))
    else:
        console.print(f"{trained.checkpoint}: best caption's scene right on {trained.images.overall:.1%} of held-back images, {trained.recordings:.1%} of held-back recordings")
