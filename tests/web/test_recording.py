"""A recording to search with, from a file or the microphone."""

import io
import re

import numpy as np
import soundfile
from playwright.sync_api import Page, expect

from tests.web.steps import GLOW_TILES, SEARCH, WAVES, brightness, glow, search

RATE = 22_050


def recording() -> bytes:
    """Five seconds of something like surf: noise that swells and ebbs."""
    time = np.arange(5 * RATE) / RATE
    noise = np.random.default_rng(0).normal(0, 0.2, len(time)) * (0.6 + 0.4 * np.sin(2 * np.pi * time / 4))
    buffer = io.BytesIO()
    soundfile.write(buffer, noise, RATE, format="WAV")
    return buffer.getvalue()


def test_a_recording_is_sent_and_its_heatmap_has_an_address_of_its_own(shared_page: Page) -> None:
    surf = {"name": "surf.wav", "mimeType": "audio/wav", "buffer": recording()}
    with shared_page.expect_response(SEARCH) as answer:
        shared_page.set_input_files("#search-upload", surf)  # type: ignore[arg-type]
    assert answer.value.request.method == "POST"
    query = answer.value.json()["query"]
    assert query["recording"] is True
    shared_page.wait_for_selector(GLOW_TILES, state="attached")
    expect(shared_page.locator("#search-token-name")).to_have_text("surf.wav")
    expect(shared_page).to_have_url(re.compile(rf"#\?query={query['id']}&checkpoint=\w+$"))
    assert brightness(glow(shared_page), "ocean", "forest", "farmland", "city") > 0


def test_words_are_composed_with_the_recording_at_hand(shared_page: Page) -> None:
    answer = search(shared_page, "at night")
    assert answer["query"]["recording"] is True
    expect(shared_page.locator("#results-title")).to_contain_text("the recording and “at night”")


def test_the_address_of_a_recording_opens_its_heatmap_again(shared_page: Page) -> None:
    shared_page.reload()
    expect(shared_page.locator("#results-title")).to_contain_text("the recording")


def test_a_file_that_holds_no_sound_is_refused_in_the_servers_own_words(shared_page: Page) -> None:
    broken = {"name": "broken.wav", "mimeType": "audio/wav", "buffer": b"RIFF but no sound"}
    with shared_page.expect_response(SEARCH) as answer:
        shared_page.set_input_files("#search-upload", broken)  # type: ignore[arg-type]
    assert answer.value.status == 422
    expect(shared_page.get_by_role("alert").filter(has_text=answer.value.json()["detail"])).to_be_visible()
    search(shared_page, WAVES)


def test_what_the_microphone_hears_is_searched_with(shared_page: Page) -> None:
    shared_page.evaluate(HUMMING_MICROPHONE)
    shared_page.get_by_role("button", name="Record a sound").click()
    stop = shared_page.get_by_role("button", name=re.compile("Stop, 9 s left"))
    with shared_page.expect_response(SEARCH) as answer:
        stop.click()
    assert answer.value.status == 200
    assert answer.value.json()["query"]["recording"] is True
    expect(shared_page.locator("#search-token-name")).to_have_text("A recording")


# A microphone that hums, for machines that have none.
HUMMING_MICROPHONE = """() => {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const hum = context.createOscillator();
    const ear = context.createMediaStreamDestination();
    hum.connect(ear);
    hum.start();
    return ear.stream;
  };
}"""
