"""Whose words the card has: the nearest caption of the gallery, or one that is written for the image."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.steps import BEACH, open_at

GENERATE = re.compile(r"/soundscape\?.*caption=generate")
CHOICE = ".caption-choice"
WRITTEN = "surf hisses over gravel while a child laughs"
WAIT = {"type": "/problems/unavailable", "title": "Unavailable", "status": 503, "detail": "It is still being written."}


def told(page: Page, available: bool) -> dict[str, Any]:
    capabilities: dict[str, Any] = page.request.get("/capabilities").json()
    capabilities["captioner"]["available"] = available
    return capabilities


@pytest.fixture
def writing(page: Page) -> list[Route]:
    """A server that writes captions: it asks for patience once, and the second time has written one. The questions."""
    asked: list[Route] = []
    capabilities = told(page, available=True)

    def write(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            headers = {"Content-Type": "application/problem+json", "Retry-After": "1"}
            return route.fulfill(status=503, headers=headers, body=json.dumps(WAIT))
        answer = page.request.get(route.request.url.replace("&caption=generate", "")).json()
        caption = {**answer["captions"][0], "id": "generated", "text": WRITTEN, "scene": None, "gallery": None}
        route.fulfill(json=answer | {"route": "generation", "captions": [caption], "confidence": None})

    page.route("**/capabilities", lambda route: route.fulfill(json=capabilities))
    page.route(GENERATE, write)
    page.reload()
    return asked


def test_the_caption_can_be_written_for_the_image_and_the_nearest_is_there_meanwhile(
    page: Page, writing: list[Route]
) -> None:
    open_at(page, BEACH)
    nearest = str(page.locator(".headline h2").text_content())
    expect(page.get_by_label("Nearest caption")).to_be_checked()
    page.get_by_label("Nearest caption").focus()
    with page.expect_request(lambda request: request.url.endswith("/synthesis") and WRITTEN in str(request.post_data)):
        page.keyboard.press("ArrowRight")
        expect(page.locator(CHOICE)).to_contain_text("LLaVA writes a caption")
        expect(page.locator(".headline h2")).to_have_text(nearest)
        expect(page.locator(".headline h2")).to_have_text(WRITTEN.capitalize())
    assert len(writing) == 2
    expect(page.get_by_label("Written for this image")).to_be_focused()
    expect(page.locator(CHOICE)).to_contain_text("Written by LLaVA")
    expect(page.locator(".matches:not(.recordings) .why")).to_have_count(0)  # it is in no gallery
    expect(page).to_have_url(re.compile("caption=generate"))
    page.get_by_label("Nearest caption").check()
    expect(page.locator(".headline h2")).to_have_text(nearest)
    expect(page).not_to_have_url(re.compile("caption=generate"))


def test_a_link_to_a_written_caption_opens_on_it(page: Page, writing: list[Route]) -> None:
    open_at(page, f"{BEACH}?caption=generate")
    expect(page.locator(".headline h2")).to_have_text(WRITTEN.capitalize())
    expect(page.get_by_label("Written for this image")).to_be_checked()


def test_nothing_is_offered_where_captions_cannot_be_written_and_a_link_says_so(page: Page) -> None:
    assert told(page, available=False) == page.request.get("/capabilities").json()
    open_at(page, f"{BEACH}?caption=generate")
    expect(page.locator(CHOICE)).to_have_count(0)
    expect(page.locator("#remark")).to_contain_text("the nearest caption is shown")
