"""The search as a person does it: name a sound, see the map glow, choose a place and hear it; or bring a recording."""

import io
import json
import re
from typing import Any
from urllib.parse import urljoin

import mercantile
import numpy as np
import pytest
import soundfile
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.web.conftest import DESKTOP
from tests.web.test_page import CENTRE, FAINT_TEXTS, QUIETEST_RMS, pixels_of, rms_dbfs
from tiles.imagery.null_island import land_cover

WAVES = "waves crashing on rocks"
CITY = "heavy city traffic"
SEARCH = re.compile(r"/search(\?|$)")
HEATMAP_TILES = re.compile(r"/heatmap/\d+/\d+/\d+\.")
REGIONS = re.compile(r"/regions$")
GLOW_TILES = ".glow-layer img.leaflet-tile-loaded"
RATE = 22_050


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


def recording() -> bytes:
    """Five seconds of something like surf: noise that swells and ebbs."""
    time = np.arange(5 * RATE) / RATE
    noise = np.random.default_rng(0).normal(0, 0.2, len(time)) * (0.6 + 0.4 * np.sin(2 * np.pi * time / 4))
    buffer = io.BytesIO()
    soundfile.write(buffer, noise, RATE, format="WAV")
    return buffer.getvalue()


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


def lands_of(url: str) -> np.ndarray:
    """The kind of land (256, 256) at each pixel of a tile."""
    z, x, y = (int(part) for part in re.search(r"/heatmap/(\d+)/(\d+)/(\d+)\.", url).groups())  # type: ignore[union-attr]
    box = mercantile.bounds(x, y, z)
    middles = (np.arange(256) + 0.5) / 256
    lats, lons = np.meshgrid(
        box.north + (box.south - box.north) * middles, box.west + (box.east - box.west) * middles, indexing="ij"
    )
    return land_cover(lats, lons)


def test_nothing_plays_before_a_place_is_chosen(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    search(page, WAVES)
    page.wait_for_timeout(300)
    assert not [url for url in asked if "/audio" in url]


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


def test_a_shared_address_opens_on_the_search_and_the_place(page: Page) -> None:
    page.goto("/#0.95905,0.25310,1,15?q=planes+taking+off")
    page.reload()
    expect(page.locator(".coordinates")).to_contain_text("0.95905")
    expect(page.locator("#search-text")).to_have_value("planes taking off")
    expect(page.locator(".results-bar")).to_be_visible()
    expect(page.locator(".results-list")).to_be_hidden()


def test_back_leads_from_the_place_to_the_list_to_the_start(page: Page) -> None:
    search(page, WAVES)
    page.locator(".result").first.click()
    expect(page.locator("#card")).to_be_visible()
    page.go_back()
    expect(page.locator(".result").first).to_be_visible()
    expect(page.locator("#card")).to_be_hidden()
    page.go_back()
    expect(page.locator("#welcome")).to_be_visible()
    expect(page.locator("#search-text")).to_have_value("")
    assert page.locator(".glow-layer").count() == 0


def test_a_place_found_has_an_address_as_close_as_it_is_flown_to_and_the_list_shows_all_places_again(
    page: Page,
) -> None:
    search(page, WAVES)
    badges = page.locator(".badge").evaluate_all(BADGES_AT)
    page.locator(".result").first.click()
    expect(page).to_have_url(re.compile(r"#-?[\d.]+,-?[\d.]+,1,14\?q="))
    page.get_by_role("button", name="All ").click()
    page.wait_for_function(
        f"badges => JSON.stringify(({BADGES_AT})(document.querySelectorAll('.badge'))) === badges",
        arg=json.dumps(badges, separators=(",", ":")),
    )
    page.go_back()
    expect(page.locator("#card")).to_be_visible()
    page.go_back()
    expect(page.locator(".result").first).to_be_visible()
    assert page.locator(".badge").evaluate_all(BADGES_AT) == badges


def test_clear_takes_the_search_away_and_leaves_the_map_to_listen_to(page: Page) -> None:
    search(page, WAVES)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#legend")).to_be_hidden()
    expect(page.locator("#welcome")).to_be_visible()
    assert page.locator(".glow-layer, .badge").count() == 0
    page.mouse.click(*CENTRE)
    expect(page.locator("#card")).to_be_visible()


def test_the_list_is_worked_by_the_keyboard_and_mirrored_on_the_map(page: Page) -> None:
    search(page, CITY)
    page.locator(".result").first.focus()
    expect(page.locator(".badge-pointed")).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page.locator(".listen")).to_be_focused()
    page.locator(".results-bar button").first.press("Enter")
    expect(page.locator(".result").first).to_be_focused()


def test_an_example_is_chosen_by_the_arrow_keys(page: Page) -> None:
    page.locator("#search-text").focus()
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name=CITY)).to_be_focused()
    with page.expect_response(SEARCH):
        page.keyboard.press("Enter")
    expect(page.locator("#search-text")).to_have_value(CITY)


def test_a_recording_is_sent_and_its_heatmap_has_an_address_of_its_own(page: Page) -> None:
    with page.expect_response(SEARCH) as answer:
        page.set_input_files("#search-upload", {"name": "surf.wav", "mimeType": "audio/wav", "buffer": recording()})
    assert answer.value.request.method == "POST"
    query = answer.value.json()["query"]
    assert query["recording"] is True
    page.wait_for_selector(GLOW_TILES, state="attached")
    expect(page.locator("#search-token-name")).to_have_text("surf.wav")
    expect(page).to_have_url(re.compile(rf"#\?query={query['id']}&checkpoint=\w+$"))
    assert brightness(glow(page), "ocean", "forest", "farmland", "city") > 0
    page.reload()
    expect(page.locator("#results-title")).to_contain_text("the recording")


