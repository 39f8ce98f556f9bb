"""What can go wrong in the server room: one base class, one line each."""


class ServerError(Exception):
    """Base of every error the server room raises on purpose."""


class StartError(ServerError):
    """The settings, or something they name, do not allow a start."""


class InvalidInput(ServerError):
    """A field of a request is refused; `field` names it."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail


class NotFound(ServerError):
    """Nothing goes by that id."""


class BuildFailed(ServerError):
    """The process that builds the first region ended before it was done."""


class EngineAbsent(ServerError):
    """An engine is known but not installed here."""


class UnreadableOrder(ServerError):
    """What was written down of a sound makes no order here: it is damaged, or of another version."""


class JobEnded(ServerError):
    """A job ended without a sound: it was cancelled."""


class Unavailable(ServerError):
    """The server cannot answer now but will later; `retry_after` says when to try again (seconds)."""

    def __init__(self, detail: str, retry_after: float = 1.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Overloaded(Unavailable):
    """More requests wait than the server is willing to hold."""


class SoundFailed(Unavailable):
    """A sound could not be made; asked for again, it is tried again."""


class NotReady(Unavailable):
    """A part without which nothing can be answered is being loaded, or could not be."""
