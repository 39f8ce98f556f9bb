"""What a search lights up: the glow, to the pixel, its legend, and a region that still grows."""

import io
import json
import re
from typing import Any
from urllib.parse import urljoin

import numpy as np
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.web.conftest import DESKTOP
from tests.web.steps import (
    CENTRE,
    CITY,
    GLOW_TILES,
    HEATMAP_TILES,
    QUIETEST_RMS,
    SEARCH,
    WAVES,
    brightness,
    glow,
    lands_of,
    pixels_of,
    rms_dbfs,
    search,
)

REGIONS = re.compile(r"/regions$")


def region_told(**change: Any) -> str:
    """What /regions may say while Null Island is being built."""
    region = {
        "name": "null-island",
        "title": "Null Island",
        "bounds": [0, 0.8, 1.4, 1.5],
        "zoom": 12,
        "cells": 100,
        "done": 43,
        "failed": 0,
        "state": "building",
        "imagery": "null-island",
        "scale": 1,
        "hash": "early",
        "seconds_left": 25.0,
    }
    return json.dumps({"regions": [region | change]})


def test_a_sound_makes_the_coast_glow_and_the_first_place_is_heard_with_one_click(page: Page, earshot: str) -> None:
    answer = search(page, WAVES)
    colours = glow(page)
    assert brightness(colours, "beach", "reef", "ocean") > 2 * brightness(colours, "forest", "farmland", "city")
    rows = page.locator(".result")
    assert rows.count() == len(answer["features"]) >= 1
    assert page.locator(".badge").count() == rows.count()
    rows.first.click()
    expect(page.locator("#card")).to_be_visible()
    best = answer["features"][0]["properties"]["best"]
    expect(page.locator(".coordinates")).to_contain_text(f"{abs(best['lat']):.5f}")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.5")
    expect(page.locator(".listen")).to_have_text("Pause")
    expect(page.locator(".listen")).to_be_focused()
    sound = page.request.get(urljoin(earshot, str(page.locator("audio").get_attribute("src"))))
    assert rms_dbfs(sound.body()) > QUIETEST_RMS


def test_another_sound_glows_elsewhere(page: Page) -> None:
    search(page, CITY)
    colours = glow(page)
    assert brightness(colours, "city", "residential") > 2 * brightness(colours, "ocean")


def test_the_glow_lies_over_the_map_to_the_pixel_and_follows_its_opacity(page: Page) -> None:
    search(page, WAVES)
    page.evaluate(BARE_MAP)
    glowing = glow_at(page, 100)
    dark = glow_at(page, 0)
    tiles = page.locator(GLOW_TILES).evaluate_all(
        "images => images.map(image => ({ url: image.src, ...image.getBoundingClientRect().toJSON() }))"
    )
    apart, coast, inland = [], [], []
    for tile in tiles:
        left, top, side = (round(tile[key]) for key in ("left", "top", "width"))
        rgba = np.asarray(Image.open(io.BytesIO(page.request.get(tile["url"]).body())).convert("RGBA"), float)
        assert (side, rgba.shape) == (256, (256, 256, 4))
        seen = np.s_[
            max(top, 0) : min(top + side, DESKTOP["height"]), max(left, 0) : min(left + side, DESKTOP["width"])
        ]
        rgba = rgba[seen[0].start - top : seen[0].stop - top, seen[1].start - left : seen[1].stop - left]
        colour, cover = rgba[..., :3], rgba[..., 3:] / 255
        apart.append(np.abs(glowing[seen] - (dark[seen] * (1 - cover) + colour * cover)).max(axis=-1).ravel())
        lands = lands_of(tile["url"])[
            seen[0].start - top : seen[0].stop - top, seen[1].start - left : seen[1].stop - left
        ]
        brighter = (glowing[seen] - dark[seen]).mean(axis=-1)
        drawn = cover[..., 0] > 0
        coast.append(brighter[drawn & np.isin(lands, ("beach", "reef"))])
        inland.append(brighter[drawn & np.isin(lands, ("forest", "farmland"))])
    assert np.quantile(np.concatenate(apart), 0.999) <= 3  # of 255, in rounding
    assert np.concatenate(coast).mean() > max(20, 1.5 * np.concatenate(inland).mean())


