"""The notebook's map before a live server: what each of its lines promises."""

import io
import json
from pathlib import Path
from typing import Any

import httpx2
import mercantile
import numpy as np
import pytest
import soundfile
from PIL import Image

from tiles.imagery.null_island import land_cover
from tiles.region import Grid

FOLDER = Path(__file__).parents[2] / "frontend/notebook"
NOTEBOOK = FOLDER / "earshot.ipynb"
BEACH = (0.95905, 0.2531)
QUIETEST_RMS = -50.0  # dBFS
QUERY = "rolling swell and wind far out at sea"


@pytest.fixture
def earshot_map(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module beside the notebook, imported as the notebook does."""
    monkeypatch.syspath_prepend(str(FOLDER))
    import earshot_map

    return earshot_map


@pytest.fixture
def shown(earshot_map: Any, address: str) -> Any:
    return earshot_map.EarshotMap(address)


def code_cells() -> list[dict[str, Any]]:
    return [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]


def click(shown: Any, lat: float, lon: float) -> None:
    """What the browser sends when the map is clicked."""
    event = {"event": "interaction", "type": "click", "coordinates": [lat, lon]}
    shown._handle_custom_msg(event, [])


def playing(shown: Any) -> bytes:
    """The sound in the corner of the map."""
    audio = shown.controls[-1].widget.children[-1]
    assert audio.autoplay
    return bytes(audio.value)


def rms_dbfs(sound: bytes) -> float:
    samples, _ = soundfile.read(io.BytesIO(sound), dtype="float64")
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-12))


def test_the_example_runs_from_top_to_bottom(earshot_map: Any, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_ADDRESS", address)
    names: dict[str, Any] = {}
    for cell in code_cells():
        exec("".join(cell["source"]), names)
    assert names["places"]["features"]
    assert names["soundscape"]["captions"]
    assert names["difference"] in names["m"].layers


def test_the_example_is_kept_without_its_outputs() -> None:
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code_cells())


def test_the_map_shows_the_servers_own_imagery(shown: Any, address: str) -> None:
    base = shown.layers[0]
    assert base.url.startswith(f"{address}/imagery/null-island/")
    assert "Null Island" in base.attribution
    tile = httpx2.get(base.url.format(z=5, x=16, y=15))
    assert tile.headers["content-type"].startswith("image/")


def test_a_heatmap_glows_over_the_sea_and_not_over_the_city(shown: Any, grid: Grid) -> None:
    layer = shown.add_heatmap(QUERY)
    assert layer in shown.layers
    assert glow_over("ocean", layer.url, grid) > 0.5
    assert glow_over("city", layer.url, grid) == 0


def test_a_difference_glows_otherwise_than_its_query_alone(shown: Any, grid: Grid) -> None:
    alone, difference = shown.add_heatmap(QUERY), shown.add_heatmap(QUERY, minus="a busy street")
    assert alone.url != difference.url
    assert glow_over("city", alone.url, grid) < glow_over("city", difference.url, grid)


def glow_over(land: str, url: str, grid: Grid) -> float:
    """How strongly the map is covered (0 to 1) over the first cell whose centre is such land."""
    cells = grid.cells
    first = np.flatnonzero(land_cover(cells.lat, cells.lon) == land)[0]
    x, y, z = mercantile.tile(cells.lon[first], cells.lat[first], grid.zoom)
    tile = httpx2.get(url.format(x=x, y=y, z=z)).raise_for_status()
    return float(np.asarray(Image.open(io.BytesIO(tile.content)).convert("RGBA"))[..., 3].mean() / 255)


def test_places_are_numbered_and_a_click_on_a_number_plays_the_best_cell(shown: Any) -> None:
    found = shown.add_places(QUERY, limit=3)
    markers = shown.layers[-1].layers
    assert 1 <= len(markers) == len(found["features"]) <= 3
    assert markers[0].title.startswith("1: percentile ")
    markers[0]._handle_mouse_events(None, {"type": "click"}, [])
    best = found["features"][0]["properties"]["best"]
    assert shown.soundscape["point"] == pytest.approx({"lat": best["lat"], "lon": best["lon"]}, abs=1e-5)
    assert rms_dbfs(playing(shown)) > QUIETEST_RMS


def test_a_click_on_the_map_is_heard_once_it_is_listened_for(shown: Any) -> None:
    click(shown, *BEACH)
    assert shown.soundscape is None
    shown.listen_on_click()
    shown.listen_on_click()
    controls = len(shown.controls)
    click(shown, *BEACH)
    click(shown, BEACH[0], BEACH[1] + 360)
    assert len(shown.controls) == controls + 1
    assert shown.soundscape["point"] == pytest.approx({"lat": BEACH[0], "lon": BEACH[1]})
    assert shown.soundscape["captions"][0]["text"] in shown.controls[-1].widget.children[0].value
    assert rms_dbfs(playing(shown)) > QUIETEST_RMS


def test_a_click_where_nothing_can_be_heard_says_why_beside_the_map(shown: Any) -> None:
    shown.listen_on_click()
    click(shown, 48.85, 2.35)
    assert "No imagery here" in shown.controls[-1].widget.children[0].value


def test_a_refusal_is_told_in_the_servers_words(shown: Any, earshot_map: Any, address: str) -> None:
    with pytest.raises(earshot_map.EarshotProblem, match="Invalid input: lat"):
        shown.listen(95, 0)
    with pytest.raises(earshot_map.EarshotProblem, match="q"):
        shown.add_heatmap("")
    with pytest.raises(earshot_map.EarshotProblem, match=r"no-such.*null-island"):
        earshot_map.EarshotMap(address, imagery="no-such")


def test_the_notebook_speaks_to_the_server_by_http_alone() -> None:
    sources = [path.read_text() for path in FOLDER.glob("*.py")] + ["".join(cell["source"]) for cell in code_cells()]
    assert not [room for room in ("model", "tiles", "server") for text in sources if f"from {room}" in text]
