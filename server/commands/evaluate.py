"""`earshot evaluate`: how well a checkpoint finds recordings by images and images by recordings."""

import json

import typer
from rich.console import Console

from model.baselines.encoders import open_encoders, trained_imagery
from model.training.dataset.paired_data import PairedData, open_paired
from model.training.evaluation.evaluate import evaluate as measure
from model.training.evaluation.table import tables
from server.commands.options.learning import Evaluate
from server.commands.progress import progress_bars
from server.commands.training.pointing_game import play_pointing


def run(options: Evaluate) -> None:
    """Measure, and print the tables."""
    if options.pointing:
        if options.scales is not None or options.ablate is not None:
            raise typer.BadParameter("retrieval alone is measured by scale and metadata", param_hint="--pointing")
        which = _checkpoint(options.checkpoint, options.model, "embedded")
        play_pointing(which, options.data, options.limit, options.as_json)
        return
    which = _checkpoint(options.checkpoint, options.model)
    if options.data is None:
        raise typer.BadParameter("retrieval takes paired data (or --pointing)", param_hint="--data")
    chosen = _numbers(options.scales)
    rows = open_paired(options.data, options.split, options.imagery or trained_imagery(which) or "bingmap")
    encoders = open_encoders(which, rows.imagery)
    with progress_bars() as bars:
        embedded = bars.counter("embedding", _most(rows, options.limit))
        found = measure(encoders, rows, chosen, options.ablate == "metadata", options.limit, embedded)
    if options.as_json:
        typer.echo(json.dumps(found.to_dict()))
        return
    for reason in found.skipped:
        Console(stderr=True).print(f"left out {reason}", markup=False, highlight=False, soft_wrap=True)
    for table in tables(found):
        Console().print(table)
    for note in found.notes:
        typer.echo(note)
    typer.echo(f"{found.rows} rows used, {len(found.skipped)} left out")


def _checkpoint(argument: str | None, option: str | None, default: str | None = None) -> str:
    if argument is None and option is None and default is not None:
        return default
    if (argument is None) == (option is None):
        raise typer.BadParameter("give one checkpoint: as an argument or with --model", param_hint="--model")
    return str(argument or option)


def _numbers(text: str | None) -> list[int] | None:
    try:
        return None if text is None else [int(part) for part in text.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: expected numbers such as 1,3,5", param_hint="--scales") from error


def _most(rows: PairedData, limit: int | None) -> int | None:
    """How many rows are embedded at most; None where no one knows."""
    try:
        return min(len(rows), limit or len(rows))
    except TypeError:
        return limit
