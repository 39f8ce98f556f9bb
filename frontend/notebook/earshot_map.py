"""A leafmap map that hears: a query's heatmap, its places and click-to-listen, one line each."""

import html
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import httpx2
from earshot_http import EarshotProblem, EarshotServer
from ipyleaflet import GeoJSON, LayerGroup, Marker, TileLayer, WidgetControl
from ipywidgets import HTML, Audio, Layout, VBox
from leafmap import leafmap

WORLD = (-180.0, -85.0, 180.0, 85.0)
TILES_ACROSS = 3
"""How many map tiles lie side by side in a notebook's width."""

AREA_STYLE = {"color": "#ffffff", "weight": 2, "fillOpacity": 0}
AREA_HOVER_STYLE = {"color": "#ffd27a", "weight": 3}
NUMBERED = 20
"""How many of the best places get a marker."""


class EarshotMap(leafmap.Map):  # type: ignore[misc]
    """A map of one imagery source of an Earshot server, by default the server's own choice.

    Other keywords are leafmap's.

    Raises:
        EarshotProblem: The server has no such imagery.
    """

    def __init__(self, address: str = "http://127.0.0.1:8000", imagery: str | None = None, **options: Any) -> None:
        server = EarshotServer(address)
        source = _source(server, imagery)
        bounds = source["bounds"] or WORLD
        base = TileLayer(
            url=server.absolute(source["tiles"]),
            name=source["name"],
            attribution=source["attribution"],
            min_native_zoom=source["min_zoom"],
            max_native_zoom=source["max_zoom"],
            base=True,
        )
        view = {"basemap": base, "center": _centre(bounds), "zoom": _zoom(bounds)}
        super().__init__(**{**view, **options})
        self.server = server
        self.imagery: str = source["name"]
        self.soundscape: dict[str, Any] | None = None
        """What was listened to last."""
        self._words = HTML()
        self._sound: WidgetControl | None = None
        self._is_listening = False

    def add_heatmap(self, q: str, opacity: float = 1.0, **options: object) -> TileLayer:
        """Let the map glow where it sounds like `q`; options such as minus, region, colormap and rescale.

        `opacity` is the layer's, on top of what the tiles let through by themselves.

        Raises:
            EarshotProblem: The server refused.
        """
        tiles = self.server.tilejson(q, **options)
        layer = TileLayer(
            url=self.server.absolute(tiles["tiles"][0]),
            name=f"Sounds like: {q}",
            attribution=tiles.get("attribution", ""),
            opacity=opacity,
            min_native_zoom=tiles["minzoom"],
            max_native_zoom=tiles["maxzoom"],
        )
        self.add(layer)
        self.center, self.zoom = _centre(tiles["bounds"]), _zoom(tiles["bounds"])
        return layer

    def add_places(self, q: str, **options: object) -> dict[str, Any]:
        """Outline and number the places that sound like `q`, and return them as GeoJSON, best first.

        A click on a number listens there. Options such as minus, region, limit, bbox and min_percentile.

        Raises:
            EarshotProblem: The server refused.
        """
        found = self.server.search(q, **options)
        self.add(GeoJSON(data=found, name=f"Places: {q}", style=AREA_STYLE, hover_style=AREA_HOVER_STYLE))
        markers = [self._marker(place["properties"]) for place in found["features"][:NUMBERED]]
        self.add(LayerGroup(layers=markers, name=f"Best of: {q}"))
        return found

    def listen_on_click(self) -> None:
        """Hear every place that is clicked."""
        if not self._is_listening:
            self.on_interaction(self._on_interaction)
        self._is_listening = True

    def listen(self, lat: float, lon: float, **options: object) -> dict[str, Any]:
        """Hear a place: show what it sounds like beside the map, play it, and return its soundscape.

        Raises:
            EarshotProblem: The server refused, as it does where no imagery lies.
        """
        answer = self.server.soundscape(lat, lon, **{"imagery": self.imagery, **options})
        sound = self.server.sound(answer["sound"]["url"])
        captions = "".join(f"<li>{html.escape(caption['text'])}</li>" for caption in answer["captions"][:3])
        self._show(
            f'<b>{lat:.5f}, {lon:.5f}</b><ol style="line-height: 1.35">{captions}</ol>',
            Audio(value=sound, format="ogg", autoplay=True, loop=False),
        )
        self.soundscape = answer
        return answer

    def _marker(self, place: dict[str, Any]) -> Marker:
        best = place["best"]
        words = f"{place['rank']}: percentile {best['percentile']:.1f}, {place['area_km2']:.0f} km²"
        marker = Marker(location=(best["lat"], best["lon"]), title=words, alt=words, draggable=False)
        marker.on_click(partial(self._tell, lambda: self.listen(best["lat"], best["lon"])))
        return marker

    def _on_interaction(self, **event: Any) -> None:
        if event.get("type") == "click":
            lat, lon = event["coordinates"]
            self._tell(lambda: self.listen(lat, (lon + 180) % 360 - 180))

    def _tell(self, listen: Callable[[], object], **_event: object) -> None:
        """Listen; what goes wrong is shown beside the map, since nobody sees an exception behind a click."""
        try:
            listen()
        except (EarshotProblem, httpx2.HTTPError) as error:
            self._show(html.escape(str(error)))

    def _show(self, words: str, *players: Audio) -> None:
        """Put words and a player into the corner of the map in place of those before."""
        if self._sound is not None:
            self.remove(self._sound)
        self._words.value = words
        box = VBox([self._words, *players], layout=Layout(max_width="320px", padding="8px 12px"))
        self._sound = WidgetControl(widget=box, position="topright")
        self.add(self._sound)


def _source(server: EarshotServer, name: str | None) -> dict[str, Any]:
    known = server.capabilities()
    wanted = known["default_imagery"] if name is None else name
    sources: list[dict[str, Any]] = known["imagery"]
    for source in sources:
        if source["name"] == wanted:
            return source
    raise EarshotProblem(f"No imagery {wanted}: this server has {', '.join(source['name'] for source in sources)}.")


def _centre(bounds: Sequence[float]) -> tuple[float, float]:
    west, south, east, north = bounds
    return (south + north) / 2, (west + east) / 2


def _zoom(bounds: Sequence[float]) -> int:
    """The closest zoom at which all of the bounds can be seen."""
    west, south, east, north = bounds
    return max(1, math.floor(math.log2(TILES_ACROSS * 360 / max(east - west, north - south))))
