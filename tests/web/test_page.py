"""The main job, as a person does it: open the page, choose a place, read what it sounds like, hear it."""

import re
from contextlib import suppress
from urllib.parse import urljoin

import numpy as np
import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.web.steps import (
    ANSWER,
    BEACH,
    CENTRE,
    FAINT_TEXTS,
    QUIETEST_RMS,
    hold,
    is_painted,
    open_at,
    pixels_of,
    rms_dbfs,
)
from tiles.imagery.null_island import land_cover


def test_the_page_opens_offline_on_null_island(page: Page) -> None:
    expect(page.locator("#imagery option:checked")).to_have_text("Null Island")
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("Null Island")
    page.wait_for_function("() => !document.querySelector('img.leaflet-tile:not(.leaflet-tile-loaded)')")
    page.wait_for_timeout(500)  # tiles fade in
    picture = pixels_of(page.screenshot(clip={"x": 150, "y": 150, "width": 560, "height": 500}))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 500


def test_country_outlines_surround_the_island_for_orientation(page: Page) -> None:
    page.wait_for_selector(".outline-land", state="attached")
    assert page.locator(".outline-land").count() > 150


def test_nothing_is_asked_of_any_other_host(page: Page, earshot: str) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    open_at(page, BEACH)
    assert hosts == {earshot.removeprefix("http://")}


def test_a_click_gives_a_card_with_the_image_captions_and_recordings(page: Page) -> None:
    page.mouse.click(*CENTRE)
    card = page.locator("#card")
    expect(card).to_be_visible()
    captions = card.locator(".matches:not(.recordings) li")
    assert captions.count() >= 3
    scores = [float(text.replace("−", "-")) for text in captions.locator(".score").all_text_contents()]
    assert scores == sorted(scores, reverse=True)
    assert card.locator(".recordings li").count() >= 1
    expect(card.locator(".recordings small").first).to_contain_text("·")
    expect(card.locator(".made-by")).to_contain_text("Foley, a procedural synthesizer")
    assert is_painted(page, ".chip img")


def test_the_footprint_is_drawn_where_the_chip_was_taken(page: Page) -> None:
    with page.expect_response(ANSWER) as answer:
        open_at(page, BEACH)
    _, south, _, north = answer.value.json()["imagery"]["bounds"]
    page.locator(".chip").click()
    page.wait_for_timeout(600)
    footprint = page.locator("path.footprint").bounding_box()
    assert footprint is not None
    assert footprint["width"] == pytest.approx(footprint["height"], rel=0.03)
    metres = (north - south) * 111_000
    assert footprint["width"] > 100
    assert 130 < metres < 800


def test_listen_plays_the_sound_of_the_place_audibly(page: Page, earshot: str) -> None:
    open_at(page, BEACH)
    expect(page.locator('.rungs [data-stage="done"]')).to_be_visible()
    assert page.evaluate("document.querySelector('audio').paused")
    page.get_by_role("button", name="Listen").click()
    expect(page.locator(".listen")).to_have_text("Pause")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.5")
    sound = page.request.get(urljoin(earshot, str(page.locator("audio").get_attribute("src"))))
    assert sound.headers["content-type"].startswith("audio/")
    assert rms_dbfs(sound.body()) > QUIETEST_RMS
    page.locator(".listen").click()
    expect(page.locator(".listen")).to_have_text("Listen")
    assert page.evaluate("document.querySelector('audio').paused")


def test_a_recording_plays_in_place_of_the_sound_of_the_place(page: Page) -> None:
    open_at(page, BEACH)
    button = page.locator(".recordings .play").first
    button.click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    assert "/gallery/" in str(page.locator("audio").get_attribute("src"))
    expect(button).to_have_attribute("aria-label", re.compile("^Pause: "))
    expect(page.get_by_role("button", name="Nearest recording")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".listen")).to_have_text("Pause")


