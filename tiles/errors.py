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


class UnknownRegion(TilesError):
    """No region, and no place to build one over, goes by that name."""


class InvalidRegion(TilesError):
    """A box, polygon, zoom or name that no region can be built from; the message begins with the field's name."""


class RegionMismatch(TilesError):
    """A region was made by another checkpoint, or is being built from something else than before."""


class RegionUnreadable(TilesError):
    """There is no region at that place, or what is there is not one."""


class InvalidHeatmap(TilesError):
    """A colour ramp, range or mode that no heatmap can be drawn with; the message begins with the field's name."""
