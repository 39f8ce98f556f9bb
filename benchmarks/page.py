"""What the page weighs, how soon it can be used, and how smoothly it moves under a glow, in a real Chromium.

Prints one Markdown table. Weight is what the browser is sent for the page itself, compressed, with nothing cached: not
the map's tiles, and not the code of tools that nobody has opened. The page can be used when it answers a click on the
map and its tools can be opened. Frames are counted while the map is dragged to and fro with a search's glow and a
place's patches on it; where Chromium draws without a graphics card, they are what its software manages.
"""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.serving import Serving

CHROMIUM = os.environ.get("EARSHOT_CHROMIUM", "/usr/bin/chromium")
OPENINGS = 5
LIMIT_BYTES = 350_000
LIMIT_SECONDS = 2.0
LIMIT_FPS = 60
CORNER = "0.0,0.8,1.4,1.5"
PLACE = "#1.30290,0.92063,1,12?q=waves"
STROKES = 6
STEPS = 60  # of the pointer in each stroke
OWN = ("/assets/", "/icon.svg")

USABLE = "() => document.querySelector('.tool-button:enabled') && document.querySelector('.leaflet-container')"
COUNT_FRAMES = """() => {
  const times = [];
  const tick = now => { times.push(now); if (!window.done) requestAnimationFrame(tick); };
  window.frames60 = times;
  window.done = false;
  requestAnimationFrame(tick);
}"""


def main() -> None:
    """Open the page a few times, drag its map, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        build_region(Path(folder))
        with Serving(Path(folder)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            weights, seconds = zip(*[opened(browser, server.url) for _ in range(OPENINGS)], strict=True)
            rate, late = dragged(browser, server.url)
            browser.close()
    print("| the page | ours | limit |")
    print("| --- | --: | --: |")
    print(f"| weight of the first view, compressed | {weights[0] / 1e3:.0f} KB | {LIMIT_BYTES / 1e3:.0f} KB |")
    median, worst = statistics.median(seconds), max(seconds)
    used = f"{median:.2f} ({worst:.2f})"
    print(f"| seconds until it can be used, median (worst) of {OPENINGS} | {used} | {LIMIT_SECONDS:.0f} |")
    print(f"| frames a second while dragged under a glow, median | {rate:.0f} | {LIMIT_FPS} |")
    print(f"| frames that came late by more than one | {late:.0%} | |")


def build_region(folder: Path) -> None:
    """Listen to a corner of the island, so that a search glows."""
    where = ["null-island", "--bbox", CORNER, "--zoom", "12", "--imagery", "null-island"]
    environment = {**os.environ, "EARSHOT_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "server.cli", "region", "build", *where, "--json"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def opened(browser: Browser, url: str) -> tuple[int, float]:
    """Bytes that the page took, and seconds until it could be used, with an empty cache."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    own: set[str] = set()
    sizes: list[int] = []

    def note(event: dict[str, object]) -> None:
        response = event["response"]
        assert isinstance(response, dict)
        path = str(response["url"]).removeprefix(url)
        if path == "/" or path.startswith(OWN):
            own.add(str(event["requestId"]))

    def add(event: dict[str, object]) -> None:
        if event["requestId"] in own:
            sizes.append(int(str(event["encodedDataLength"]).split(".")[0]))

    devtools.on("Network.responseReceived", note)
    devtools.on("Network.loadingFinished", add)
    page.goto(url, wait_until="commit")
    page.wait_for_function(USABLE, polling=5)
    ready = float(page.evaluate("performance.now()")) / 1000
    page.wait_for_load_state("networkidle")
    page.close()
    return sum(sizes), ready


def dragged(browser: Browser, url: str) -> tuple[float, float]:
    """Frames a second, and the share of frames that came late by more than one, while the map is dragged."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{url}/{PLACE}")
    page.wait_for_selector(".glow-layer img.leaflet-tile-loaded", state="attached")
    page.locator(".card .concept-chips button").first.click()
    page.wait_for_selector("img.attention-overlay", state="attached")
    page.wait_for_load_state("networkidle")
    page.evaluate(COUNT_FRAMES)
    for stroke in range(STROKES):
        drag(page, 120 if stroke % 2 else -120)
    times = page.evaluate("() => { window.done = true; return window.frames60 }")
    page.close()
    gaps = [after - before for before, after in itertools.pairwise(times)]
    return 1000 / statistics.median(gaps), sum(gap > 2 * 1000 / LIMIT_FPS for gap in gaps) / len(gaps)


def drag(page: Page, by: int) -> None:
    """Drag the map so many pixels aside."""
    page.mouse.move(640, 640)
    page.mouse.down()
    page.mouse.move(640 + by, 640 - by // 2, steps=STEPS)
    page.mouse.up()


if __name__ == "__main__":
    main()
