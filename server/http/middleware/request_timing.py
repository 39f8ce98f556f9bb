"""How long a request took until its answer began: told to the client, and counted for those who watch."""

import time
from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Count = Callable[[Scope, int, float], None]
"""Is told a request's scope, its answer's status, and the seconds until it began."""


class RequestTiming:
    """Says in every answer how long the server took to begin it, in milliseconds, and counts it by the same clock."""

    def __init__(self, app: ASGIApp, count: Count) -> None:
        self.app = app
        self.count = count

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Time a request up to its answer's first message."""
        if scope["type"] != "http":
            return self.app(scope, receive, send)
        begin = time.perf_counter()

        def send_with_timing(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                took = time.perf_counter() - begin
                MutableHeaders(scope=message).append("Server-Timing", f"app;dur={took * 1000:.1f}")
                self.count(scope, message["status"], took)
            return send(message)

        return self.app(scope, receive, send_with_timing)
