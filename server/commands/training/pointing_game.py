"""`earshot evaluate --pointing`: how often the brightest patch for a sound lies on what makes it."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from model.sat2sound import open_checkpoint
from model.training.labelled.pointing import PointingScore, mosaics, play
from model.training.labelled.samples import read_images
from server.commands.progress import progress_bars
from server.commands.training.pointing_chips import mixed_chips

CASES = 200


def play_pointing(checkpoint: str, data: str | None, limit: int | None, as_json: bool) -> None:
    """Play on `limit` mixed chips of Null Island and as many mosaics of held-back images, and print the scores.

    Raises:
        TrainingError: The folder of images cannot be read, or gives no mosaics.
        ModelError: The checkpoint cannot be opened.
    """
    model, count = open_checkpoint(checkpoint), limit or CASES
    games = {"Null Island": mixed_chips(model.config, count)}
    if data is not None:
        games["mosaics"] = mosaics(model.config, read_images(Path(data)).validation, count)
    found: dict[str, list[PointingScore]] = {}
    with progress_bars() as bars:
        for name, cases in games.items():
            found[name] = play(model, cases, bars.counter(f"pointing on {name}", count))
    if as_json:
        listed = {name: [_as_json(score) for score in _with_totals(scores)] for name, scores in found.items()}
        typer.echo(json.dumps({"checkpoint": model.config.name, "hash": model.checkpoint_hash, "pointing": listed}))
        return
    for name, scores in found.items():
        Console().print(_table(f"{model.config.name}: pointing on {name}", _with_totals(scores)))


def _with_totals(scores: Sequence[PointingScore]) -> list[PointingScore]:
    """The scores of each group, and of all groups together, method by method."""
    listed = list(scores)
    for method in dict.fromkeys(score.method for score in scores):
        own = [score for score in scores if score.method == method]
        cases = sum(score.cases for score in own)
        chance = sum(score.chance * score.cases for score in own) / cases
        listed.append(PointingScore("all", method, cases, sum(score.hits for score in own), chance))
    return listed


def _as_json(score: PointingScore) -> dict[str, object]:
    return {**dataclasses.asdict(score), "accuracy": score.accuracy}


def _table(title: str, scores: Sequence[PointingScore]) -> Table:
    table = Table("sought", "method", title=title, box=None, padding=(0, 2, 0, 0), title_justify="left")
    for column in ("cases", "hits", "by chance"):
        table.add_column(column, justify="right")
    for score in scores:
        table.add_row(score.group, score.method, str(score.cases), f"{score.accuracy:.1%}", f"{score.chance:.1%}")
    return table
