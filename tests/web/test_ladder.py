"""The ladder of a place's sounds, as a person climbs it, in real audio: what is made, the recording, the loop."""

import io

import pyloudnorm
import pytest
import soundfile
from playwright.sync_api import Page, expect

from tests.web.steps import BEACH, QUIETEST_RMS, open_at, play_and_hear, rms_dbfs, sound_of

MADE = '.rungs [data-rung="synthesised"]'
RECORDED = '.rungs [data-rung="recording"]'


def loudness(sound: bytes) -> float:
    samples, rate = soundfile.read(io.BytesIO(sound), dtype="float64", always_2d=True)
    return float(pyloudnorm.Meter(rate).integrated_loudness(samples))


def test_the_ladder_is_climbed_to_the_synthesised_sound_which_is_heard(shared_page: Page) -> None:
    shared_page.emulate_media(color_scheme="light")
    open_at(shared_page, BEACH)
    expect(shared_page.locator(f"{MADE}[data-stage='done']")).to_contain_text("Ready, by Foley")
    expect(shared_page.locator(MADE)).to_have_attribute("aria-pressed", "true")
    expect(shared_page.locator(".wave-clock")).to_have_text("0:00 / 0:10")
    expect(shared_page.locator(".making")).to_be_hidden()
    expect(shared_page.locator(".engines label").nth(1)).to_contain_text("earshot pull tangoflux")
    play_and_hear(shared_page)
    assert "/synthesis/" in str(shared_page.locator("audio").get_attribute("src"))
    sound = sound_of(shared_page)
    assert soundfile.info(io.BytesIO(sound)).duration == pytest.approx(10, abs=0.1)
    assert rms_dbfs(sound) > QUIETEST_RMS


def test_the_waveform_moves_in_the_sound_by_mouse_and_keyboard(shared_page: Page) -> None:
    lane = shared_page.locator(".wave-lane").bounding_box()
    assert lane is not None
    canvases = "document.querySelector('.wave-canvas > *').shadowRoot.querySelectorAll('canvas').length"
    assert shared_page.evaluate(canvases) > 0
    shared_page.mouse.click(lane["x"] + 0.8 * lane["width"], lane["y"] + lane["height"] / 2)
    shared_page.wait_for_function("() => document.querySelector('audio').currentTime > 7")
    slider = shared_page.get_by_role("slider", name="Position in the sound")
    slider.focus()
    shared_page.keyboard.press("Home")
    shared_page.wait_for_function("() => document.querySelector('audio').currentTime < 3")


def test_the_waveform_takes_the_colours_of_another_theme_at_once(shared_page: Page) -> None:
    shared_page.locator(".listen").click()
    light = shared_page.evaluate(WAVE_COLOURS)
    shared_page.emulate_media(color_scheme="dark")
    shared_page.wait_for_function(f"before => JSON.stringify(({WAVE_COLOURS})()) !== JSON.stringify(before)", arg=light)
    dark = shared_page.evaluate(WAVE_COLOURS)
    assert ([201, 138, 27] in light, [240, 185, 85] in dark) == (True, True)  # the colour named --bar


def test_switching_goes_on_playing_at_the_same_loudness(shared_page: Page) -> None:
    play_and_hear(shared_page)
    made = sound_of(shared_page)
    shared_page.locator(RECORDED).click()
    shared_page.wait_for_function("() => (a => !a.paused && a.currentTime > 0.2)(document.querySelector('audio'))")
    assert "/gallery/" in str(shared_page.locator("audio").get_attribute("src"))
    assert [loudness(made), loudness(sound_of(shared_page))] == pytest.approx([-23, -23], abs=1)


def test_the_volume_is_set_by_keyboard_muted_and_remembered(shared_page: Page) -> None:
    slider = shared_page.locator("#card").get_by_role("slider", name="Volume")
    slider.focus()
    for _ in range(4):
        shared_page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "80%")
    assert shared_page.evaluate("document.querySelector('audio').volume") == pytest.approx(0.8)
    shared_page.locator("#card").get_by_role("button", name="Mute").press("Enter")
    expect(slider).to_have_attribute("aria-valuetext", "80%, muted")
    assert shared_page.evaluate("document.querySelector('audio').muted")
    shared_page.reload()
    expect(slider).to_have_attribute("aria-valuetext", "80%, muted")
    mute = shared_page.locator("#card").get_by_role("button", name="Mute")
    expect(mute).to_have_attribute("aria-pressed", "true")
    mute.click()
    volume = shared_page.evaluate("(a => [a.volume, a.muted])(document.querySelector('audio'))")
    assert volume == [pytest.approx(0.8), False]
    shared_page.evaluate("localStorage.removeItem('earshot.volume')")
    shared_page.reload()


# Tells of each loop of samples that begins to sound, and is put before the page's own scripts.
HEARD_LOOPS = """() => {
  window.loops = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...when) {
    window.loops.push({ isLooped: this.loop, seconds: this.buffer.duration });
    return start.apply(this, when);
  };
}"""


def test_a_loop_is_rendered_to_close_and_repeated_without_a_seam(shared_page: Page) -> None:
    expect(shared_page.locator(f"{MADE}[data-stage='done']")).to_be_visible()
    shared_page.evaluate(HEARD_LOOPS)
    play_and_hear(shared_page)
    loop = shared_page.get_by_role("button", name="Loop")
    with shared_page.expect_response(lambda answer: answer.url.endswith("/synthesis")) as asked:
        loop.click()
    job = asked.value.json()
    assert job["loop"] is True
    shared_page.wait_for_function("() => window.loops.length > 0")
    assert shared_page.evaluate("window.loops[0]") == {"isLooped": True, "seconds": 10}
    assert job["audio"] in str(shared_page.locator("audio").get_attribute("src"))
    assert shared_page.evaluate("(a => a.loop && !a.paused && a.volume === 0)(document.querySelector('audio'))")
    shared_page.evaluate("document.querySelector('audio').currentTime = 9.6")
    shared_page.wait_for_function("() => (a => !a.paused && a.currentTime < 5)(document.querySelector('audio'))")
    assert shared_page.evaluate("window.loops.length") >= 2  # it followed the slider, and then went on by itself
    expect(loop).to_have_attribute("aria-pressed", "true")
    shared_page.locator(".listen").click()
    expect(shared_page.locator(".listen")).to_have_text("Listen")
    assert shared_page.evaluate("document.querySelector('audio').volume") == 1


# The colours that much of the drawn waveform has.
WAVE_COLOURS = """() => {
  const host = document.querySelector('.wave-canvas > *');
  const canvas = host && host.shadowRoot.querySelector('canvas');
  if (!canvas || !canvas.width) return [];
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const counts = {};
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 255) continue;
    const colour = [data[i], data[i + 1], data[i + 2]].join();
    counts[colour] = (counts[colour] || 0) + 1;
  }
  return Object.entries(counts).filter(([, count]) => count > 200).map(([colour]) => colour.split(',').map(Number));
}"""
