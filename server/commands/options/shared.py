"""Options that several commands share."""

from typing import Annotated

import typer

Checkpoint = Annotated[
    str | None,
    typer.Option("--model", "--checkpoint", help="embedded, published:NAME or a file.  [default: the one in use]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Galleries = Annotated[
    list[str] | None, typer.Option("--gallery", help="embedded or a gallery's folder; may be repeated.")
]
Which = Annotated[str, typer.Argument(help="A region's name, the path of its store, or its fsspec URL.")]
