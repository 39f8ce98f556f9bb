"""The search as a person does it: name a sound, see the map glow, choose a place and hear it; or bring a recording."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.steps import CENTRE, CITY, FAINT_TEXTS, SEARCH, WAVES, search


def test_nothing_plays_before_a_place_is_chosen(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    search(page, WAVES)
    page.wait_for_timeout(300)
    assert not [url for url in asked if "/audio" in url]


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


def test_an_empty_search_is_answered_beside_the_field(page: Page) -> None:
    page.locator("#search-text").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#search-words")).to_contain_text("Type a sound")
    expect(page.locator("#search-text")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_a_search_stands_out_from_its_ground(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    search(page, WAVES)
    page.get_by_role("button", name="Less like…").click()
    assert page.evaluate(FAINT_TEXTS) == []


# Where on the window the badges stand.
BADGES_AT = """badges => [...badges].map(badge => {
  const { x, y } = badge.getBoundingClientRect();
  return [Math.round(x), Math.round(y)];
})"""
