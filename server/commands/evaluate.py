"""`earshot evaluate`: how well a checkpoint finds recordings by images and images by recordings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.commands.evaluate_pointing import evaluate_pointing

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from model.training.dataset.paired_data import PairedData


def evaluate(
    checkpoint: Annotated[
        str | None, typer.Argument(help="embedded, published:NAME, a .safetensors or a published .ckpt file.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--dataset", "--data", help="Folder with SPLIT.csv or Parquet, a Parquet file, or OWNER/NAME on the hub."
        ),
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="The checkpoint, said as an option.")] = None,
    pointing: Annotated[
        bool,
        typer.Option(
            "--pointing",
            help="Play the pointing game on Null Island instead, and on mosaics of the labelled images in --data.",
        ),
    ] = False,
    split: Annotated[str, typer.Option(help="Which rows: train, validation or test.")] = "test",
    imagery: Annotated[
        str | None,
        typer.Option(help="bingmap, sentinel or googleearth.  [default: the checkpoint's own, or bingmap]"),
    ] = None,
    scales: Annotated[str | None, typer.Option(help="Zooms, such as 1,3,5.  [default: all of model and data]")] = None,
    ablate: Annotated[
        Literal["metadata"] | None, typer.Option(help="Also tell the model only some of the metadata.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=2, help="End after so many usable rows, or cases if --pointing.  [default: all; 200]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything measured as JSON.")] = False,
) -> None:
    """Cross-modal retrieval on paired data, as Sat2Sound's tables report it; or how well attention points."""
    from rich.console import Console
    from rich.progress import Progress

    from model.baselines.encoders import open_encoders, trained_imagery
    from model.training.dataset.paired_data import open_paired
    from model.training.evaluation.evaluate import evaluate as measure
    from model.training.evaluation.table import tables

    if pointing:
        if scales is not None or ablate is not None:
            raise typer.BadParameter("retrieval alone is measured by scale and metadata", param_hint="--pointing")
        evaluate_pointing(_checkpoint(checkpoint, model, "embedded"), data, limit, as_json)
        return
    which = _checkpoint(checkpoint, model)
    if data is None:
        raise typer.BadParameter("retrieval takes paired data (or --pointing)", param_hint="--data")
    chosen = _numbers(scales)
    rows = open_paired(data, split, imagery or trained_imagery(which) or "bingmap")
    encoders = open_encoders(which, rows.imagery)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        found = measure(encoders, rows, chosen, ablate == "metadata", limit, _reporter(bar, rows, limit))
    if as_json:
        typer.echo(json.dumps(found.to_dict()))
        return
    for reason in found.skipped:
        console.print(f"left out {reason}", markup=False, highlight=False, soft_wrap=True)
    for table in tables(found):
        Console().print(table)
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


def _reporter(bar: Progress, rows: PairedData, limit: int | None) -> Callable[[int], None]:
    try:
        total: int | None = min(len(rows), limit or len(rows))
    except TypeError:
        total = limit
    task = bar.add_task("embedding", total=total)
    return lambda done: bar.update(task, completed=done)
