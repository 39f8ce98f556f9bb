"""The ladder of a place's sounds, as a person climbs it: caption, nearest recording, the sound that is made."""

import io
import itertools
import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page, Route, expect

CITY = "#1.30300,0.92100,1,15"
# Places whose sound no other test makes.
FIRST, CALLED_OFF, LEFT, NEWEST, QUICK_AT_LAST = (
    f"#{lat:.5f},0.93526,1,15" for lat in (1.32651, 1.29, 1.28, 1.25, 1.22)
)
QUIETEST_RMS = -50.0  # dBFS
QUEUE = 4
SEEDS = itertools.count(7000)  # a sound that was made once is there at once
LONGEST = 30.0  # seconds of sound, which keep the worker busy while a test looks on

MADE = '.rungs [data-rung="synthesised"]'
RECORDED = '.rungs [data-rung="recording"]'


def open_at(page: Page, permalink: str) -> None:
    page.evaluate("hash => { location.hash = hash }", permalink)
    expect(page.locator("#card")).to_be_visible()


def samples_of(page: Page, earshot: str) -> tuple[np.ndarray, int]:
    """What the audio element plays."""
    sound = page.request.get(urljoin(earshot, str(page.locator("audio").get_attribute("src"))))
    samples, rate = soundfile.read(io.BytesIO(sound.body()), dtype="float64", always_2d=True)
    return samples, rate


def rms_dbfs(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-12))


def play_and_hear(page: Page) -> None:
    page.locator(".listen").click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.3")
    expect(page.locator(".listen")).to_have_text("Pause")


@pytest.fixture
def busy(page: Page) -> Iterator[None]:
    """A server whose worker has long sounds to make before anything else."""
    jobs = []
    for _ in range(QUEUE):
        request = {"caption": "waves break on rocks and gulls call", "seconds": LONGEST, "seed": next(SEEDS)}
        headers = {"Content-Type": "application/json"}
        jobs.append(page.request.post("/synthesis", data=json.dumps(request), headers=headers).json()["url"])
    yield
    for job in jobs:
        page.request.delete(job)


def test_the_sound_is_made_while_the_recording_can_be_heard_already(page: Page, earshot: str, busy: None) -> None:
    open_at(page, FIRST)
    expect(page.locator(".headline h2")).not_to_be_empty()
    expect(page.locator(RECORDED)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".making")).to_contain_text(re.compile(r"Queued: \d+(st|nd|rd|th) in line|Rendering"))
    play_and_hear(page)
    assert "/gallery/" in str(page.locator("audio").get_attribute("src"))
    samples, _ = samples_of(page, earshot)
    assert rms_dbfs(samples) > QUIETEST_RMS


def test_the_ladder_is_climbed_to_the_synthesised_sound_which_is_heard(page: Page, earshot: str) -> None:
    open_at(page, CITY)
    expect(page.locator(f"{MADE}[data-stage='done']")).to_contain_text("Ready, by Foley")
    expect(page.locator(MADE)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".wave-clock")).to_have_text("0:00 / 0:10")
    expect(page.locator(".making")).to_be_hidden()
    play_and_hear(page)
    assert "/synthesis/" in str(page.locator("audio").get_attribute("src"))
    samples, rate = samples_of(page, earshot)
    assert len(samples) / rate == pytest.approx(10, abs=0.1)
    assert rms_dbfs(samples) > QUIETEST_RMS


def test_switching_goes_on_playing_at_the_same_loudness(page: Page, earshot: str) -> None:
    open_at(page, CITY)
    expect(page.locator(f"{MADE}[data-stage='done']")).to_be_visible()
    play_and_hear(page)
    made, rate = samples_of(page, earshot)
    page.locator(RECORDED).click()
    page.wait_for_function(
        "() => (a => a.ended || (!a.paused && a.currentTime > 0.2))(document.querySelector('audio'))", timeout=20_000
    )
    assert "/gallery/" in str(page.locator("audio").get_attribute("src"))
    recorded, recorded_rate = samples_of(page, earshot)
    levels = [loudness(made, rate), loudness(recorded, recorded_rate)]
    assert levels == pytest.approx([-23, -23], abs=1)


def loudness(samples: np.ndarray, rate: int) -> float:
    import pyloudnorm

    return float(pyloudnorm.Meter(rate).integrated_loudness(samples))