def test_words_are_composed_with_the_recording_at_hand(page: Page) -> None:
    with page.expect_response(SEARCH):
        page.set_input_files("#search-upload", {"name": "surf.wav", "mimeType": "audio/wav", "buffer": recording()})
    expect(page.locator("#search-text")).to_have_attribute("placeholder", "Add words to it")
    answer = search(page, "at night")
    assert answer["query"]["recording"] is True
    expect(page.locator("#results-title")).to_contain_text("the recording and “at night”")


def test_a_file_that_holds_no_sound_is_refused_in_the_servers_own_words(page: Page) -> None:
    with page.expect_response(SEARCH) as answer:
        page.set_input_files(
            "#search-upload", {"name": "broken.wav", "mimeType": "audio/wav", "buffer": b"RIFF but no sound"}
        )
    assert answer.value.status == 422
    expect(page.get_by_role("alert").filter(has_text=answer.value.json()["detail"])).to_be_visible()
    search(page, WAVES)


def test_an_empty_search_is_answered_beside_the_field(page: Page) -> None:
    page.locator("#search-text").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#search-words")).to_contain_text("Type a sound")
    expect(page.locator("#search-text")).to_be_focused()


def test_a_refused_microphone_is_told_of_kindly(page: Page, context: BrowserContext) -> None:
    page.evaluate(
        "() => void (navigator.mediaDevices.getUserMedia = async () => {"
        " throw new DOMException('no', 'NotAllowedError') })"
    )
    page.get_by_role("button", name="Record a sound").click()
    expect(page.locator("#search-words")).to_contain_text("The microphone stayed closed")
    expect(page.locator("#search-words")).to_contain_text("choose a sound file")


def test_what_the_microphone_hears_is_searched_with(page: Page) -> None:
    page.evaluate(HUMMING_MICROPHONE)
    page.get_by_role("button", name="Record a sound").click()
    stop = page.get_by_role("button", name=re.compile("Stop, 9 s left"))
    with page.expect_response(SEARCH) as answer:
        stop.click()
    assert answer.value.status == 200
    assert answer.value.json()["query"]["recording"] is True
    expect(page.locator("#search-token-name")).to_have_text("A recording")


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


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_a_search_fits_every_width_and_leaves_the_map_in_sight(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    search(page, WAVES)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("(body => body.scrollWidth - body.clientWidth)(document.querySelector('#panel-body'))") <= 0
    head, panel = page.locator("#masthead").bounding_box(), page.locator("#panel").bounding_box()
    assert head is not None
    assert panel is not None
    assert head["x"] + head["width"] <= width
    sheet = panel["width"] >= width - 1
    assert panel["y"] - head["y"] - head["height"] > 120 if sheet else panel["x"] > head["x"] + head["width"]


@pytest.mark.parametrize(("width", "height"), [(320, 640), (375, 812)])
def test_the_places_found_leave_the_map_nearly_half_of_a_phone(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    search(page, WAVES)
    assert free_height(page) >= 0.45 * height
    expect(page.locator(".result").nth(1)).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Less like…").click()
    expect(page.locator("#search-minus")).to_be_in_viewport(ratio=1)
    page.wait_for_timeout(300)  # the sheet makes room
    assert free_height(page) >= 0.45 * height


def free_height(page: Page) -> float:
    """How many pixels of the map's height lie free between what stands above it and the sheet."""
    tools, sheet = page.locator("#tools").bounding_box(), page.locator("#panel").bounding_box()
    assert tools is not None
    assert sheet is not None
    return sheet["y"] - tools["y"] - tools["height"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_a_search_stands_out_from_its_ground(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    search(page, WAVES)
    page.get_by_role("button", name="Less like…").click()
    assert page.evaluate(FAINT_TEXTS) == []


# Whether all tiles have come and faded in, the glow stands at an opacity, and the imagery has stepped back behind it.
MAP_AT_REST = """opacity => {
  const is = (parts, value) => [...document.querySelectorAll(parts)].every(p => getComputedStyle(p).opacity === value);
  const missing = document.querySelector('img.leaflet-tile:not(.leaflet-tile-loaded)');
  const moving = document.querySelector('#map').getAnimations({ subtree: true });
  return !missing && moving.length === 0 && is('img.leaflet-tile', '1') && is('.glow-layer', opacity);
}"""


# Where on the window the badges stand.
BADGES_AT = """badges => [...badges].map(badge => {
  const { x, y } = badge.getBoundingClientRect();
  return [Math.round(x), Math.round(y)];
})"""


# Takes away what lies over imagery and glow.
BARE_MAP = """() => {
  const over = '.masthead, .tools, .panel, .leaflet-control-container, .leaflet-pane:not(.leaflet-map-pane)';
  for (const part of document.querySelectorAll(over)) {
    if (!part.matches('.leaflet-tile-pane, .leaflet-glow-pane')) part.style.visibility = 'hidden';
  }
}"""


# A microphone that hums, for machines that have none.
HUMMING_MICROPHONE = """() => {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const hum = context.createOscillator();
    const ear = context.createMediaStreamDestination();
    hum.connect(ear);
    hum.start();
    return ear.stream;
  };
}"""
