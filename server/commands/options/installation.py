"""The server and what is installed: the options of `earshot serve`, `pull` and `info`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from server.commands.options.shared import AsJson, Checkpoint, Galleries


@dataclass(frozen=True)
class Serve:
    """Serve the page and the HTTP interface (settings: EARSHOT_* variables, or these options)."""

    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: any free one.  [default: 8000]")] = None
    imagery: Annotated[
        list[str] | None,
        typer.Option(help="null-island, esri, sentinel2, xyz:URL or a raster file; may be repeated."),
    ] = None
    checkpoint: Checkpoint = None
    gallery: Galleries = None
    precision: Annotated[
        str | None, typer.Option(help="What images are computed in: auto, float32 or bfloat16.  [default: auto]")
    ] = None
    data_dir: Annotated[Path | None, typer.Option(help="Where caches are kept.")] = None
    online: Annotated[str | None, typer.Option(help="auto, true or false: whether online imagery is offered.")] = None


@dataclass(frozen=True)
class Pull:
    """Fetch published weights from the hub (HF_HOME, HF_ENDPOINT, HF_HUB_OFFLINE and HF_TOKEN are heeded)."""

    names: Annotated[list[str] | None, typer.Argument(help="What to fetch; --list says what there is.")] = None
    list_: Annotated[bool, typer.Option("--list", help="Say what can be fetched, its terms, and what is here.")] = False
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the terms of everything named, without being asked.")
    ] = False
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every byte of what is here, and fetch again what is damaged.")
    ] = False
    update: Annotated[bool, typer.Option("--update", help="Fetch the newest revision instead of the pinned one.")] = (
        False
    )
    as_json: AsJson = False


@dataclass(frozen=True)
class Info:
    """Say what this installation can do, and with what."""

    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False