def test_nothing_plays_before_it_is_asked_for(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_at(page, BEACH)
    page.wait_for_timeout(300)
    assert not [url for url in asked if "/audio" in url]


def test_a_wider_scale_is_asked_for_and_written_into_the_address(page: Page) -> None:
    open_at(page, BEACH)
    with page.expect_response(ANSWER) as answer:
        page.locator(".scales label").nth(1).click()
    assert answer.value.json()["scale"] == 3
    expect(page).to_have_url(re.compile(r"#0\.95905,0\.25310,3,15\?checkpoint=[0-9a-f]{8}$"))
    expect(page.locator(".scales input").nth(1)).to_be_focused()


def test_a_permalink_opens_the_page_on_its_place(page: Page) -> None:
    page.goto("/#1.32651,0.93526,5,13")
    page.reload()
    expect(page.locator(".coordinates")).to_contain_text("1.32651")
    expect(page.locator(".scales input").nth(2)).to_be_checked()
    expect(page).to_have_url(re.compile(r"#1\.32651,0\.93526,5,13"))


def test_back_returns_to_the_place_before(page: Page) -> None:
    open_at(page, BEACH)
    first = page.locator(".coordinates").text_content()
    page.mouse.click(CENTRE[0] + 60, CENTRE[1] + 60)
    expect(page.locator(".coordinates")).not_to_have_text(str(first))
    page.go_back()
    expect(page.locator(".coordinates")).to_have_text(str(first))


def test_only_the_newest_of_many_fast_clicks_is_shown(page: Page) -> None:
    held: list[Route] = []
    page.route(ANSWER, lambda route: hold(route, held))
    for step in range(4):
        with page.expect_request(ANSWER):
            page.mouse.click(CENTRE[0] - 90 + 60 * step, CENTRE[1])
        page.wait_for_timeout(300)
    assert len(held) == 4
    for route in held:
        with suppress(Error):  # the page has called the older ones off
            route.continue_()
    expect(page.locator("#card")).to_be_visible()
    newest = re.search(r"lat=([^&]+)&lon=([^&]+)", held[-1].request.url)
    assert newest
    shown = str(page.locator(".coordinates").text_content())
    assert f"{abs(float(newest[1])):.5f}" in shown
    assert f"{abs(float(newest[2])):.5f}" in shown


def test_a_place_without_imagery_is_told_in_the_servers_own_words(page: Page) -> None:
    page.fill("#finder-lat", "48.85")
    page.fill("#finder-lon", "2.35")
    with page.expect_response(ANSWER) as answer:
        page.get_by_role("button", name="Go", exact=True).click()
    assert answer.value.status == 404
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(answer.value.json()["title"])
    expect(alert).to_contain_text(answer.value.json()["detail"])
    page.get_by_role("button", name="Linton beach").click()
    expect(page.locator("#card")).to_be_visible()
    expect(alert).to_be_empty()


def test_imagery_that_is_down_may_be_asked_for_again(page: Page) -> None:
    refusal = '{"title": "Imagery unavailable", "detail": "esri did not answer", "status": 503}'
    page.route(
        ANSWER,
        lambda route: route.fulfill(
            status=503, content_type="application/problem+json", headers={"Retry-After": "1"}, body=refusal
        ),
    )
    page.mouse.click(*CENTRE)
    expect(page.get_by_role("alert")).to_contain_text("esri did not answer")
    page.unroute(ANSWER)
    page.get_by_role("button", name="Try again", exact=True).click()
    expect(page.locator("#card")).to_be_visible()


def test_a_lost_network_is_said_plainly_and_the_page_stays_usable(page: Page) -> None:
    page.route(ANSWER, lambda route: route.abort())
    page.mouse.click(*CENTRE)
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute(ANSWER)
    page.mouse.click(*CENTRE)
    expect(page.locator("#card")).to_be_visible()


def test_coordinates_that_are_none_are_refused_beside_their_field(page: Page) -> None:
    page.fill("#finder-lat", "95")
    page.fill("#finder-lon", "0")
    page.keyboard.press("Enter")
    expect(page.locator("#finder-words")).to_contain_text("Latitude")
    expect(page.locator("#finder-lat")).to_be_focused()


def test_the_whole_way_can_be_gone_with_the_keyboard_alone(page: Page) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "map":
            break
    expect(page.locator("#map")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    expect(page.locator("#card")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "listen":
            break
    expect(page.locator(".listen")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")


@pytest.mark.parametrize(
    ("name", "land"),
    [
        ("Linton beach", "beach"),
        ("Old Rosford harbour", "harbour"),
        ("Old Rosford city", "city"),
        ("Wide forest", "forest"),
        ("Eastern farmland", "farmland"),
        ("Belham reef", "reef"),
        ("Halhaven airport", "airport"),
    ],
)
def test_an_example_place_is_the_land_it_is_named_for(page: Page, name: str, land: str) -> None:
    page.get_by_role("button", name=name).click()
    expect(page.locator("#card")).to_be_visible()
    lat, lon = (float(part) for part in page.url.split("#")[1].split(",")[:2])
    assert land_cover(lat, lon).item() == land


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    open_at(page, BEACH)
    assert page.evaluate(FAINT_TEXTS) == []
