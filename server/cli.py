"""The `earshot` command: what its commands are called, what can be said to each, and which module does its work."""

import sys

import typer

from model.errors import ModelError
from server.commands.command import Command, command_group
from server.commands.options.gallery import BuildGallery, GalleryInfo, ImportGallery
from server.commands.options.installation import Info, Pull, Serve
from server.commands.options.learning import Concepts, Evaluate, Probe, Train
from server.commands.options.listening import Listen, Search, Synth
from server.commands.options.region import BuildRegion, ExportRegion, ListRegions, RegionInfo
from server.errors import ServerError
from tiles.errors import TilesError

USAGE_ERROR = 2

# Southern and western coordinates begin with a minus: without this they would be taken for options.
NUMBERS_BELOW_ZERO = {"ignore_unknown_options": True}

COMMANDS = {
    "serve": Command(Serve, "server.commands.serve"),
    "listen": Command(Listen, "server.commands.listen", NUMBERS_BELOW_ZERO),
    "search": Command(Search, "server.commands.search"),
    "synth": Command(Synth, "server.commands.synth"),
    "pull": Command(Pull, "server.commands.pull"),
    "info": Command(Info, "server.commands.info"),
    "train": Command(Train, "server.commands.train"),
    "evaluate": Command(Evaluate, "server.commands.evaluate"),
    "probe": Command(Probe, "server.commands.probe"),
    "concepts": Command(Concepts, "server.commands.concepts"),
}
GALLERY_COMMANDS = {
    "build": Command(BuildGallery, "server.commands.gallery_build"),
    "import": Command(ImportGallery, "server.commands.gallery_import"),
    "info": Command(GalleryInfo, "server.commands.gallery_info"),
}
REGION_COMMANDS = {
    "build": Command(BuildRegion, "server.commands.region_build"),
    "list": Command(ListRegions, "server.commands.region_list"),
    "info": Command(RegionInfo, "server.commands.region_info"),
    "export": Command(ExportRegion, "server.commands.region_export"),
}

app = command_group(
    "Hear any place on Earth: a satellite image in, its soundscape out.",
    COMMANDS,
    name="earshot",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(command_group("Captions and recordings a place is told in.", GALLERY_COMMANDS), name="gallery")
app.add_typer(
    command_group("Places embedded once, cell by cell, so that sounds can be searched for.", REGION_COMMANDS),
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
