"""Takes the README's picture of the page a running server shows: `python docs/screenshot.py http://127.0.0.1:8000`."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PLACE = "#1.32651,0.93526,1,16"
TARGET = Path(__file__).with_name("screenshot.png")
COLOURS = 256


def main(address: str) -> None:
    """Open the harbour of the capital, wait until everything has been drawn, and keep what is to be seen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}/{PLACE}", wait_until="networkidle")
        page.wait_for_selector("#card:not([hidden])")
        page.wait_for_timeout(3000)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        browser.close()
    # Maximum coverage keeps rare colours, such as the footprint's, that a median cut would lose.
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(TARGET, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
