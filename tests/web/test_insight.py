"""Why a place sounds as it does: words and concepts that glow, a score taken apart, concepts to explore."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from tests.web.conftest import DESKTOP
from tests.web.steps import BEACH, CENTRE, open_at, pixels_of

OVERLAY = "img.attention-overlay"
GLOW = re.compile(r"/attention\?")
WINDOW: ViewportSize = {"width": 1000, "height": 480}
FREE = slice(8, 560)  # columns of it that no panel covers
GLOW_IMAGE = re.compile(r"/attention\.png")


def number(text: str | None) -> float:
    return float((text or "").replace("−", "-"))


def shift_between(one: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    """By how many pixels down and right `other` has to be moved to lie on `one`, by phase correlation."""
    window = np.outer(np.hanning(one.shape[0]), np.hanning(one.shape[1]))
    grey = [np.fft.fft2((picture.mean(axis=2) - picture.mean()) * window) for picture in (one, other)]
    cross = grey[0] * np.conj(grey[1])
    peak = np.unravel_index(np.argmax(np.fft.ifft2(cross / (np.abs(cross) + 1e-9)).real), cross.shape)
    down, right = (int(at) - size if at > size / 2 else int(at) for at, size in zip(peak, cross.shape, strict=True))
    return down, right


def reddened(picture: bytes) -> bytes:
    pixels = pixels_of(picture)
    pixels[..., 0] = np.minimum(pixels[..., 0] + 60, 255)
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("scale", [1, 3, 5])
def test_patches_that_glow_lie_on_the_imagery_to_one_pixel(shared_page: Page, scale: int) -> None:
    shared_page.set_viewport_size(WINDOW)
    with shared_page.expect_response(re.compile(r"/soundscape\?")) as answer:
        open_at(shared_page, f"#0.95905,0.25310,{scale},15?hide=outlines,footprint")
    chip = shared_page.request.get(answer.value.json()["imagery"]["url"]).body()
    shared_page.route(GLOW_IMAGE, lambda route: route.fulfill(content_type="image/png", body=reddened(chip)))
    shared_page.add_style_tag(content=".pin, .masthead, .tools { visibility: hidden }")
    shared_page.locator(".chip").click()
    shared_page.wait_for_function("() => !document.querySelector('img.leaflet-tile:not(.leaflet-tile-loaded)')")
    shared_page.wait_for_timeout(100)  # what has come is drawn
    bare = shared_page.screenshot()
    shared_page.locator(".card .concept-chips button").first.click()
    shared_page.wait_for_function(f"() => document.querySelector('{OVERLAY}')?.complete")
    box = shared_page.locator(OVERLAY).bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"], rel=0.02)
    rows = slice(max(int(box["y"]), 0) + 8, int(min(box["y"] + box["height"], WINDOW["height"])) - 8)
    seen = rows, slice(max(int(box["x"]), 0) + 8, min(int(box["x"] + box["width"]), FREE.stop) - 8)
    shared_page.wait_for_timeout(200)
    drawn = pixels_of(shared_page.screenshot())
    shared_page.unroute(GLOW_IMAGE)
    before, after = pixels_of(bare)[seen], drawn[seen]
    assert (after - before)[..., 0].mean() > 20, "the overlay is not seen"
    assert shift_between(np.roll(before, 3, axis=1), after)[1] in (2, 3, 4), "a shift would be noticed"
    down, right = shift_between(before, after)
    assert abs(down) <= 1
    assert abs(right) <= 1


def test_a_word_glows_where_it_is_while_it_is_pointed_at(shared_page: Page) -> None:
    shared_page.set_viewport_size(DESKTOP)
    shared_page.reload()
    open_at(shared_page, BEACH)
    word = shared_page.locator(".matches .word").filter(has_text=re.compile("^sea$")).first
    with shared_page.expect_response(GLOW) as answer:
        word.hover()
    assert "words=sea" in answer.value.url
    expect(shared_page.locator(OVERLAY)).to_have_count(1)
    expect(shared_page.locator(".chip-glow")).to_be_visible()
    told = answer.value.json()
    west, south, east, north = told["bounds"]
    assert west < told["peak"]["lon"] < east
    assert south < told["peak"]["lat"] < north
    shared_page.mouse.move(*CENTRE)
    expect(shared_page.locator(OVERLAY)).to_have_count(0)


def test_a_concept_glows_while_the_keyboard_is_on_it_and_stays_when_it_is_pressed(shared_page: Page) -> None:
    chip = shared_page.locator(".card .concept-chips button").first
    chip.focus()
    shared_page.keyboard.press("Tab")
    shared_page.keyboard.press("Shift+Tab")
    expect(shared_page.locator(OVERLAY)).to_have_count(1)
    shared_page.locator(".listen").focus()
    expect(shared_page.locator(OVERLAY)).to_have_count(0)
    chip.press("Enter")
    expect(chip).to_have_attribute("aria-pressed", "true")
    shared_page.locator(".listen").focus()
    expect(shared_page.locator(OVERLAY)).to_have_count(1)


def test_why_takes_the_score_apart_into_shares_that_sum_to_it(shared_page: Page) -> None:
    caption = shared_page.locator(".matches:not(.recordings) > li").first
    caption.get_by_role("button", name="Why this caption?").click()
    shares = caption.locator(".why-rows .score")
    expect(shares.first).to_be_visible()
    total = number(caption.locator(".why-sum strong").text_content())
    parts = [number(text) for text in shares.all_text_contents()]
    assert sum(parts) == pytest.approx(total, abs=0.0005 * (len(parts) + 1))
    assert total == pytest.approx(number(caption.locator("> .score").text_content()), abs=0.006)


def concept_with_places(page: Page) -> str:
    """The name of a concept that the region has places of."""
    for concept in page.request.get("/concepts?limit=1000").json()["concepts"]:
        if concept["name"] and page.request.get(f"/concepts/{concept['id']}").json()["cells"]:
            return str(concept["name"])
    pytest.fail("no concept has a place")


def test_concepts_are_found_by_name_opened_and_lit_up_on_the_map(shared_page: Page) -> None:
    name = concept_with_places(shared_page)
    shared_page.get_by_role("button", name="Concepts", exact=True).click()
    shared_page.get_by_label("Look for a concept by name").fill(name)
    chip = shared_page.locator(".concepts .concept-chips").get_by_text(name, exact=True).first
    chip.click()
    expect(shared_page.locator(".concept-name")).to_have_text(name)
    expect(shared_page).to_have_url(re.compile(r"tool=concepts,\d+"))
    expect(shared_page.locator(".concept-cells li").first).to_be_visible()
    with shared_page.expect_response(re.compile(r"/search\?concept=\d+")) as answer:
        shared_page.get_by_role("button", name="Light up the map with it").click()
    assert answer.value.status == 200
    shared_page.wait_for_selector(".glow-layer img.leaflet-tile-loaded", state="attached")
    expect(shared_page).to_have_url(re.compile(r"#\?concept=\d+"))
    shared_page.get_by_role("button", name="All concepts").click()
    expect(chip).to_be_visible()