def glow_at(page: Page, percent: int) -> np.ndarray:
    """The map (height, width, 3) with the glow at an opacity, once everything on it has come to rest there."""
    page.locator(".legend-opacity input").evaluate(
        "(slider, percent) => { slider.value = percent; slider.dispatchEvent(new Event('input')) }", percent
    )
    page.wait_for_function(MAP_AT_REST, arg=str(percent // 100))
    return pixels_of(page.screenshot()).astype(float)


def test_the_legend_tells_the_colours_in_numbers(page: Page) -> None:
    search(page, WAVES)
    assert page.locator(".legend-numbers span").all_text_contents() == ["50", "75", "100"]
    expect(page.locator(".legend-scale")).to_contain_text("percentile")


def test_a_sound_less_another_shows_both_sides_and_is_kept_in_the_address(page: Page) -> None:
    search(page, WAVES)
    alone = glow(page)
    page.get_by_role("button", name="Less like…").click()
    expect(page.locator("#search-minus")).to_be_focused()
    with page.expect_response(SEARCH) as answer:
        page.keyboard.type(CITY)
        page.keyboard.press("Enter")
    assert answer.value.json()["query"]["minus"] == CITY
    expect(page.locator("#results-title")).to_contain_text(f"less like “{CITY}”")
    expect(page.locator(".legend-numbers span").first).to_contain_text("−")
    page.wait_for_function("() => document.querySelectorAll('.glow-layer').length === 1")
    assert brightness(glow(page), "city") > brightness(alone, "city")
    expect(page).to_have_url(re.compile(r"#\?q=waves\+crashing\+on\+rocks&minus=heavy\+city\+traffic&checkpoint=\w+$"))


def test_a_region_that_is_being_built_says_how_far_it_is_and_lights_up(page: Page) -> None:
    told = [
        region_told(),
        region_told(hash="later", done=80, seconds_left=9.0),
        region_told(hash="all", done=100, state="ready"),
    ]
    asked: list[str] = []

    def tell(route: Route) -> None:
        route.fulfill(content_type="application/json", body=told[0])

    page.route(REGIONS, tell)
    page.reload()
    expect(page.locator("#region")).to_contain_text("Null Island is being listened to: 43%, 25 s left")
    page.mouse.click(*CENTRE)
    expect(page.locator("#card")).to_be_visible()
    search(page, WAVES)
    page.on("request", lambda request: asked.append(request.url) if SEARCH.search(request.url) else None)
    told.pop(0)
    expect(page.locator("#region")).to_contain_text("80%, 9 s left")
    told.pop(0)
    expect(page.locator("#region")).to_be_hidden()
    page.wait_for_function("() => document.querySelectorAll('.glow-layer').length === 1")
    assert len(asked) == 2


def test_a_glow_that_does_not_come_is_told_of_once_and_taken_back_when_it_does(page: Page) -> None:
    words = "Too many questions at once."

    def refuse(route: Route) -> None:
        body = {"type": "about:blank", "title": "Service unavailable", "status": 503, "detail": words}
        headers = {"Content-Type": "application/problem+json", "Retry-After": "1", "Cache-Control": "no-store"}
        route.fulfill(status=503, headers=headers, body=json.dumps(body))

    page.route(HEATMAP_TILES, refuse)
    with page.expect_response(SEARCH):
        page.fill("#search-text", "owls in an old wood")
        page.keyboard.press("Enter")
    told = page.get_by_role("alert").filter(has_text=words)
    expect(told).to_have_count(1)
    expect(page.locator("#legend")).to_be_visible()
    assert page.locator(GLOW_TILES).count() == 0
    page.unroute(HEATMAP_TILES)
    page.get_by_role("button", name="Try again", exact=True).click()
    page.wait_for_selector(GLOW_TILES, state="attached")
    expect(told).to_have_count(0)


# Whether all tiles have come and faded in, the glow stands at an opacity, and the imagery has stepped back behind it.
MAP_AT_REST = """opacity => {
  const is = (parts, value) => [...document.querySelectorAll(parts)].every(p => getComputedStyle(p).opacity === value);
  const missing = document.querySelector('img.leaflet-tile:not(.leaflet-tile-loaded)');
  const moving = document.querySelector('#map').getAnimations({ subtree: true });
  return !missing && moving.length === 0 && is('img.leaflet-tile', '1') && is('.glow-layer', opacity);
}"""


# Takes away what lies over imagery and glow.
BARE_MAP = """() => {
  const over = '.masthead, .tools, .panel, .leaflet-control-container, .leaflet-pane:not(.leaflet-map-pane)';
  for (const part of document.querySelectorAll(over)) {
    if (!part.matches('.leaflet-tile-pane, .leaflet-glow-pane')) part.style.visibility = 'hidden';
  }
}"""
