"""`earshot serve`: the page and the HTTP interface."""

import contextlib
import os
import socket

import typer
import uvicorn

from server.commands.options.installation import Serve
from server.errors import StartError
from server.settings import Settings, load_settings

BACKLOG = 2048


def run(options: Serve) -> None:
    """Serve as the options and the environment say."""
    settings = load_settings(
        host=options.host,
        port=options.port,
        imagery=options.imagery or None,
        checkpoint=options.checkpoint,
        gallery=options.gallery or None,
        precision=options.precision,
        data_dir=options.data_dir,
        online=options.online,
    )
    serve(settings)


def serve(settings: Settings) -> None:
    """Serve until interrupted.

    Raises:
        StartError: The address is taken, or the model, the gallery or an imagery source cannot be loaded.
    """
    listener = bind(settings.host, settings.port)
    from server.app import create_app  # heavy: an address that is taken is told before it is loaded

    failures: list[Exception] = []

    def stop(failure: Exception) -> None:
        failures.append(failure)
        server.should_exit = True

    config = uvicorn.Config(
        create_app(settings, on_start_failure=stop),
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    address, port = listener.getsockname()[:2]
    typer.echo(f"Earshot is at http://{f'[{address}]' if ':' in address else address}:{port}")
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again once it has shut down in order
        server.run(sockets=[listener])
    if failures:
        raise failures[0]


def bind(host: str, port: int) -> socket.socket:
    """Open the listening socket before anything heavy is loaded.

    Raises:
        StartError: The address is taken, unknown or not allowed.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        # Connections inherit it. asyncio sets it only where the protocol is named, and without it the end of an
        # answer waits up to 40 ms for the client to acknowledge the beginning.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise StartError(f"cannot listen on {host}:{port}: {reason}") from error
