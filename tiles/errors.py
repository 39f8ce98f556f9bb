"""What can go wrong in the tiles room: one base class, one line each."""


class TilesError(Exception):
    """Base of every error the tiles room raises on purpose."""


class InvalidPoint(TilesError):
    """A latitude, longitude, GSD or size that is not finite or not on Earth."""


class UnknownImagery(TilesError):
    """No imagery source goes by that name."""


class NoImagery(TilesError):
    """The source has no imagery at that point or tile."""


class ImageryUnavailable(TilesError):
    """The source could not be reached or did not answer properly; `retry_after` says when to try again (seconds)."""

    def __init__(self, message: str, retry_after: float = 30.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class InvalidRaster(TilesError):
    """A raster file cannot be read as imagery."""


class CacheUnusable(TilesError):
    """The tile cache's folder cannot be written to."""