def test_the_waveform_moves_in_the_sound_by_mouse_and_keyboard(page: Page) -> None:
    open_at(page, CITY)
    expect(page.locator(f"{MADE}[data-stage='done']")).to_be_visible()
    play_and_hear(page)
    lane = page.locator(".wave-lane").bounding_box()
    assert lane is not None
    assert page.evaluate("document.querySelector('.wave-canvas > *').shadowRoot.querySelectorAll('canvas').length") > 0
    page.mouse.click(lane["x"] + 0.8 * lane["width"], lane["y"] + lane["height"] / 2)
    page.wait_for_function("() => document.querySelector('audio').currentTime > 7")
    slider = page.get_by_role("slider", name="Position in the sound")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.querySelector('audio').currentTime < 3")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"\d of 10 seconds"))


def test_every_engine_says_what_it_takes_before_anyone_waits(page: Page) -> None:
    open_at(page, CITY)
    engines = page.locator(".engines label")
    expect(engines).to_have_count(2)
    expect(engines.nth(0)).to_contain_text(re.compile(r"on this server"))
    expect(engines.nth(1)).to_contain_text("earshot pull tangoflux")
    expect(engines.nth(1)).to_contain_text("Powered by Stability AI")
    expect(engines.nth(1)).to_contain_text("non-commercial")
    expect(engines.nth(1).locator("input")).to_be_disabled()


def test_a_sound_on_its_way_is_called_off_and_can_be_made_after_all(page: Page, earshot: str, busy: None) -> None:
    with page.expect_response(lambda answer: answer.url.endswith("/synthesis")) as asked:
        open_at(page, CALLED_OFF)
    job = asked.value.json()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".making")).to_contain_text("Cancelled")
    expect(page.locator(f"{MADE}[data-stage='cancelled']")).to_be_visible()
    assert page.request.get(urljoin(earshot, job["url"])).json()["state"] == "cancelled"
    page.get_by_role("button", name="Make it after all").click()
    expect(page.locator(".making")).to_contain_text(re.compile("Queued|Rendering"))


def test_a_sound_that_fails_says_why_in_the_servers_words_and_can_be_tried_again(page: Page) -> None:
    refusal = {"title": "Too many requests at once", "detail": "512 sounds wait to be rendered already.", "status": 503}
    page.route(
        "**/synthesis",
        lambda route: route.fulfill(
            status=503, content_type="application/problem+json", headers={"Retry-After": "1"}, body=json.dumps(refusal)
        ),
    )
    open_at(page, CITY)
    expect(page.locator(".making")).to_contain_text("512 sounds wait to be rendered already.")
    expect(page.locator(f"{MADE}[data-stage='failed']")).to_be_visible()
    page.unroute("**/synthesis")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(f"{MADE}[data-stage='done']")).to_be_visible()


def test_only_the_newest_place_is_followed(page: Page, busy: None) -> None:
    open_at(page, LEFT)
    expect(page.locator(".making")).to_contain_text(re.compile("Queued|Rendering"))
    first = page.locator(".coordinates").inner_text()
    with page.expect_response(lambda answer: answer.url.endswith("/synthesis")) as asked:
        page.evaluate("hash => { location.hash = hash }", NEWEST)
    expect(page.locator(".coordinates")).not_to_have_text(first)
    page.request.delete(asked.value.json()["url"])
    expect(page.locator(".making")).to_contain_text("Cancelled")  # told of this place's sound alone


def test_an_engine_that_turns_out_to_be_quick_begins_by_itself(page: Page) -> None:
    looks = []

    def look(route: Route) -> None:
        found = route.fetch().json()
        looks.append(route)
        if len(looks) == 1:
            found["engines"][0]["seconds_per_10s"] = 90.0
        route.fulfill(json=found)

    page.route("**/capabilities", look)
    page.goto("about:blank")
    page.goto(f"/{QUICK_AT_LAST}")
    expect(page.locator(f"{MADE}[data-stage='done']")).to_be_visible()
    assert len(looks) >= 2


