"""Groups of commands that are known by name and help alone, each imported once it is asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command


class Command(NamedTuple):
    """A command as its group's help lists it, and the module that holds it as `app`."""

    module: str
    help: str


def lazy_group(help: str, commands: Mapping[str, Command], **options: Any) -> typer.Typer:
    """A group whose commands are imported when one is invoked or asked for its own help."""

    class LazyGroup(TyperGroup):
        def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
            name, found, rest = super().resolve_command(ctx, args)
            command = commands.get(name or "")
            return name, get_command(import_module(command.module).app) if command else found, rest

    app = typer.Typer(cls=LazyGroup, help=help, no_args_is_help=True, **options)
    for name, command in commands.items():
        app.command(name, help=command.help)(_stand_in)
    return app


def _stand_in() -> None:
    """What a group lists in the place of a command that is not imported."""
