"""The tools in real audio and on the real map: wander and hear, travel a path, put two places side by side."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.web.conftest import page_of
from tests.web.steps import BEACH

SOUND = re.compile(r"/soundscape/audio\?")
RATE = 44_100
LOUD = 0.1  # RMS of the sounds that stand for places
SHORELINE = [(760, 240), (600, 450), (500, 550)]  # at sea, on the beach, in the fields

# What reaches the loudspeakers, as RMS, in `heard()`.
EAVESDROP = """() => {
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (!(to instanceof AudioDestinationNode) || !(to.context instanceof AudioContext)) {
      return connect.call(this, to, ...rest);
    }
    if (!to.context.ear) {
      const ear = new AnalyserNode(to.context, { fftSize: 8192 });
      to.context.ear = ear;
      connect.call(ear, to);
      const samples = new Float32Array(ear.fftSize);
      window.heard = () => {
        ear.getFloatTimeDomainData(samples);
        return Math.hypot(...samples) / Math.sqrt(samples.length);
      };
    }
    return connect.call(this, to.context.ear, ...rest);
  };
  window.heard = () => 0;
}"""


def noise(seed: int) -> bytes:
    """Four seconds of noise, as loud as any other."""
    samples = np.random.default_rng(seed).normal(0, LOUD, 4 * RATE)
    buffer = io.BytesIO()
    soundfile.write(buffer, np.stack([samples, samples], axis=1), RATE, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The page opened on a place, with an ear to what it lets be heard."""
    with page_of(context, f"/{BEACH}", EAVESDROP) as opened:
        expect(opened.locator("#card")).to_be_visible()
        yield opened


@pytest.fixture
def quick(page: Page) -> list[str]:
    """Sounds that are there at once, each place's its own; the addresses that were asked for."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(content_type="audio/wav", body=noise(len(asked)))

    page.route(SOUND, answer)
    return asked


def open_tool(page: Page, name: str) -> None:
    page.locator("#tools").get_by_role("button", name=name).click()
    expect(page.locator("#tool-title")).to_have_text(name)
    expect(page.locator("#tool-body > *")).to_be_visible()


def test_places_fade_into_one_another_by_drag_and_by_arrow_keys(page: Page, quick: list[str]) -> None:
    page.locator(".listen").click()
    page.wait_for_function("() => !document.querySelector('#card audio').paused")
    open_tool(page, "Wander")
    expect(page.locator("#map")).to_be_focused()
    page.mouse.move(*SHORELINE[0])
    page.mouse.down()
    page.wait_for_function("() => document.querySelector('#card audio').paused")  # it gives way
    page.wait_for_function(f"() => heard() > {0.7 * LOUD}")
    first = page.locator(".wander-words").text_content()
    levels = []
    for to_x, to_y in SHORELINE[1:]:
        page.mouse.move(to_x, to_y, steps=4)
        for _ in range(20):
            page.wait_for_timeout(80)
            levels.append(page.evaluate("heard()"))
    page.mouse.up()
    expect(page.locator(".wander-words")).not_to_have_text(str(first))
    assert len(set(quick)) >= 2
    assert min(levels) > 0.7 * LOUD, "the crossfade dips"
    assert max(levels) < 1.4 * LOUD, "the crossfade swells"
    page.get_by_role("button", name="Silence").click()
    page.wait_for_function(f"() => heard() < {0.05 * LOUD}")
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => heard() > {0.7 * LOUD}")
    before = page.locator(".ear").bounding_box()
    page.keyboard.press("Shift+ArrowRight")
    after = page.locator(".ear").bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] - before["x"] == pytest.approx(96, abs=2)
    page.keyboard.press("Escape")
    page.wait_for_function(f"() => heard() < {0.05 * LOUD}")


def draw(page: Page, points: list[tuple[int, int]]) -> None:
    for count, (x, y) in enumerate(points, 1):
        page.mouse.click(x, y)
        expect(page.locator(".path-points li")).to_have_count(count)


def test_a_path_is_heard_as_a_journey_and_saved_as_one_file(page: Page, quick: list[str], tmp_path: Path) -> None:
    open_tool(page, "Path")
    draw(page, SHORELINE)
    expect(page).to_have_url(re.compile(r"tool=path&path=[\d.]+,[\d.]+;[\d.]+,[\d.]+;"))
    expect(page.locator(".path .tool-facts")).to_contain_text("8 stops · 40 s")
    page.get_by_role("button", name="Listen to the path").click()
    page.wait_for_function("() => document.querySelector('.path audio').currentTime > 0.3")
    began = page.locator(".ear").bounding_box()
    page.evaluate("document.querySelector('.path audio').currentTime = 30")
    page.wait_for_timeout(300)
    moved = page.locator(".ear").bounding_box()
    assert began is not None
    assert moved is not None
    assert moved["y"] - began["y"] > 100
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as one file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.suffix == ".wav"
    samples, rate = soundfile.read(file)
    assert (rate, samples.shape) == (RATE, (40 * RATE, 2))
    windows = samples[RATE:-RATE].reshape(-1, RATE // 2, 2)  # (76, half a second, 2)
    levels = 20 * np.log10(np.sqrt((windows**2).mean(axis=(1, 2))) / LOUD)
    assert np.abs(levels).max() < 1.0, "the journey is not equally loud all along"


def test_two_places_stand_side_by_side_and_a_fader_goes_between_their_sounds(page: Page, quick: list[str]) -> None:
    open_tool(page, "Compare")
    page.mouse.click(*SHORELINE[1])
    sides = page.locator(".compare-side")
    expect(sides).to_have_count(2)
    titles: list[Any] = sides.locator("h3").all_text_contents()
    assert titles[0].startswith("A · 0.959")
    assert titles[1].startswith("B · ")
    expect(page).to_have_url(re.compile(r"tool=compare&with="))
    page.get_by_role("button", name="Listen to both").click()
    page.wait_for_function(f"() => heard() > {0.7 * LOUD}")
    fader = page.get_by_role("slider", name="From the sound of A to the sound of B")
    fader.fill("50")
    expect(fader).to_have_attribute("aria-valuetext", "50% B")
    page.wait_for_timeout(1500)
    assert page.evaluate("heard()") == pytest.approx(LOUD, rel=0.25)
    page.reload()
    expect(sides).to_have_count(2)


GO = "hash => { location.hash = hash }"
UNCOVERED = """() => [...document.querySelectorAll('.path-point')].filter(mark => {
  const { x, y, width, height } = mark.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2)?.closest('#map');
}).length === 2"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (375, 812), (320, 640)])
def test_a_link_to_a_comparison_shows_both_places_and_a_button_does_whenever_they_are_lost(
    shared_page: Page, width: int, height: int
) -> None:
    shared_page.set_viewport_size({"width": width, "height": height})
    shared_page.evaluate(GO, "#")
    shared_page.evaluate(GO, f"{BEACH}?tool=compare&with=1.30290,0.92063")
    expect(shared_page.locator(".compare-side")).to_have_count(2)
    shared_page.wait_for_function(UNCOVERED)
    shared_page.locator("#map").focus()
    for _ in range(6):
        shared_page.keyboard.press("Shift+ArrowUp")
        shared_page.wait_for_function("() => !document.querySelector('.leaflet-pan-anim')")  # it pans once at a time
    shared_page.wait_for_function(f"() => !({UNCOVERED})()")
    shared_page.get_by_role("button", name="Show both").click()
    shared_page.wait_for_function(UNCOVERED)
    expect(shared_page.locator(".compare-side")).to_have_count(2)
