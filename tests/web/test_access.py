"""Everyone can use the page: axe finds nothing to complain about, whatever is open, light or dark, wide or narrow."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.web.steps import BEACH, FAINT_TEXTS, WAVES, open_at, search

AXE = Path(__file__).parents[2] / "frontend/web/node_modules/axe-core/axe.min.js"
SIZES = {"wide": (1280, 640), "narrow": (320, 640)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Light and dark differ by colours alone, so that the rules of everything else are asked once.
FINDINGS = """async dark => {
  const rules = dark ? { runOnly: ['color-contrast'] } : {};
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...rules });
  return violations.map(rule => [rule.id, rule.nodes.slice(0, 3).map(node => node.html.slice(0, 120))]);
}"""


def violations(page: Page) -> list[Any]:
    """What axe finds, each as its rule and the first elements it means, and the texts that are too faint."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += page.evaluate(FINDINGS, scheme == "dark") + page.evaluate(FAINT_TEXTS)
    return found


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_no_violation_and_nothing_moves_with_all_panels_open(page: Page, size: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not here: run `make page`")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(AXE.read_text())
    assert violations(page) == []
    search(page, WAVES)
    page.get_by_role("button", name="Less like…").click()
    assert violations(page) == []
    open_at(page, f"{BEACH}?q=waves")
    page.get_by_role("button", name="Why this caption?").first.click()
    expect(page.locator(".why-sum").first).to_be_visible()
    assert violations(page) == []
    for tool in ("Wander", "Path", "Compare", "Concepts", "Layers"):
        page.locator("#tools").get_by_role("button", name=tool).click()
        expect(page.locator("#tool-body > *")).to_be_visible()
        if tool in ("Path", "Compare"):
            page.keyboard.press("Enter")
        if tool == "Wander":
            page.keyboard.press("ArrowRight")
            expect(page.locator(".ear")).to_be_visible()
            running = "document.getAnimations().filter(animation => animation.playState === 'running').length"
            assert page.evaluate(running) == 0, "something moves for those who want no motion"
        page.wait_for_timeout(300)
        assert violations(page) == [], tool
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        body = "(body => body.scrollWidth - body.clientWidth)(document.querySelector('#tool-body'))"
        assert page.evaluate(body) <= 0, tool


def test_the_whole_way_can_be_gone_with_the_keyboard_alone(page: Page) -> None:
    tab_until(page, "document.activeElement.id == 'map'")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#card")).to_be_visible()
    tab_until(page, "document.activeElement.className == 'listen'")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    page.keyboard.press("Enter")


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


def tab_until(page: Page, reached: str) -> None:
    """Press Tab, at most twenty times, until that holds."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(reached):
            return
    pytest.fail(f"twenty steps did not lead to {reached}")
