"""What is told of a gallery that was made, by `earshot gallery build` and `import`."""

import json

import typer

from model.gallery import BuildReport


def tell(report: BuildReport, as_json: bool) -> None:
    """Print what was made, and what was left out and why."""
    skipped = [{"where": skip.where, "reason": skip.reason} for skip in report.skipped]
    if as_json:
        counts = {"captions": report.captions, "recordings": report.recordings}
        typer.echo(json.dumps({"path": str(report.path), **counts, "skipped": skipped, "notes": report.notes}))
        return
    for note in report.notes:
        typer.echo(note, err=True)
    for skip in skipped:
        typer.echo(f"left out {skip['where']}: {skip['reason']}", err=True)
    typer.echo(f"{report.path}: {report.captions} captions, {report.recordings} recordings, {len(skipped)} left out")
