"""Takes the README's pictures of the page a running server shows: `python docs/screenshot.py http://127.0.0.1:8000`.

The island must have been listened to. Each picture is a palette of as many colours as fit into its limit.
"""

import io
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).with_name("screenshots")
COLOURS = (256, 128, 64)
LIMIT_BYTES = 300_000
DESKTOP = (1280, 800)
TALL = (1280, 940)  # the card down to the time to listen at
PHONE = (430, 932)
BEACH = "#0.95905,0.25310,1,15"
COAST = "#0.95905,0.25310,3,16"
SOUND = "birds in a forest"


def desktop(page: Page) -> None:
    """A place, its words, its sound and the time to listen at."""
    page.wait_for_selector(".rungs [data-stage='done']")


def phone(page: Page) -> None:
    """The same on a phone, from the sound to the time to listen at."""
    page.wait_for_selector(".rungs [data-stage='done']")
    page.locator(".listen").evaluate("button => button.scrollIntoView({ block: 'start' })")


def heatmap(page: Page) -> None:
    """A sound that lights up where it is heard."""
    page.fill("#search-text", SOUND)
    page.keyboard.press("Enter")
    page.wait_for_selector(".glow-layer img.leaflet-tile-loaded", state="attached")
    page.locator("#search-text").blur()


def attention(page: Page) -> None:
    """The patches of a place that a caption speaks of, and why it came close."""
    page.get_by_role("button", name="Why this caption?").first.click()
    page.get_by_role("button", name="The whole caption").click()
    page.wait_for_selector("img.attention-overlay", state="attached")
    page.locator(".why-rows").first.scroll_into_view_if_needed()


def ambient(page: Page) -> None:
    """The ear on its way along the shore."""
    page.locator("#tools").get_by_role("button", name="Wander").click()
    page.wait_for_selector("#tool-body .wander")
    page.mouse.move(660, 425)
    page.mouse.down()
    page.mouse.move(772, 580, steps=12)
    page.wait_for_selector(".wander[data-state='settled'] .tool-facts:not(:empty)")


PICTURES: dict[str, tuple[tuple[int, int], str, str, Callable[[Page], None]]] = {
    "desktop": (TALL, "light", BEACH, desktop),
    "phone": (PHONE, "light", BEACH, phone),
    "heatmap": (DESKTOP, "light", "", heatmap),
    "attention": (DESKTOP, "dark", COAST, attention),
    "ambient": (DESKTOP, "dark", BEACH, ambient),
}


def main(address: str) -> None:
    """Take every picture, in light or dark, and keep it small."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, ((width, height), scheme, permalink, prepare) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            page.set_default_timeout(120_000)
            page.goto(f"{address}/{permalink}", wait_until="networkidle")
            prepare(page)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(3000)
            (FOLDER / f"{name}.png").write_bytes(small(page.screenshot()))
            page.close()
        browser.close()


def small(picture: bytes) -> bytes:
    """A picture within the limit, in as many colours as it allows."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        buffer = io.BytesIO()
        # Maximum coverage keeps rare colours, such as the footprint's, that a median cut would lose.
        image.quantize(colours, Image.Quantize.MAXCOVERAGE).save(buffer, "PNG", optimize=True)
        if buffer.tell() <= LIMIT_BYTES:
            break
    return buffer.getvalue()


if __name__ == "__main__":
    main(sys.argv[1])
