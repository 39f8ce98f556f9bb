"""`earshot info`: which checkpoint, gallery, imagery and engines are in use."""

from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from model.registry.lock import Lock
from server.about.capabilities import capabilities_of
from server.about.schemas import Capabilities, EngineCapability
from server.commands.options.installation import Info
from server.earshot import Earshot
from server.settings import load_settings


def run(options: Info) -> None:
    """Open everything, and tell."""
    settings = load_settings()
    earshot = Earshot.open(settings)
    earshot.imagery.probe()
    earshot.engines.look()
    found = capabilities_of(earshot)
    if options.as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    _print(found, str(settings.data_dir))


def _print(found: Capabilities, data_dir: str) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("version", found.version)
    table.add_row(
        "checkpoint", f"{found.checkpoint.name} ({found.checkpoint.hash}), images in {found.checkpoint.precision}"
    )
    table.add_row("scales", ", ".join(str(scale) for scale in found.scales))
    licences = ", ".join(f"{name} ({count})" for name, count in found.gallery.licences.items())
    for part in found.gallery.parts if len(found.gallery.parts) > 1 else ():
        table.add_row("gallery", f"{part.name}: {part.captions} captions, {part.recordings} recordings")
    table.add_row("gallery", f"{found.gallery.captions} captions, {found.gallery.recordings} recordings: {licences}")
    for source in found.imagery:
        state = "" if not source.online else ", reachable" if source.reachable else ", not reachable now"
        table.add_row("imagery", f"{source.name}: {source.gsd:g} m{state}. {source.attribution}")
    for engine in found.engines:
        table.add_row("engine", f"{engine.name}: {_engine(engine)}")
    for name, entry in Lock.read(Path(data_dir)).models.items():
        state = entry.wrong() or f"{entry.bytes / 1e9:.2f} GB"
        table.add_row("pulled", f"{name} ({entry.revision[:12]}): {state}")
    table.add_row("data", data_dir)
    Console().print(table)


def _engine(engine: EngineCapability) -> str:
    """Whether an engine can be used, how long it takes, and what its licence wants said."""
    if not engine.available:
        return f"not installed: it needs {engine.needs}"
    takes = "" if engine.seconds_per_10s is None else f", ten seconds in {engine.seconds_per_10s:g} s"
    notice = f". {engine.notice}" if engine.notice else ""
    return f"{', '.join(engine.formats)}, on {engine.device}{takes}{', the default' if engine.default else ''}{notice}"
