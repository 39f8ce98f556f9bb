"""`earshot pull`: published weights from the hub, once, checked and pinned."""

import json
import logging
import sys
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from model.registry import CATALOGUE, CHECKPOINTS, PublishedModel, locked
from model.registry.hub import Snapshot
from model.registry.lock import Damage
from model.registry.pull import Pulled
from model.registry.pull import pull as fetch
from model.sat2sound.checkpoint.converted import converted
from server.commands.options.installation import Pull
from server.commands.progress import Counter, ProgressBars, progress_bars
from server.settings import load_settings


def run(options: Pull) -> None:
    """Fetch what is named, or list what there is."""
    data_dir = load_settings().data_dir
    if options.list_:
        _list(data_dir, options.as_json)
        return
    if not options.names:
        raise typer.BadParameter("say what to fetch, or --list", param_hint="NAMES")
    console = Console(stderr=True)
    done = _pull(
        options.names,
        data_dir,
        console,
        accept_licence=options.accept_licence,
        latest=options.update,
        check=options.verify,
    )
    for each in done:
        _convert(each.model, data_dir, console)
    if options.as_json:
        typer.echo(json.dumps([_told(each.model, data_dir) for each in done]))
        return
    for each in done:
        state = f"{each.fetched / 1e9:.2f} GB fetched" if each.fetched else "already here"
        typer.echo(f"{each.model.name}: {state}, revision {each.entry.revision[:12]}, {each.entry.folder}")
    _say_what_else([each.model for each in done], data_dir)


def _pull(
    names: list[str], data_dir: Path, console: Console, *, accept_licence: bool, latest: bool, check: bool
) -> list[Pulled]:
    # A connection that drops is taken up again; what ends a pull is told by our own error.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with progress_bars(*columns, console=console, keep=True) as bars:
        return fetch(
            names,
            data_dir,
            accept=lambda model: _accepted(model, accept_licence, bars),
            watch=_Watch(bars),
            latest=latest,
            check=check,
        )


class _Watch:
    """One bar for each model that is fetched."""

    def __init__(self, bars: ProgressBars) -> None:
        self._bars = bars
        self._fetched: Counter | None = None

    def begin(self, model: PublishedModel, snapshot: Snapshot, missing: int) -> None:
        """Show a model's terms, and a bar that begins with what is here of it."""
        where = f"{snapshot.repository}@{snapshot.revision[:12]}"
        said = f" (the hub says: {snapshot.licence})" if snapshot.licence else ""
        terms = f"{model.licence.name}, {model.licence.url}"
        self._bars.say(f"{model.name}: {where}, {snapshot.size / 1e9:.2f} GB. Licence: {terms}{said}")
        self._fetched = self._bars.counter(model.name, snapshot.size, snapshot.size - missing)

    def advance(self, count: int) -> None:
        """Move the bar on."""
        if self._fetched is not None:
            self._fetched.advance(count)

    def damaged(self, damage: Damage) -> None:
        """Say what is fetched again."""
        self._bars.say(f"{damage.path} {damage.reason}; it is fetched again")


def _accepted(model: PublishedModel, by_flag: bool, bars: ProgressBars) -> bool:
    """Whether the terms are accepted: by the flag, or by whoever sits at the terminal."""
    if by_flag or not sys.stdin.isatty():
        return by_flag
    with bars.hidden():
        typer.echo(f"{model.name} is offered under: {model.licence.name}\n{model.licence.url}", err=True)
        return typer.confirm("Do you accept these terms?", err=True)


def _convert(model: PublishedModel, data_dir: Path, console: Console) -> None:
    """Convert a checkpoint now rather than at its first use."""
    if model.name in CHECKPOINTS:
        with console.status(f"converting {model.name}"):
            converted(model.name, data_dir)


def _told(model: PublishedModel, data_dir: Path) -> dict[str, object]:
    entry = locked(model.name, data_dir)
    here = entry is not None and entry.wrong() is None
    return {
        "name": model.name,
        "what": model.what,
        "repository": model.repository,
        "licence": model.licence.name,
        "licence_url": model.licence.url,
        "must_accept": model.licence.must_accept,
        "needs": list(model.needs),
        "here": here,
        "revision": entry.revision if entry else None,
        "bytes": entry.bytes if entry else None,
        "folder": entry.folder if entry else None,
    }


def _list(data_dir: Path, as_json: bool) -> None:
    told = [_told(model, data_dir) for model in CATALOGUE.values()]
    if as_json:
        typer.echo(json.dumps(told))
        return
    table = Table(Column("name", no_wrap=True), "what", "licence", Column("here", no_wrap=True))
    for each in told:
        here = str(each["revision"])[:12] if each["here"] else ""
        accept = " (to be accepted)" if each["must_accept"] else ""
        table.add_row(str(each["name"]), str(each["what"]), f"{each['licence']}{accept}", here)
    Console().print(table)


def _say_what_else(models: list[PublishedModel], data_dir: Path) -> None:
    """A checkpoint without its text encoder answers clicks, not words: say so now rather than at the first search."""
    checkpoints = [model.name for model in models if model.name in CHECKPOINTS]
    if checkpoints and locked("flan-t5-large", data_dir) is None:
        typer.echo("To embed words, too: earshot pull flan-t5-large", err=True)
