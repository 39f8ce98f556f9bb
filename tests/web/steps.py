"""What tests do on the page again and again, and what they look at."""

import io
import re
from typing import Any

import mercantile
import numpy as np
import soundfile
from PIL import Image
from playwright.sync_api import Page, expect

from tiles.imagery.null_island import land_cover

BEACH = "#0.95905,0.25310,1,15"
CENTRE = (642, 320)  # of the part of the map that the panels leave free
QUIETEST_RMS = -50.0  # dBFS
ANSWER = re.compile(r"/soundscape\?")
WAVES = "waves crashing on rocks"
CITY = "heavy city traffic"
SEARCH = re.compile(r"/search(\?|$)")
GLOW_TILES = ".glow-layer img.leaflet-tile-loaded"


def open_at(page: Page, permalink: str) -> None:
    """Write a permalink into the address and wait for the card of its place."""
    page.evaluate("hash => { location.hash = hash }", permalink)
    expect(page.locator("#card")).to_be_visible()


def play_and_hear(page: Page) -> None:
    """Press the button that listens, and wait until the sound has begun."""
    page.locator(".listen").click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.3")
    expect(page.locator(".listen")).to_have_text("Pause")


def sound_of(page: Page) -> bytes:
    """The file that the audio element plays."""
    answer = page.request.get(str(page.locator("audio").get_attribute("src")))
    assert answer.headers["content-type"].startswith("audio/")
    return answer.body()


def pixels_of(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=np.float64)


def rms_dbfs(sound: bytes) -> float:
    samples, _ = soundfile.read(io.BytesIO(sound), dtype="float64")
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-12))


def is_painted(page: Page, selector: str) -> bool:
    """Whether an image has arrived and is more than one flat colour."""
    painted = page.wait_for_function(
        "selector => { const i = document.querySelector(selector); return i && i.complete && i.naturalWidth }",
        arg=selector,
    )
    return bool(painted) and float(pixels_of(page.locator(selector).screenshot()).std()) > 2


# Texts whose contrast with the colour behind them lies below 4.5 (WCAG 2.2, 1.4.3).
FAINT_TEXTS = """() => {
  const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = rgb => rgb.slice(0, 3).map(v => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const ground = node => {
    for (; node; node = node.parentElement) {
      const colour = numbers(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.9) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll('.masthead *, .panel *, .leaflet-control-attribution')) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest('.visually-hidden')) continue;
    const [a, b] = [light(numbers(getComputedStyle(node).color)), light(ground(node))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(`${node.textContent.trim()}: ${contrast.toFixed(2)}`);
  }
  return faint;
}"""


def search(page: Page, words: str) -> Any:
    """Type a query, send it, and wait until the map glows."""
    with page.expect_response(SEARCH) as answer:
        page.fill("#search-text", words)
        page.keyboard.press("Enter")
    page.wait_for_selector(GLOW_TILES, state="attached")
    expect(page.locator("#legend")).to_be_visible()
    return answer.value.json()


def glow(page: Page) -> dict[str, list[np.ndarray]]:
    """The colours (RGBA) of the map's glow over each kind of land in the region, read from the tiles it has loaded."""
    page.wait_for_function("() => !document.querySelector('.glow-layer img:not(.leaflet-tile-loaded)')")
    tiles = page.locator(GLOW_TILES).evaluate_all("images => images.map(image => image.src)")
    west, south, east, north = page.request.get("/regions").json()["regions"][0]["bounds"]
    colours: dict[str, list[np.ndarray]] = {}
    for url in tiles:
        z, x, y = (int(part) for part in re.search(r"/heatmap/(\d+)/(\d+)/(\d+)\.", url).groups())  # type: ignore[union-attr]
        pixels = np.asarray(Image.open(io.BytesIO(page.request.get(url).body())).convert("RGBA"), float)
        box = mercantile.bounds(x, y, z)
        lon = np.linspace(box.west, box.east, 64, endpoint=False)
        lat = np.linspace(box.north, box.south, 64, endpoint=False)
        lats, lons = np.meshgrid(lat, lon, indexing="ij")  # (64, 64)
        inside = (south < lats) & (lats < north) & (west < lons) & (lons < east)
        lands = land_cover(lats, lons)
        sampled = pixels[::4, ::4]  # (64, 64, 4)
        for land in np.unique(lands[inside]):
            colours.setdefault(str(land), []).append(sampled[inside & (lands == land)])
    return colours


def brightness(colours: dict[str, list[np.ndarray]], *lands: str) -> float:
    """How bright the glow is over some kinds of land, 0 to 1, its transparency counted as darkness."""
    drawn = np.concatenate([part for land in lands for part in colours.get(land, [])])
    return float((drawn[:, :3].mean(axis=1) * drawn[:, 3] / 255 / 255).mean()) if len(drawn) else 0.0


def lands_of(url: str) -> np.ndarray:
    """The kind of land (256, 256) at each pixel of a tile."""
    z, x, y = (int(part) for part in re.search(r"/heatmap/(\d+)/(\d+)/(\d+)\.", url).groups())  # type: ignore[union-attr]
    box = mercantile.bounds(x, y, z)
    middles = (np.arange(256) + 0.5) / 256
    lats, lons = np.meshgrid(
        box.north + (box.south - box.north) * middles, box.west + (box.east - box.west) * middles, indexing="ij"
    )
    return land_cover(lats, lons)
