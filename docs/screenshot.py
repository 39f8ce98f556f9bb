"""Takes the README's picture of the page a running server shows: `python docs/screenshot.py http://127.0.0.1:8000`."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

SOUND = "birds in a forest"
TARGET = Path(__file__).with_name("screenshot.png")
COLOURS = 256


def main(address: str) -> None:
    """Search the island, which must be listened to already, wait until it glows, and keep what is to be seen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address, wait_until="networkidle")
        page.fill("#search-text", SOUND)
        page.keyboard.press("Enter")
        page.wait_for_selector(".glow-layer img.leaflet-tile-loaded", state="attached")
        page.locator("#search-text").blur()
        page.wait_for_timeout(3000)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        browser.close()
    # Maximum coverage keeps rare colours, such as the footprint's, that a median cut would lose.
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(TARGET, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
