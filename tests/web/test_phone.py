"""On a phone, and on any other width: nothing scrolls sideways, and the map keeps its room."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.steps import BEACH, WAVES, open_at, search

CARD = ("#imagery", "#search-text", ".search-go", ".rungs", ".listen", ".wave", ".engines", ".chip", "#panel")


def box_of(part: Locator) -> dict[str, float]:
    box = part.bounding_box()
    assert box is not None
    return dict(box)  # type: ignore[arg-type]


def assert_nothing_scrolls_sideways(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("(body => body.scrollWidth - body.clientWidth)(document.querySelector('#panel-body'))") <= 0


@pytest.mark.parametrize("width", [320, 375, 768, 1920])
def test_the_page_fits_every_width_without_scrolling_sideways(shared_page: Page, width: int) -> None:
    shared_page.set_viewport_size({"width": width, "height": 640})
    open_at(shared_page, BEACH)
    assert_nothing_scrolls_sideways(shared_page, width)
    for selector in CARD:
        box = box_of(shared_page.locator(selector))
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_what_the_focus_reaches_scrolls_in_the_sheet_whose_handle_stays(shared_page: Page) -> None:
    shared_page.set_viewport_size({"width": 375, "height": 812})
    shared_page.get_by_label("Month").focus()
    shared_page.locator("footer button").focus()
    panel = "panel => panel.scrollTop + panel.scrollHeight - panel.clientHeight"
    assert shared_page.locator("#panel").evaluate(panel) == 0
    expect(shared_page.locator("#fold")).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_sheet_leaves_the_place_in_sight_and_folds_away(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    open_at(page, BEACH)
    page.wait_for_timeout(200)  # the sheet makes room
    pin, sheet = box_of(page.locator(".pin")), box_of(page.locator("#panel"))
    assert pin["y"] + pin["height"] <= sheet["y"]
    fold = page.locator("#fold")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    assert box_of(page.locator("#panel"))["height"] < 140


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_a_search_fits_every_width_and_leaves_the_map_in_sight(shared_page: Page, width: int) -> None:
    shared_page.set_viewport_size({"width": width, "height": 640})
    if width == 320:
        search(shared_page, WAVES)
    shared_page.wait_for_timeout(200)  # the panels make room
    assert_nothing_scrolls_sideways(shared_page, width)
    head, panel = box_of(shared_page.locator("#masthead")), box_of(shared_page.locator("#panel"))
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
    tools, sheet = box_of(page.locator("#tools")), box_of(page.locator("#panel"))
    return sheet["y"] - tools["y"] - tools["height"]
