"""On a phone, and on any other width: nothing scrolls sideways, and the map keeps its room."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.steps import BEACH, WAVES, open_at, search


@pytest.mark.parametrize("width", [320, 375, 768, 1920])
def test_the_page_fits_every_width_without_scrolling_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    open_at(page, BEACH)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("(body => body.scrollWidth - body.clientWidth)(document.querySelector('#panel-body'))") <= 0
    for selector in ("#imagery", "#search-text", ".search-go", ".listen", ".chip", "#panel"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_on_a_phone_the_sheet_leaves_the_place_in_sight_and_folds_away(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    open_at(page, BEACH)
    page.wait_for_timeout(500)
    pin, sheet = page.locator(".pin").bounding_box(), page.locator("#panel").bounding_box()
    assert pin is not None
    assert sheet is not None
    assert pin["y"] + pin["height"] <= sheet["y"]
    fold = page.locator("#fold")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    folded = page.locator("#panel").bounding_box()
    assert folded is not None
    assert folded["height"] < 140


def test_what_the_focus_reaches_scrolls_in_the_sheet_whose_handle_stays(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 812})
    open_at(page, BEACH)
    page.get_by_label("Month").focus()
    page.locator("footer button").focus()
    assert page.locator("#panel").evaluate("panel => panel.scrollTop + panel.scrollHeight - panel.clientHeight") == 0
    expect(page.locator("#fold")).to_be_in_viewport(ratio=1)


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
