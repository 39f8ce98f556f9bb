"""The main job, as a person does it: open the page, choose a place, read what it sounds like, hear it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.web.steps import ANSWER, BEACH, CENTRE, QUIETEST_RMS, is_painted, open_at, play_and_hear, rms_dbfs, sound_of


@pytest.fixture
def offline(page: Page) -> Iterator[None]:
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)


def test_a_click_gives_a_card_with_the_image_captions_and_recordings(shared_page: Page) -> None:
    asked: list[str] = []
    shared_page.on("request", lambda request: asked.append(request.url))
    shared_page.mouse.click(*CENTRE)
    card = shared_page.locator("#card")
    expect(card).to_be_visible()
    captions = card.locator(".matches:not(.recordings) li")
    assert captions.count() >= 3
    scores = [float(text.replace("−", "-")) for text in captions.locator(".score").all_text_contents()]
    assert scores == sorted(scores, reverse=True)
    assert card.locator(".recordings li").count() >= 1
    expect(card.locator(".recordings small").first).to_contain_text("·")
    expect(card.locator(".made-by")).to_contain_text("Foley, a procedural synthesizer")
    assert is_painted(shared_page, ".chip img")
    expect(card.locator('.rungs [data-stage="done"]')).to_be_visible()
    assert not [url for url in asked if "/audio" in url], "a sound was fetched that nobody asked for"


def test_back_returns_to_the_place_before(shared_page: Page) -> None:
    clicked = str(shared_page.locator(".coordinates").text_content())
    open_at(shared_page, BEACH)
    expect(shared_page.locator(".coordinates")).to_contain_text("0.95905")
    shared_page.go_back()
    expect(shared_page.locator(".coordinates")).to_have_text(clicked)
    shared_page.go_forward()
    expect(shared_page.locator(".coordinates")).to_contain_text("0.95905")


def test_listen_plays_the_sound_of_the_place_audibly(shared_page: Page) -> None:
    expect(shared_page.locator('.rungs [data-stage="done"]')).to_be_visible()
    assert shared_page.evaluate("document.querySelector('audio').paused")
    play_and_hear(shared_page)
    assert rms_dbfs(sound_of(shared_page)) > QUIETEST_RMS
    shared_page.locator(".listen").click()
    expect(shared_page.locator(".listen")).to_have_text("Listen")
    assert shared_page.evaluate("document.querySelector('audio').paused")


def test_a_recording_plays_in_place_of_the_sound_of_the_place(shared_page: Page) -> None:
    button = shared_page.locator(".recordings .play").first
    button.click()
    shared_page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    assert "/gallery/" in str(shared_page.locator("audio").get_attribute("src"))
    expect(button).to_have_attribute("aria-label", re.compile("^Pause: "))
    expect(shared_page.get_by_role("button", name="Nearest recording")).to_have_attribute("aria-pressed", "true")
    expect(shared_page.locator(".listen")).to_have_text("Pause")


def test_the_footprint_is_drawn_where_the_chip_was_taken(shared_page: Page) -> None:
    with shared_page.expect_response(ANSWER) as answer:
        shared_page.locator(".scales label").nth(1).click()
    assert answer.value.json()["scale"] == 3
    expect(shared_page).to_have_url(re.compile(r"#0\.95905,0\.25310,3,15\?checkpoint=[0-9a-f]{8}$"))
    expect(shared_page.locator(".scales input").nth(1)).to_be_focused()
    shared_page.locator(".chip").click()
    footprint = shared_page.locator("path.footprint").bounding_box()
    assert footprint is not None
    assert footprint["width"] == pytest.approx(footprint["height"], rel=0.03)
    assert footprint["width"] > 100
    _, south, _, north = answer.value.json()["imagery"]["bounds"]
    assert 130 < (north - south) * 111_000 < 800


def test_a_place_without_imagery_is_told_in_the_servers_own_words(shared_page: Page) -> None:
    shared_page.fill("#finder-lat", "48.85")
    shared_page.fill("#finder-lon", "2.35")
    with shared_page.expect_response(ANSWER) as answer:
        shared_page.get_by_role("button", name="Go", exact=True).click()
    assert answer.value.status == 404
    alert = shared_page.get_by_role("alert")
    expect(alert.filter(has_text=answer.value.json()["title"])).to_contain_text(answer.value.json()["detail"])
    expect(shared_page.locator("#card")).to_be_hidden()


def test_a_network_that_goes_is_told_of_and_what_waited_is_asked_again(page: Page, offline: None) -> None:
    expect(page.locator("#connection")).to_contain_text("No connection")
    page.mouse.click(*CENTRE)
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#card")).to_be_visible()
    expect(page.locator("#connection")).to_be_empty()