@pytest.mark.parametrize("width", [320, 390])
def test_the_ladder_fits_a_phone(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    open_at(page, CITY)
    for part in (".rungs", ".listen", ".wave", ".engines"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


# Tells of each loop of samples that begins to sound, and is put before the page's own scripts.
HEARD_LOOPS = """() => {
  window.loops = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...when) {
    window.loops.push({ isLooped: this.loop, seconds: this.buffer.duration });
    return start.apply(this, when);
  };
}"""


def test_a_loop_is_rendered_to_close_and_repeated_without_a_seam(page: Page) -> None:
    open_at(page, CITY)
    expect(page.locator(f"{MADE}[data-stage='done']")).to_be_visible()
    page.evaluate(HEARD_LOOPS)
    play_and_hear(page)
    loop = page.get_by_role("button", name="Loop")
    with page.expect_response(lambda answer: answer.url.endswith("/synthesis")) as asked:
        loop.click()
    job = asked.value.json()
    assert job["loop"] is True
    page.wait_for_function("() => window.loops.length > 0")
    assert page.evaluate("window.loops[0]") == {"isLooped": True, "seconds": 10}
    assert job["audio"] in str(page.locator("audio").get_attribute("src"))
    assert page.evaluate("(a => a.loop && !a.paused && a.volume === 0)(document.querySelector('audio'))")
    page.evaluate("document.querySelector('audio').currentTime = 9.6")
    page.wait_for_function("() => (a => !a.paused && a.currentTime < 5)(document.querySelector('audio'))")
    assert page.evaluate("window.loops.length") >= 2  # it followed the slider, and then went on by itself
    expect(loop).to_have_attribute("aria-pressed", "true")
    page.locator(".listen").click()
    expect(page.locator(".listen")).to_have_text("Listen")
    assert page.evaluate("document.querySelector('audio').volume") == 1


def test_a_recording_is_repeated_too(page: Page) -> None:
    open_at(page, CITY)
    expect(page.locator(f"{MADE}[data-stage='done']")).to_be_visible()
    page.locator(RECORDED).click()
    page.get_by_role("button", name="Loop").click()
    play_and_hear(page)
    page.evaluate("(a => { a.currentTime = a.duration - 0.3 })(document.querySelector('audio'))")
    page.wait_for_function("() => (a => !a.paused && a.currentTime < 2)(document.querySelector('audio'))")
    assert "/gallery/" in str(page.locator("audio").get_attribute("src"))
    assert page.evaluate("document.querySelector('audio').volume") == 1


def test_the_volume_is_set_by_keyboard_muted_and_remembered(page: Page) -> None:
    open_at(page, CITY)
    slider = page.locator("#card").get_by_role("slider", name="Volume")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "80%")
    assert page.evaluate("document.querySelector('audio').volume") == pytest.approx(0.8)
    page.locator("#card").get_by_role("button", name="Mute").press("Enter")
    expect(slider).to_have_attribute("aria-valuetext", "80%, muted")
    assert page.evaluate("document.querySelector('audio').muted")
    page.reload()
    expect(slider).to_have_attribute("aria-valuetext", "80%, muted")
    mute = page.locator("#card").get_by_role("button", name="Mute")
    expect(mute).to_have_attribute("aria-pressed", "true")
    mute.click()
    assert page.evaluate("(a => [a.volume, a.muted])(document.querySelector('audio'))") == [pytest.approx(0.8), False]
    page.evaluate("localStorage.removeItem('earshot.volume')")


def test_the_waveform_takes_the_colours_of_another_theme_at_once(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    open_at(page, CITY)
    expect(page.locator(f"{MADE}[data-stage='done']")).to_be_visible()
    page.wait_for_function(f"() => ({WAVE_COLOUR})() !== null")
    light = page.evaluate(WAVE_COLOUR)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"before => JSON.stringify(({WAVE_COLOUR})()) !== JSON.stringify(before)", arg=light)
    dark = page.evaluate(WAVE_COLOUR)
    assert (light, dark) == ([201, 138, 27], [240, 185, 85])  # the colour named --bar


# The colour that most of the drawn waveform has; null: nothing is drawn yet.
WAVE_COLOUR = """() => {
  const host = document.querySelector('.wave-canvas > *');
  const canvas = host && host.shadowRoot.querySelector('canvas');
  if (!canvas || !canvas.width) return null;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const counts = {};
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 255) continue;
    const colour = [data[i], data[i + 1], data[i + 2]].join();
    counts[colour] = (counts[colour] || 0) + 1;
  }
  const [most] = Object.entries(counts).sort((one, other) => other[1] - one[1]);
  return most ? most[0].split(',').map(Number) : null;
}"""
