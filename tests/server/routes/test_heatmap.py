"""Maps of a small Null Island: colours decode to scores, caches are told the truth, other people's clients work."""

import asyncio
import io
import re
import socket
import threading
import time

import numpy as np
import pytest
import rasterio
import uvicorn
from PIL import Image
from rasterio.io import MemoryFile

from server.app import create_app
from tiles.scores.ramp import Ramp

FOR_EVER = "public, max-age=31536000, immutable"
WAVES = "q=waves+crashing+on+rocks"


@pytest.fixture
def region(searching):
    return searching.app.state.service.earshot.regions.get("null-island")


def pixels(answer):
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def decode(rgba, ramp):
    """Values of colours (h, w, 4); NaN where nothing is drawn in a colour of the ramp."""
    places = np.array([1 << 16, 1 << 8, 1])
    known, seen = ramp.colours[:, :3] @ places, rgba[..., :3] @ places
    order = np.argsort(known)
    found = order[np.clip(np.searchsorted(known[order], seen), 0, len(known) - 1)]
    return np.where(known[found] == seen, ramp.values[found], np.nan)


def bands(searching, query):
    """Cosine and percentile of every cell (rows, columns), from the raster of the same query."""
    answer = searching.get(f"/heatmap.tif?{query}")
    assert answer.status_code == 200, answer.text
    with MemoryFile(answer.content) as memory, memory.open() as file:
        return file.read(1), file.read(2)


@pytest.mark.parametrize("format", ["png", "webp"])
@pytest.mark.parametrize(
    ("more", "ramp", "band"),
    [
        ("", Ramp("magma", 50, 100, 0.8), 1),
        ("&rescale=0,100&colormap=viridis", Ramp("viridis", 0, 100, 0.8), 1),
        ("&by=cosine&rescale=-1,1&opacity=1", Ramp("magma", -1, 1), 0),
        ("&minus=traffic", Ramp("puor_r", -50, 50, 0.8), 1),
        ("&minus=traffic&by=cosine&rescale=-2,2&colormap=rdbu_r", Ramp("rdbu_r", -2, 2, 0.8), 0),
    ],
)
def test_a_tiles_colours_decode_to_the_scores_within_a_step(searching, region, format, more, ramp, band):
    grid = region.grid
    scores = np.clip(bands(searching, f"{WAVES}{more}")[band], ramp.low, ramp.high)
    for row, column in ((0, 0), (3, 4), (grid.rows - 1, grid.columns - 1)):
        x, y = grid.west + column, grid.north + row
        drawn = decode(pixels(searching.get(f"/heatmap/{grid.zoom}/{x}/{y}.{format}?{WAVES}{more}")), ramp)
        assert drawn.shape == (256, 256)
        np.testing.assert_allclose(drawn, scores[row, column], atol=ramp.step)


def test_the_raster_holds_what_the_region_scores(searching, region):
    cosine, percentile = bands(searching, WAVES)
    np.testing.assert_allclose(percentile[region.grid.wanted], region.percentile(cosine[region.grid.wanted]), atol=1e-3)
    answer = searching.get(f"/heatmap.tif?{WAVES}")
    assert answer.headers["content-type"].startswith("image/tiff")
    part = searching.get(f"/heatmap.tif?{WAVES}", headers={"Range": "bytes=0-99"})
    assert part.status_code == 206
    assert part.content == answer.content[:100]
    assert part.headers["content-range"] == f"bytes 0-99/{len(answer.content)}"
    with MemoryFile(answer.content) as memory, memory.open() as file:
        assert file.descriptions == ("cosine", "percentile")
        assert file.tags()["REGION"] == "null-island"


@pytest.mark.parametrize("tile", ["0/0/0", "10/0/0", "24/0/0", "24/16777215/16777215", "3/7/7"])
def test_beyond_the_region_a_tile_is_transparent(searching, tile):
    rgba = pixels(searching.get(f"/heatmap/{tile}.png?{WAVES}"))
    assert rgba.shape == (256, 256, 4)
    assert (rgba[..., 3] > 0).sum() <= 16


def test_the_brightest_cell_is_seen_from_afar_when_maxima_are_pooled(searching, region):
    _, percentile = bands(searching, WAVES)
    ramp = Ramp("magma", 0, 100, 1)
    shown = {
        pool: decode(pixels(searching.get(f"/heatmap/0/0/0.png?{WAVES}&rescale=0,100&opacity=1&pool={pool}")), ramp)
        for pool in ("mean", "max")
    }
    assert np.nanmax(shown["max"]) == pytest.approx(np.nanmax(percentile), abs=ramp.step)
    assert np.nanmax(shown["mean"][100:156, 100:156]) <= np.nanmax(shown["max"])


