"""Which Earshot this is."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def installed_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("earshot")
    except PackageNotFoundError:
        return "0+source"
