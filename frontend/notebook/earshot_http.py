"""What a notebook asks an Earshot server, over HTTP alone."""

import time
from typing import Any

import httpx2

PATIENCE = 120.0
"""Seconds to wait for a sound that is still being rendered."""

TIMEOUT = 60.0
"""Seconds to wait for any one answer."""


class EarshotProblem(Exception):
    """The server refused, in its own words."""


class EarshotServer:
    """An Earshot server somewhere.

    Raises (every method):
        EarshotProblem: The server refused; the message is its own.
        httpx2.HTTPError: It could not be reached.
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def capabilities(self) -> dict[str, Any]:
        """What the server can do, and with what."""
        return self._json("/capabilities")

    def soundscape(self, lat: float, lon: float, **options: object) -> dict[str, Any]:
        """What a place sounds like; options such as scale, imagery, month and hour."""
        return self._json("/soundscape", lat=lat, lon=lon, **options)

    def search(self, q: str, **options: object) -> dict[str, Any]:
        """The places that sound like words, as GeoJSON, best first; options such as minus, region, limit and bbox."""
        return self._json("/search", q=q, **options)

    def tilejson(self, q: str, **options: object) -> dict[str, Any]:
        """The heatmap of words as TileJSON; options such as minus, region, colormap and rescale."""
        return self._json("/heatmap/tilejson.json", q=q, **options)

    def sound(self, url: str) -> bytes:
        """A sound as Ogg Vorbis, waited for while it is being rendered."""
        deadline = time.monotonic() + PATIENCE
        while (response := self._get(url, headers={"Accept": "audio/ogg"})).status_code == httpx2.codes.ACCEPTED:
            if time.monotonic() > deadline:
                raise EarshotProblem(f"The sound was not rendered within {PATIENCE:.0f} s.")
            time.sleep(float(response.headers.get("Retry-After", "1")))
        return response.content

    def absolute(self, url: str) -> str:
        """A URL of the server's, with its host."""
        return f"{self.address}{url}" if url.startswith("/") else url

    def _json(self, path: str, **parameters: object) -> dict[str, Any]:
        given = {name: value for name, value in parameters.items() if value is not None}
        answer: dict[str, Any] = self._get(path, params=given).json()
        return answer

    def _get(self, url: str, **options: Any) -> httpx2.Response:
        response = httpx2.get(self.absolute(url), timeout=TIMEOUT, **options)
        if response.is_error:
            raise EarshotProblem(_words(response))
        return response


def _words(response: httpx2.Response) -> str:
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return f"The server answered {response.status_code} without saying why."
    problem = response.json()
    return f"{problem['title']}: {problem['detail']}"