def test_a_map_is_described_for_every_client(searching, region):
    described = searching.get(f"/heatmap/tilejson.json?{WAVES}", headers={"Host": "earshot.example:1234"}).json()
    assert described["tilejson"] == "3.0.0"
    assert described["scheme"] == "xyz"
    assert described["bounds"] == pytest.approx(region.grid.bounds)
    assert described["minzoom"] == 0 < described["maxzoom"] <= 24
    assert described["attribution"] == region.attribution
    west, south, east, north = described["bounds"]
    assert west < described["center"][0] < east
    assert south < described["center"][1] < north
    (template,) = described["tiles"]
    assert template.startswith("http://earshot.example:1234/heatmap/{z}/{x}/{y}.png?")
    assert f"v={region.hash}" in template


def test_a_tile_that_names_the_regions_state_is_kept_for_ever(searching, region):
    (template,) = searching.get(f"/heatmap/tilejson.json?{WAVES}").json()["tiles"]
    url = re.sub(r"^http://[^/]*", "", template).format(z=8, x=127, y=127)
    first = searching.get(url)
    assert first.headers["cache-control"] == FOR_EVER
    again = searching.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = searching.get(url.replace("127.png", "128.png"))
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("v", ["", "&v=0123456789abcdef"])
def test_a_tile_that_names_no_state_or_another_is_asked_for_again(searching, v):
    answer = searching.get(f"/heatmap/8/127/127.png?{WAVES}{v}")
    assert answer.headers["cache-control"] == "no-cache"
    etag = {"If-None-Match": answer.headers["etag"]}
    assert searching.get(f"/heatmap/8/127/127.png?{WAVES}{v}", headers=etag).status_code == 304


def test_what_is_drawn_otherwise_is_tagged_otherwise(searching):
    ways = ("", "&by=cosine", "&colormap=viridis", "&opacity=0.5", "&rescale=0,100", "&pool=max", "&minus=wind")
    tags = {searching.get(f"/heatmap/8/127/127.png?{WAVES}{way}").headers["etag"] for way in ways}
    tags.add(searching.get("/heatmap/8/127/127.png?q=wind").headers["etag"])
    tags.add(searching.get(f"/heatmap/8/127/127.webp?{WAVES}").headers["etag"])
    assert len(tags) == len(ways) + 2


def test_a_legend_says_what_the_colours_stand_for(searching):
    legend = searching.get(f"/heatmap/legend?{WAVES}", headers={"Accept": "application/json"}).json()
    assert (legend["by"], legend["rescale"], legend["difference"]) == ("percentile", [50, 100], False)
    assert legend["stops"][0]["value"] == 50
    assert legend["stops"][-1]["value"] == 100
    colours = Ramp("magma", 50, 100, legend["opacity"])
    assert legend["stops"][-1]["colour"] == "#" + bytes(colours.colours[-1, :3]).hex()
    compared = searching.get(f"/heatmap/legend?{WAVES}&minus=wind", headers={"Accept": "application/json"}).json()
    assert compared["difference"] is True
    assert compared["rescale"][0] == -compared["rescale"][1]


def test_a_legend_can_be_a_picture(searching):
    answer = searching.get(f"/heatmap/legend?{WAVES}", headers={"Accept": "image/png"})
    assert answer.headers["content-type"] == "image/png"
    assert "Accept" in answer.headers["vary"]
    rgba = pixels(answer)
    np.testing.assert_array_equal(rgba[0, [0, -1], :3], Ramp("magma", 50, 100).colours[[0, -1], :3])


