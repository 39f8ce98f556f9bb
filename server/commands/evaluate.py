"""`earshot evaluate`: how well a checkpoint finds recordings by images and images by recordings."""

import json
from typing import Annotated, Literal

import typer
from rich.console import Console

from model.baselines.encoders import open_encoders, trained_imagery
from model.training.dataset.paired_data import PairedData, open_paired
from model.training.evaluation.evaluate import evaluate as measure
from model.training.evaluation.table import tables
from server.commands.progress import progress_bars
from server.commands.training.pointing_game import play_pointing

app = typer.Typer(add_completion=False)


@app.command()
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
    if pointing:
        if scales is not None or ablate is not None:
            raise typer.BadParameter("retrieval alone is measured by scale and metadata", param_hint="--pointing")
        play_pointing(_checkpoint(checkpoint, model, "embedded"), data, limit, as_json)
        return
    which = _checkpoint(checkpoint, model)
    if data is None:
        raise typer.BadParameter("retrieval takes paired data (or --pointing)", param_hint="--data")
    chosen = _numbers(scales)
    rows = open_paired(data, split, imagery or trained_imagery(which) or "bingmap")
    encoders = open_encoders(which, rows.imagery)
    with progress_bars() as bars:
        embedded = bars.counter("embedding", _most(rows, limit))
        found = measure(encoders, rows, chosen, ablate == "metadata", limit, embedded)
    if as_json:
        typer.echo(json.dumps(found.to_dict()))
        return
    for reason in found.skipped:
        Console(stderr=True).print(f"left out {reason}", markup=False, highlight=False, soft_wrap=True)
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


def _most(rows: PairedData, limit: int | None) -> int | None:
    """How many rows are embedded at most; None where no one knows."""
    try:
        return min(len(rows), limit or len(rows))
    except TypeError:
        return limit
