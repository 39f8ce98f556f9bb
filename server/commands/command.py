"""A command is told apart from its work: its options are known at once, its work is imported when it is invoked.

So help, refusals and a shell's completion come at once, whatever the work itself has to load.
"""

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer


class Command(NamedTuple):
    """What can be said to a command, a dataclass that says in its docstring what it does; and who does it.

    The work is the function `run` of a module, which is handed the options.
    """

    options: type
    work: str
    context: Mapping[str, Any] | None = None


def command_group(help: str, commands: Mapping[str, Command], **settings: Any) -> typer.Typer:
    """A group of commands by name."""
    group = typer.Typer(help=help, no_args_is_help=True, **settings)
    for name, command in commands.items():
        context = dict(command.context or {})
        group.command(name, help=inspect.getdoc(command.options), context_settings=context)(_run(command))
    return group


def _run(command: Command) -> Callable[..., None]:
    """The function that Typer reads the options off, and calls with them."""

    def run(**values: Any) -> None:
        import_module(command.work).run(command.options(**values))

    run.__signature__ = inspect.signature(command.options)  # type: ignore[attr-defined]
    return run
