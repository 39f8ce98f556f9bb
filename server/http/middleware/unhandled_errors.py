"""What no exception handler took becomes an answer like any other."""

from collections.abc import Awaitable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.http.problems import tell


class UnhandledErrors:
    """Answers 500 here, within what writes headers and counts: the framework's own place for it is outside of them.

    The exception goes on afterwards, as the framework does it: to the server's log, and to a test that wants it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer for it where nothing has been answered when an exception comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        def send_and_note(message: Message) -> Awaitable[None]:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            return send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:
            if not begun:
                await tell(Request(scope), error)(scope, receive, send)
            raise
