"""Everyone can use the page: axe finds nothing to complain about, whatever is open, light or dark, wide or narrow."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.steps import BEACH, open_at

AXE = Path(__file__).parents[2] / "frontend/web/node_modules/axe-core/axe.min.js"
SIZES = {"wide": (1280, 800), "narrow": (320, 640)}


def violations(page: Page) -> list[Any]:
    """What axe finds, each as its rule and the first elements it means."""
    if not AXE.is_file():
        pytest.skip("axe-core is not here: run `make page`")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_axe_finds_no_violation_with_all_panels_open(page: Page, scheme: Any, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert violations(page) == []
    open_at(page, f"{BEACH}?q=waves")
    page.wait_for_selector(".glow-layer img.leaflet-tile-loaded", state="attached")
    page.get_by_role("button", name="Why this caption?").first.click()
    expect(page.locator(".why-sum").first).to_be_visible()
    assert violations(page) == []
    for tool in ("Wander", "Path", "Compare", "Concepts", "Layers"):
        page.locator("#tools").get_by_role("button", name=tool).click()
        expect(page.locator("#tool-body > *")).to_be_visible()
        if tool in ("Path", "Compare"):
            page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        assert violations(page) == [], tool
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        body = "(body => body.scrollWidth - body.clientWidth)(document.querySelector('#tool-body'))"
        assert page.evaluate(body) <= 0, tool


def test_nothing_moves_for_those_who_want_no_motion(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    open_at(page, BEACH)
    page.get_by_role("button", name="Wander").click()
    expect(page.locator("#map")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".ear")).to_be_visible()
    assert page.evaluate("document.getAnimations().filter(animation => animation.playState === 'running').length") == 0


def test_the_focus_goes_from_the_head_over_tools_and_map_to_the_place(page: Page) -> None:
    open_at(page, BEACH)
    page.get_by_role("button", name="Layers").click()
    page.locator("#imagery").focus()
    seen: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        inside = "document.activeElement.closest('#masthead, #tools, #tool, #map, #panel')?.id ?? ''"
        part = page.evaluate(inside)
        if part and (not seen or seen[-1] != part):
            seen.append(part)
        if part == "panel":
            break
    assert seen == ["masthead", "tools", "tool", "map", "panel"]
    page.locator("#tool-close").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#tool")).to_be_hidden()
    expect(page.get_by_role("button", name="Layers")).to_be_focused()
