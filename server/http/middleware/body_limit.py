"""Bodies, bounded whether or not they say how long they are."""

from collections.abc import Awaitable, Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.http.problems import tell_http


class BodyLimit:
    """Refuses a request whose body is, or turns out to be, longer than `max_bytes`; `uploads` allows paths more."""

    def __init__(self, app: ASGIApp, max_bytes: int, uploads: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.uploads = uploads or {}

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer 413 for a length that is announced; count what arrives unannounced."""
        if scope["type"] != "http":
            return self.app(scope, receive, send)
        most = self.uploads.get(scope["path"], self.max_bytes)
        too_large = HTTPException(413, f"A request's body may hold at most {most} bytes.")
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            return tell_http(Request(scope), too_large)(scope, receive, send)
        arrived = 0

        async def receive_bounded() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > most:
                raise too_large
            return message

        return self.app(scope, receive_bounded, send)
