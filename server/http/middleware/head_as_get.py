"""HEAD, answered as GET is."""

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Answers HEAD as GET without the body, for every route."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a HEAD on as a GET and drop what follows the headers."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return self.app(scope, receive, send)

        asked = {**scope, "method": "GET"}

        def send_without_body(message: Message) -> Awaitable[None]:
            if "route" in asked:
                scope["route"] = asked["route"]  # whoever counts answers by route looks for it there
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            return send(message)

        return self.app(asked, receive, send_without_body)
