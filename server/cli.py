"""The `earshot` command: one module of `server.commands` for each group, imported without anything heavy."""

import sys

import typer

from model.errors import ModelError
from server.commands import (
    concepts,
    evaluate,
    gallery,
    info,
    listen,
    probe,
    pull,
    region,
    search,
    serve,
    synth,
    train,
)
from server.errors import ServerError
from tiles.errors import TilesError

USAGE_ERROR = 2

app = typer.Typer(
    name="earshot",
    help="Hear any place on Earth: a satellite image in, its soundscape out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
# Southern and western coordinates begin with a minus: without this they would be taken for options.
app.command("listen", context_settings={"ignore_unknown_options": True})(listen.listen)
app.command("search")(search.search)
app.command("synth")(synth.synth)
app.command("pull")(pull.pull)
app.command("info")(info.info)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("probe")(probe.probe)
app.command("concepts")(concepts.concepts)
app.add_typer(gallery.app, name="gallery")
app.add_typer(region.app, name="region")


def main() -> None:
    """Run the command line; whatever is refused is told in one line on stderr, with exit code 2."""
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except typer.Abort:
        _fail("stopped", 130)
    except (ServerError, ModelError, TilesError) as error:
        _fail(str(error), USAGE_ERROR)
    except typer.TyperException as error:
        _fail(error.format_message(), error.exit_code)


def _fail(message: str, code: int) -> None:
    if message:  # empty where the help was printed instead
        typer.echo(f"earshot: {' '.join(message.split())}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
