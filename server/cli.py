"""The `earshot` command: what its commands are called and do. Each is a module, imported when it is asked for."""

import sys

import typer

from model.errors import ModelError
from server.commands.lazy_group import Command, lazy_group
from server.errors import ServerError
from tiles.errors import TilesError

USAGE_ERROR = 2

COMMANDS = {
    "serve": Command(
        "server.commands.serve",
        "Serve the page and the HTTP interface (settings: EARSHOT_* variables, or these options).",
    ),
    "listen": Command(
        "server.commands.listen", "Listen to the place at LAT LON: its captions, its recordings, and a sound file."
    ),
    "search": Command("server.commands.search", "Find the places that sound like TEXT, best first."),
    "synth": Command("server.commands.synth", "Render CAPTION as sound."),
    "pull": Command(
        "server.commands.pull",
        "Fetch published weights from the hub (HF_HOME, HF_ENDPOINT, HF_HUB_OFFLINE and HF_TOKEN are heeded).",
    ),
    "info": Command("server.commands.info", "Say what this installation can do, and with what."),
    "train": Command(
        "server.commands.train", "Train Sat2Sound, or the SoundingEarth baseline; kill it and run it again to go on."
    ),
    "evaluate": Command(
        "server.commands.evaluate",
        "Cross-modal retrieval on paired data, as Sat2Sound's tables report it; or how well attention points.",
    ),
    "probe": Command(
        "server.commands.probe",
        "Probe a checkpoint: fit a linear classifier on its frozen embeddings of a folder of classes, and score it.",
    ),
    "concepts": Command(
        "server.commands.concepts",
        "Group captions by the concepts they share, and name each concept after the entries that weigh it most.",
    ),
}
GALLERY_COMMANDS = {
    "build": Command(
        "server.commands.gallery_build", "Embed a folder's captions and recordings and write them down as a gallery."
    ),
    "import": Command(
        "server.commands.gallery_import",
        "Make a gallery of a published HDF5 file, row by row, for the checkpoint that computed its vectors.",
    ),
    "info": Command(
        "server.commands.gallery_info",
        "Say what a gallery holds and which checkpoint made it, after reading every file through.",
    ),
}
REGION_COMMANDS = {
    "build": Command(
        "server.commands.region_build",
        "Embed a place cell by cell. Stop it at any moment and run it again: it goes on where it was.",
    ),
    "list": Command("server.commands.region_list", "Say which regions there are."),
    "info": Command(
        "server.commands.region_info", "Say what a region holds, how much of it is built, and what failed."
    ),
    "export": Command(
        "server.commands.region_export", "Write a region down for other programs, with a STAC Collection beside it."
    ),
}

app = lazy_group(
    "Hear any place on Earth: a satellite image in, its soundscape out.",
    COMMANDS,
    name="earshot",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(lazy_group("Captions and recordings a place is told in.", GALLERY_COMMANDS), name="gallery")
app.add_typer(
    lazy_group("Places embedded once, cell by cell, so that sounds can be searched for.", REGION_COMMANDS),
    name="region",
)


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
