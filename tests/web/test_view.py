"""The address names the exact view, whoever wrote it; what the map shows; what happens when the network goes."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.steps import ANSWER, BEACH, CENTRE, hold, open_at

REMARK = "#remark"
AFTER = re.compile(r"[?&]view=")


@pytest.fixture
def offline(page: Page) -> Iterator[None]:
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)


def state_of(page: Page) -> dict[str, Any]:
    """What a person sees chosen."""
    return {
        "coordinates": page.locator(".coordinates").text_content(),
        "scale": page.locator(".scales input:checked").get_attribute("value"),
        "query": page.locator("#search-text").input_value(),
        "base": page.locator("#map").get_attribute("data-base"),
        "hidden": page.locator("#map").get_attribute("data-hide"),
        "tool": page.locator("#tool-title").text_content(),
        "pin": {key: round(value) for key, value in (page.locator(".pin").bounding_box() or {}).items()},
    }


def test_the_exact_view_is_in_the_address_and_opens_again(page: Page) -> None:
    page.evaluate("() => { location.hash = '#1.30290,0.92063,1,13?q=waves' }")
    expect(page.locator("#card")).to_be_visible()
    page.locator(".scales label").nth(1).click()
    page.get_by_role("button", name="Layers").click()
    page.get_by_label("Plain map").check()
    page.get_by_label("Footprint of the place").uncheck()
    page.locator("#map").focus()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(AFTER)
    expect(page).to_have_url(
        re.compile(r"#1\.30290,0\.92063,3,13\?q=waves&view=.*&base=plain&hide=footprint&tool=layers")
    )
    expect(page.locator(".scales input").nth(1)).to_be_checked()
    page.wait_for_timeout(500)
    seen = state_of(page)
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("#card")).to_be_visible()
    expect(again.locator("#tool-title")).to_have_text("Layers")
    expect(again.locator("#search-text")).to_have_value("waves")
    again.wait_for_timeout(300)
    there = state_of(again)
    again.close()
    assert there == seen


def test_back_and_forward_go_through_places_and_tools(page: Page) -> None:
    open_at(page, BEACH)
    page.get_by_role("button", name="Path").click()
    expect(page.locator("#tool-title")).to_have_text("Path")
    expect(page).to_have_url(re.compile("tool=path"))
    page.go_back()
    expect(page.locator("#tool")).to_be_hidden()
    expect(page.locator(".coordinates")).to_contain_text("0.95905")
    page.go_forward()
    expect(page.locator("#tool-title")).to_have_text("Path")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ("?hour=99&tool=hammer&hide=stars", "the hour, the layers and the tool are left out"),
        ("?tool=path&path=" + "0,0;" * 9_999 + "0,0", "the path is left out"),
        ("?checkpoint=0a1b2c3d", "made with another checkpoint (0a1b2c3d)"),
        ("?checkpoint=%3Cimg%20src%3Dx%3E", "the checkpoint is left out"),
    ],
)
def test_a_link_with_garbage_in_it_says_so_and_shows_the_rest(page: Page, parameters: str, words: str) -> None:
    open_at(page, BEACH + parameters)
    expect(page.locator(REMARK)).to_contain_text(words)
    expect(page.locator(".coordinates")).to_contain_text("0.95905")
    page.get_by_role("button", name="Put this remark away").click()
    expect(page.locator(REMARK)).to_be_empty()


def test_a_link_that_is_nothing_but_garbage_leaves_the_page_usable(page: Page) -> None:
    page.evaluate("() => { location.hash = '#95,abc,%%%,;?q' }")
    expect(page.locator(REMARK)).to_contain_text("the place is left out. Choose a place on the map.")
    page.mouse.click(*CENTRE)
    expect(page.locator("#card")).to_be_visible()


def test_no_time_is_offered_where_nothing_knows_it(page: Page) -> None:
    told = page.request.get("/capabilities").json()
    for engine in told["engines"]:
        engine["knows_time"] = False
    page.route("**/capabilities", lambda route: route.fulfill(json=told))
    page.reload()
    open_at(page, BEACH)
    expect(page.locator("#when")).to_be_hidden()


def test_a_month_and_an_hour_are_listened_to_and_rendered_anew(page: Page) -> None:
    open_at(page, BEACH)
    expect(page.locator(".notes")).to_have_count(0)
    with page.expect_response(ANSWER) as answer:
        page.get_by_label("Month").select_option("July")
    assert "month=7" in answer.value.url
    page.get_by_label("Local hour of the day").focus()
    with (
        page.expect_response(lambda made: made.url.endswith("/synthesis") and made.json()["hour"] == 5) as made,
        page.expect_response(ANSWER) as answer,
    ):
        page.get_by_label("Local hour of the day").select_option("05:00")
    assert "month=7&hour=5" in answer.value.url
    assert made.value.json()["month"] == 7
    expect(page).to_have_url(re.compile("month=7&hour=5"))
    expect(page.locator(".notes")).to_contain_text("The month and the hour change only the sound made for this place.")
    expect(page.get_by_label("Local hour of the day")).to_be_focused()


def test_what_plays_goes_on_as_the_sound_of_the_hour(page: Page) -> None:
    open_at(page, BEACH)
    expect(page.locator('.rungs [data-stage="done"]')).to_be_visible()
    page.locator(".listen").click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    day = page.locator("audio").get_attribute("src")
    page.get_by_label("Local hour of the day").select_option("02:00")
    page.wait_for_function(
        "day => (a => a.getAttribute('src') !== day && a.currentTime > 0.2)(document.querySelector('audio'))",
        arg=day,
    )
    expect(page.locator(".listen")).to_have_text("Pause")
    expect(page.locator('.rungs [data-rung="synthesised"]')).to_have_attribute("aria-pressed", "true")


def test_the_plain_map_shows_land_without_imagery_and_without_its_attribution(page: Page) -> None:
    credits = page.locator(".leaflet-control-attribution")
    expect(credits).to_contain_text("Null Island")
    page.get_by_role("button", name="Layers").click()
    page.get_by_label("Plain map").check()
    expect(page.locator("img.leaflet-tile")).to_have_count(0)
    expect(credits).not_to_contain_text("Null Island")
    expect(credits).to_contain_text("Natural Earth")
    page.get_by_label("Satellite imagery").check()
    expect(credits).to_contain_text("Null Island")


def test_a_theme_goes_before_the_systems_and_is_remembered(page: Page) -> None:
    ground = "getComputedStyle(document.querySelector('.panel')).backgroundColor"
    page.emulate_media(color_scheme="light")
    light = page.evaluate(ground)
    page.get_by_role("button", name="Layers").click()
    page.get_by_label("Dark").check()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    expect(page.locator("#example-list li").first).to_be_visible()
    assert page.evaluate(ground) == dark
    page.evaluate("localStorage.clear()")


def test_a_network_that_goes_is_told_of_and_what_waited_is_asked_again(page: Page, offline: None) -> None:
    expect(page.locator("#connection")).to_contain_text("No connection")
    page.mouse.click(*CENTRE)
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#card")).to_be_visible()
    expect(page.locator("#connection")).to_be_empty()


def test_an_answer_in_flight_when_the_network_goes_leaves_a_message_and_a_way_to_retry(page: Page) -> None:
    lost: list[Route] = []
    page.route(ANSWER, lambda route: hold(route, lost))
    with page.expect_request(ANSWER):
        page.mouse.click(*CENTRE)
    page.wait_for_timeout(200)
    lost[0].abort("connectionreset")
    page.unroute(ANSWER)
    page.get_by_role("button", name="Try again", exact=True).click()
    expect(page.locator("#card")).to_be_visible()
