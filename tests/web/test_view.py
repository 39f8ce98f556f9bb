"""The address names the exact view, and the map shows what was chosen of it."""

import re
from typing import Any

from playwright.sync_api import Page, expect

AFTER = re.compile(r"[?&]view=")


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
    seen = state_of(page)
    page.goto("about:blank")
    page.go_back()
    expect(page.locator("#card")).to_be_visible()
    expect(page.locator("#tool-title")).to_have_text("Layers")
    expect(page.locator("#search-text")).to_have_value("waves")
    expect(page.locator(".results-bar")).to_be_visible()
    assert state_of(page) == seen


def test_the_ground_and_the_theme_are_chosen_and_the_theme_is_remembered(page: Page) -> None:
    ground = "getComputedStyle(document.querySelector('.panel')).backgroundColor"
    credits = page.locator(".leaflet-control-attribution")
    expect(credits).to_contain_text("Null Island")
    page.get_by_role("button", name="Layers").click()
    page.get_by_label("Plain map").check()
    expect(page.locator("img.leaflet-tile")).to_have_count(0)
    expect(credits).not_to_contain_text("Null Island")
    expect(credits).to_contain_text("Natural Earth")
    page.get_by_label("Satellite imagery").check()
    expect(credits).to_contain_text("Null Island")
    page.emulate_media(color_scheme="light")
    light = page.evaluate(ground)
    page.get_by_label("Dark").check()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    expect(page.locator("#example-list li").first).to_be_visible()
    assert page.evaluate(ground) == dark
    page.evaluate("localStorage.clear()")