BAD = [
    ("/heatmap/3/1/1.png", "q"),
    ("/heatmap/3/1/1.png?q=", "q"),
    (f"/heatmap/3/1/1.png?q={'x' * 1001}", "q"),
    ("/heatmap/3/1/1.png?query=zz", "query"),
    ("/heatmap/3/1/1.png?query=ffffffffffffffffffffffffffffffff", "query"),
    ("/heatmap/3/1/1.png?q=a&region=atlantis", "region"),
    ("/heatmap/3/1/1.png?q=a&condition=1-99", "condition"),
    ("/heatmap/3/1/1.png?q=a&condition=7-14", "condition"),
    ("/heatmap/3/1/1.png?q=a&colormap=jet", "colormap"),
    ("/heatmap/3/1/1.png?q=a&colormap=rdbu_r", "colormap"),
    ("/heatmap/3/1/1.png?q=a&minus=b&colormap=magma", "colormap"),
    ("/heatmap/3/1/1.png?q=a&rescale=1", "rescale"),
    ("/heatmap/3/1/1.png?q=a&rescale=2,1", "rescale"),
    ("/heatmap/3/1/1.png?q=a&rescale=nan,1", "rescale"),
    ("/heatmap/3/1/1.png?q=a&rescale=0,inf", "rescale"),
    ("/heatmap/3/1/1.png?q=a&minus=b&rescale=-1,2", "rescale"),
    ("/heatmap/3/1/1.png?q=a&opacity=2", "opacity"),
    ("/heatmap/3/1/1.png?q=a&opacity=nan", "opacity"),
    ("/heatmap/3/1/1.png?q=a&by=fame", "by"),
    ("/heatmap/3/1/1.png?q=a&pool=median", "pool"),
    ("/heatmap/3/1/1.png?q=a&colour=red", "colour"),
    ("/heatmap/3/1/1.jpg?q=a", "format"),
    ("/heatmap/3/8/1.png?q=a", "x"),
    ("/heatmap/3/1/8.png?q=a", "y"),
    ("/heatmap/3/-1/1.png?q=a", "x"),
    ("/heatmap/25/1/1.png?q=a", "z"),
    ("/heatmap/-1/0/0.png?q=a", "z"),
    ("/heatmap/3/99999999999999999999999/1.png?q=a", "x"),
    ("/heatmap/3/1/1e3.png?q=a", "y"),
    ("/heatmap/tilejson.json?q=a&colormap=jet", "colormap"),
    ("/heatmap/legend?q=a&rescale=x,y", "rescale"),
    ("/heatmap.tif?q=", "q"),
]


@pytest.mark.parametrize(("url", "field"), BAD)
def test_a_bad_map_is_a_problem_that_names_its_field(searching, url, field):
    answer = searching.get(url)
    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert field in [part["field"] for part in answer.json()["errors"]], answer.json()


@pytest.fixture(scope="module")
def address(make_settings, small_region):
    """A server on a port of its own, for clients that bring their own HTTP."""
    settings = make_settings()
    small_region(settings.folder("regions"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="error"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        port = listener.getsockname()[1]
        wait_for(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


def wait_for(url):
    import urllib.error
    import urllib.request

    for _ in range(1200):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(url)


TMS = """<GDAL_WMS>
<Service name="TMS"><ServerUrl>{url}</ServerUrl></Service>
<DataWindow><UpperLeftX>-20037508.34</UpperLeftX><UpperLeftY>20037508.34</UpperLeftY><LowerRightX>20037508.34</LowerRightX>
<LowerRightY>-20037508.34</LowerRightY><TileLevel>10</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY>
<YOrigin>top</YOrigin></DataWindow>
<Projection>EPSG:3857</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY><BandsCount>4</BandsCount>
</GDAL_WMS>"""


def test_gdal_opens_the_tiles_and_finds_the_colours_in_their_places(address, searching, region):
    url = f"{address}/heatmap/${{z}}/${{x}}/${{y}}.png?{WAVES}&amp;rescale=0,100"
    _, percentile = bands(searching, WAVES)
    ramp = Ramp("magma", 0, 100, 0.8)
    with rasterio.Env(GDAL_HTTP_TIMEOUT=30), rasterio.open(TMS.format(url=url)) as file:
        assert file.crs.to_epsg() == 3857
        for cell in (0, 27, region.grid.count - 1):
            row, column = region.grid.positions[cell]
            left, top = (region.grid.west + column) * 256, (region.grid.north + row) * 256
            window = rasterio.windows.Window(left + 100, top + 100, 8, 8)
            drawn = decode(np.moveaxis(file.read(window=window), 0, -1), ramp)
            np.testing.assert_allclose(drawn, percentile[row, column], atol=ramp.step)


def test_gdal_opens_the_raster_over_http_in_parts(address, searching):
    cosine, _ = bands(searching, WAVES)
    settings = rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR")
    with settings, rasterio.open(f"/vsicurl/{address}/heatmap.tif?{WAVES}") as file:
        np.testing.assert_array_equal(file.read(1), cosine)
        assert file.descriptions == ("cosine", "percentile")
