"""What a search lights up: the glow, to the pixel, and the places that were found, near and far."""

import io
import json
import re

import numpy as np
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from tests.web.steps import (
    CITY,
    GLOW_TILES,
    QUIETEST_RMS,
    SEARCH,
    WAVES,
    brightness,
    glow,
    lands_of,
    pixels_of,
    rms_dbfs,
    search,
    sound_of,
)

WINDOW: ViewportSize = {"width": 720, "height": 480}  # every pixel of which is looked at


def test_a_sound_makes_the_coast_glow_and_another_the_city(shared_page: Page) -> None:
    search(shared_page, CITY)
    colours = glow(shared_page)
    assert brightness(colours, "city", "residential") > 2 * brightness(colours, "ocean")
    answer = search(shared_page, WAVES)
    shared_page.wait_for_function("() => document.querySelectorAll('.glow-layer').length === 1")
    colours = glow(shared_page)
    assert brightness(colours, "beach", "reef", "ocean") > 2 * brightness(colours, "forest", "farmland", "city")
    rows = shared_page.locator(".result")
    assert rows.count() == len(answer["features"]) > 1
    assert shared_page.locator(".badge").count() == rows.count()
    assert shared_page.locator(".legend-numbers span").all_text_contents() == ["50", "75", "100"]


def test_a_sound_less_another_shows_both_sides_and_is_kept_in_the_address(shared_page: Page) -> None:
    alone = glow(shared_page)
    shared_page.get_by_role("button", name="Less like…").click()
    expect(shared_page.locator("#search-minus")).to_be_focused()
    with shared_page.expect_response(SEARCH) as answer:
        shared_page.keyboard.type(CITY)
        shared_page.keyboard.press("Enter")
    assert answer.value.json()["query"]["minus"] == CITY
    expect(shared_page.locator("#results-title")).to_contain_text(f"less like “{CITY}”")
    expect(shared_page.locator(".legend-numbers span").first).to_contain_text("−")
    shared_page.wait_for_function("() => document.querySelectorAll('.glow-layer').length === 1")
    assert brightness(glow(shared_page), "city") > brightness(alone, "city")
    expect(shared_page).to_have_url(
        re.compile(r"#\?q=waves\+crashing\+on\+rocks&minus=heavy\+city\+traffic&checkpoint=\w+$")
    )


def test_the_first_place_found_is_flown_to_and_heard_with_one_press_and_the_list_leads_back(page: Page) -> None:
    page.emulate_media(reduced_motion="no-preference")
    page.reload()
    answer = search(page, WAVES)
    badges = page.locator(".badge").evaluate_all(BADGES_AT)
    page.locator(".result").first.focus()
    expect(page.locator(".badge-pointed")).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page.locator("#card")).to_be_visible()
    best = answer["features"][0]["properties"]["best"]
    expect(page.locator(".coordinates")).to_contain_text(f"{abs(best['lat']):.5f}")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.5")
    expect(page.locator(".listen")).to_have_text("Pause")
    expect(page.locator(".listen")).to_be_focused()
    assert rms_dbfs(sound_of(page)) > QUIETEST_RMS
    expect(page).to_have_url(re.compile(r"#-?[\d.]+,-?[\d.]+,1,14\?q="))
    page.get_by_role("button", name="All ").click()
    expect(page.locator(".result").first).to_be_focused()
    page.wait_for_function(
        f"badges => JSON.stringify(({BADGES_AT})(document.querySelectorAll('.badge'))) === badges",
        arg=json.dumps(badges, separators=(",", ":")),
    )
    page.go_back()
    expect(page.locator("#card")).to_be_visible()
    page.go_back()
    expect(page.locator(".result").first).to_be_visible()
    assert page.locator(".badge").evaluate_all(BADGES_AT) == badges


def test_the_glow_lies_over_the_map_to_the_pixel_and_follows_its_opacity(page: Page) -> None:
    page.set_viewport_size(WINDOW)
    search(page, WAVES)
    page.evaluate(BARE_MAP)
    glowing = glow_at(page, 100)
    dark = glow_at(page, 0)
    tiles = page.locator(GLOW_TILES).evaluate_all(
        "images => images.map(image => ({ url: image.src, ...image.getBoundingClientRect().toJSON() }))"
    )
    apart, water, inland = [], [], []
    for tile in tiles:
        left, top, side = (round(tile[key]) for key in ("left", "top", "width"))
        rgba = np.asarray(Image.open(io.BytesIO(page.request.get(tile["url"]).body())).convert("RGBA"), float)
        assert (side, rgba.shape) == (256, (256, 256, 4))
        seen = np.s_[max(top, 0) : min(top + side, WINDOW["height"]), max(left, 0) : min(left + side, WINDOW["width"])]
        rgba = rgba[seen[0].start - top : seen[0].stop - top, seen[1].start - left : seen[1].stop - left]
        colour, cover = rgba[..., :3], rgba[..., 3:] / 255
        apart.append(np.abs(glowing[seen] - (dark[seen] * (1 - cover) + colour * cover)).max(axis=-1).ravel())
        lands = lands_of(tile["url"])[
            seen[0].start - top : seen[0].stop - top, seen[1].start - left : seen[1].stop - left
        ]
        brighter = (glowing[seen] - dark[seen]).mean(axis=-1)
        drawn = cover[..., 0] > 0
        water.append(brighter[drawn & np.isin(lands, ("beach", "reef", "ocean"))])
        inland.append(brighter[drawn & np.isin(lands, ("forest", "farmland"))])
    assert np.quantile(np.concatenate(apart), 0.999) <= 3  # of 255, in rounding
    assert np.concatenate(water).mean() > max(20, 1.25 * np.concatenate(inland).mean())


def glow_at(page: Page, percent: int) -> np.ndarray:
    """The map (height, width, 3) with the glow at an opacity, once everything on it has come to rest there."""
    page.locator(".legend-opacity input").evaluate(
        "(slider, percent) => { slider.value = percent; slider.dispatchEvent(new Event('input')) }", percent
    )
    page.wait_for_function(MAP_AT_REST, arg=str(percent // 100))
    return pixels_of(page.screenshot()).astype(float)


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


# Where on the window the badges stand.
BADGES_AT = """badges => [...badges].map(badge => {
  const { x, y } = badge.getBoundingClientRect();
  return [Math.round(x), Math.round(y)];
})"""
