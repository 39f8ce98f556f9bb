"""Options that several commands share."""

from typing import Annotated

import typer

Checkpoint = Annotated[
    str | None,
    typer.Option("--model", "--checkpoint", help="embedded, published:NAME or a file.  [default: the one in use]"),
]
