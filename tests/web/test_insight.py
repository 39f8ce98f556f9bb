"""Why a place sounds as it does: words and concepts that glow, a score taken apart, concepts to explore."""

import io
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.web.steps import BEACH, open_at, pixels_of

OVERLAY = "img.attention-overlay"
GLOW = re.compile(r"/attention\?")
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
def test_patches_that_glow_lie_on_the_imagery_to_one_pixel(page: Page, scale: int) -> None:
    with page.expect_response(re.compile(r"/soundscape\?")) as answer:
        open_at(page, f"#0.95905,0.25310,{scale},15?hide=outlines,footprint")
    chip = page.request.get(answer.value.json()["imagery"]["url"]).body()
    page.route(GLOW_IMAGE, lambda route: route.fulfill(content_type="image/png", body=reddened(chip)))
    page.add_style_tag(content=".pin { display: none }")
    page.locator(".chip").click()
    page.wait_for_function("() => !document.querySelector('img.leaflet-tile:not(.leaflet-tile-loaded)')")
    page.wait_for_timeout(600)  # tiles fade in
    bare = page.screenshot()
    page.locator(".card .concept-chips button").first.click()
    page.wait_for_function(f"() => document.querySelector('{OVERLAY}')?.complete")
    box = page.locator(OVERLAY).bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"], rel=0.02)
    seen = slice(int(box["y"]) + 8, int(box["y"] + box["height"]) - 8), slice(int(box["x"]) + 8, 840)
    page.wait_for_timeout(200)
    drawn = pixels_of(page.screenshot())
    before, after = pixels_of(bare)[seen], drawn[seen]
    assert (after - before)[..., 0].mean() > 20, "the overlay is not seen"
    assert shift_between(np.roll(before, 3, axis=1), after)[1] in (2, 3, 4), "a shift would be noticed"
    down, right = shift_between(before, after)
    assert abs(down) <= 1
    assert abs(right) <= 1


def test_a_word_glows_where_it_is_while_it_is_pointed_at(page: Page) -> None:
    open_at(page, BEACH)
    word = page.locator(".matches .word").filter(has_text=re.compile("^sea$")).first
    with page.expect_response(GLOW) as answer:
        word.hover()
    assert "words=sea" in answer.value.url
    expect(page.locator(OVERLAY)).to_have_count(1)
    expect(page.locator(".chip-glow")).to_be_visible()
    told = answer.value.json()
    west, south, east, north = told["bounds"]
    assert west < told["peak"]["lon"] < east
    assert south < told["peak"]["lat"] < north
    page.mouse.move(640, 400)
    expect(page.locator(OVERLAY)).to_have_count(0)


def test_a_concept_that_is_pressed_goes_on_glowing_until_it_is_pressed_again(page: Page) -> None:
    open_at(page, BEACH)
    chip = page.locator(".card .concept-chips button").first
    chip.focus()
    page.keyboard.press("Enter")
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(page.locator(OVERLAY)).to_have_count(1)
    page.locator(".listen").focus()
    expect(page.locator(OVERLAY)).to_have_count(1)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    page.mouse.move(640, 400)
    page.locator(".listen").focus()
    expect(page.locator(OVERLAY)).to_have_count(0)


def test_why_takes_the_score_apart_into_shares_that_sum_to_it(page: Page) -> None:
    open_at(page, BEACH)
    caption = page.locator(".matches:not(.recordings) > li").first
    caption.get_by_role("button", name="Why this caption?").click()
    shares = caption.locator(".why-rows .score")
    expect(shares.first).to_be_visible()
    total = number(caption.locator(".why-sum strong").text_content())
    parts = [number(text) for text in shares.all_text_contents()]
    assert sum(parts) == pytest.approx(total, abs=0.0005 * (len(parts) + 1))
    assert total == pytest.approx(number(caption.locator("> .score").text_content()), abs=0.006)
    recording = page.locator(".recordings > li").first
    recording.get_by_role("button", name="Why this recording?").click()
    expect(recording.locator(".why-sum strong")).to_be_visible()


def test_a_glow_that_the_server_refuses_is_told_of_and_the_card_goes_on(page: Page) -> None:
    def refuse(route: Route) -> None:
        body = '{"title": "Unknown concept", "detail": "there is none", "status": 404}'
        route.fulfill(status=404, content_type="application/problem+json", body=body)

    open_at(page, BEACH)
    page.route(GLOW, refuse)
    page.locator(".card .concept-chips button").first.click()
    expect(page.locator(".glow-words")).to_contain_text("Unknown concept. there is none")
    page.locator(".scales label").nth(1).click()
    expect(page.locator(".scales input").nth(1)).to_be_checked()


def concept_with_places(page: Page) -> dict[str, Any]:
    """A named concept that the region has places of."""
    for concept in page.request.get("/concepts?limit=1000").json()["concepts"]:
        if concept["name"] and page.request.get(f"/concepts/{concept['id']}").json()["cells"]:
            return dict(concept)
    pytest.fail("no concept has a place")


def test_concepts_are_found_by_name_opened_and_lit_up_on_the_map(page: Page) -> None:
    name = concept_with_places(page)["name"]
    page.get_by_role("button", name="Concepts").click()
    page.get_by_label("Look for a concept by name").fill(name)
    chip = page.locator(".concepts .concept-chips").get_by_text(name, exact=True).first
    chip.click()
    expect(page.locator(".concept-name")).to_have_text(name)
    expect(page).to_have_url(re.compile(r"tool=concepts,\d+"))
    expect(page.locator(".concept-cells li").first).to_be_visible()
    with page.expect_response(re.compile(r"/search\?concept=\d+")) as answer:
        page.get_by_role("button", name="Light up the map with it").click()
    assert answer.value.status == 200
    page.wait_for_selector(".glow-layer img.leaflet-tile-loaded", state="attached")
    expect(page).to_have_url(re.compile(r"#\?concept=\d+"))
    page.go_back()
    page.get_by_role("button", name="All concepts").click()
    expect(chip).to_be_visible()


def test_a_link_to_a_concept_that_is_not_says_so(page: Page) -> None:
    page.goto("/#?tool=concepts,999999")
    page.reload()
    expect(page.locator(".concepts .tool-trouble")).to_be_visible()
    page.get_by_role("button", name="All concepts").click()
    expect(page.locator(".concepts .concept-chips button").first).to_be_visible()
