"""The first view, by what can be counted offline of the checks people run on pages: weight, order, nothing amiss."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.web.steps import pixels_of

LIMIT_BYTES = 350_000


@dataclass
class Visit:
    """What a browser with an empty cache was sent, its bytes on the wire by address, and what it complained of."""

    page: Page
    responses: list[Response] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def own(self) -> dict[str, int]:
        """The bytes of the page itself: its document, code, styles and icon, without the map's tiles and answers."""
        return {url: size for url, size in self.sizes.items() if url.endswith(("/", ".js", ".css", ".svg"))}


@pytest.fixture(scope="module")
def visit(browser: Browser, earshot: str) -> Iterator[Visit]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    visit, addresses = Visit(page), {}

    def note(response: Response) -> None:
        visit.responses.append(response)

    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.responseReceived", lambda e: addresses.update({e["requestId"]: e["response"]["url"]}))
    devtools.on(
        "Network.loadingFinished",
        lambda e: visit.sizes.update({addresses.get(e["requestId"], ""): int(e["encodedDataLength"])}),
    )
    page.on("response", note)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("console", lambda said: visit.complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.set_default_timeout(60_000)
    page.goto(earshot)
    page.wait_for_selector(".tool-button:enabled")
    page.wait_for_load_state("networkidle")
    yield visit
    page.close()


def test_the_page_weighs_less_than_its_limit_on_the_wire(visit: Visit) -> None:
    own = visit.own()
    assert any(url.endswith(".js") for url in own)
    assert any(url.endswith(".css") for url in own)
    assert 20_000 < sum(own.values()) <= LIMIT_BYTES


def test_nothing_fails_and_nothing_is_complained_of(visit: Visit) -> None:
    assert [(r.url, r.status) for r in visit.responses if r.status >= 400] == []
    assert visit.complaints == []


def test_nothing_is_asked_of_any_other_host(visit: Visit, earshot: str) -> None:
    assert {r.url.split("/")[2] for r in visit.responses if not r.url.startswith("data:")} == {earshot.split("/")[2]}


def test_it_opens_offline_on_null_island(visit: Visit) -> None:
    page = visit.page
    expect(page.locator("#imagery option:checked")).to_have_text("Null Island")
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("Null Island")
    page.wait_for_function("() => !document.querySelector('img.leaflet-tile:not(.leaflet-tile-loaded)')")
    picture = pixels_of(page.screenshot(clip={"x": 450, "y": 150, "width": 350, "height": 500}))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 500


def test_country_outlines_surround_the_island_for_orientation(visit: Visit) -> None:
    visit.page.wait_for_selector(".outline-land", state="attached")
    assert visit.page.locator(".outline-land").count() > 150


def test_code_and_styles_are_compressed_and_kept_for_good(visit: Visit) -> None:
    assets = [r for r in visit.responses if "/assets/" in r.url and r.url.endswith((".js", ".css"))]
    assert assets
    for response in assets:
        assert response.headers.get("content-encoding") == "gzip", response.url
        assert "immutable" in response.headers.get("cache-control", ""), response.url


def test_the_document_says_what_it_is_and_may_be_zoomed(visit: Visit) -> None:
    page = visit.page
    assert page.locator("html").get_attribute("lang")
    assert "Earshot" in page.title()
    assert page.locator("meta[name=description]").get_attribute("content")
    viewport = str(page.locator("meta[name=viewport]").get_attribute("content"))
    assert "width=device-width" in viewport
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport


def test_nothing_moves_once_it_stands(visit: Visit) -> None:
    shift = visit.page.evaluate(
        """() => new Promise(done => {
          let sum = 0;
          new PerformanceObserver(list => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => done(sum), 500);
        })"""
    )
    assert shift <= 0.1
