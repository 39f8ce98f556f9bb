"""`earshot probe`: how well a linear classifier tells classes apart by the frozen embeddings."""

import dataclasses
import json
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from model.sat2sound import open_checkpoint
from model.training.probe.linear import ProbeReport, probe
from server.commands.options.learning import Probe
from server.commands.progress import progress_bars
from server.settings import load_settings


def run(options: Probe) -> None:
    """Embed, fit and score."""
    model = open_checkpoint(load_settings(checkpoint=options.checkpoint).checkpoint)
    with progress_bars() as bars:
        report = probe(
            model,
            options.folder,
            modality=options.modality,
            vector=options.vector,
            gsd=options.gsd,
            test_share=options.test_share,
            seed=options.seed,
            limit=options.limit,
            progress=bars.counter("embedding"),
        )
    if options.as_json:
        typer.echo(json.dumps(_as_json(report, model.config.name, model.checkpoint_hash)))
        return
    console = Console(stderr=True)
    for file, reason in report.skipped:
        console.print(f"skipped {file}: {reason}", markup=False, soft_wrap=True)
    for label, reason in report.left_out.items():
        console.print(f"left out the class {label}: {reason}", markup=False, soft_wrap=True)
    for note in report.notes:
        console.print(note, markup=False, soft_wrap=True)
    _print(report)


def _as_json(report: ProbeReport, checkpoint: str, hash: str) -> dict[str, Any]:
    train, test = report.samples
    return {
        "checkpoint": checkpoint,
        "hash": hash,
        "modality": report.modality,
        "vector": report.vector,
        "train": train,
        "test": test,
        **dataclasses.asdict(report.scores),
        "skipped": [{"file": file, "reason": reason} for file, reason in report.skipped],
        "left_out": [{"class": label, "reason": reason} for label, reason in report.left_out.items()],
        "notes": list(report.notes),
    }


def _print(report: ProbeReport) -> None:
    table = Table("class", box=None, padding=(0, 2, 0, 0))
    for column in ("fitted on", "tested on", "accuracy"):
        table.add_column(column, justify="right")
    for score in report.scores.classes:
        table.add_row(escape(score.label), str(score.train), str(score.test), f"{score.accuracy:.1%}")
    console = Console()
    console.print(table)
    train, test = report.samples
    console.print(
        f"{report.modality} {report.vector}: accuracy {report.scores.accuracy:.1%} (commonest class alone "
        f"{report.scores.chance:.1%}), macro F1 {report.scores.macro_f1:.3f}; fitted on {train}, tested on {test}, "
        f"{len(report.skipped)} files skipped, {len(report.left_out)} classes left out",
        soft_wrap=True,
    )
