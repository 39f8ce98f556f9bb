"""GET /soundscape and its audio: what a place sounds like, in the words the design fixed."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyloudnorm
import pytest
import soundfile

from server.commands.listen import listen_once
from server.http.parameters import PointQuery
from server.soundscape.schemas import Soundscape

AT = {"lat": 0.05, "lon": 0.02}


def test_a_click_answers_exactly_the_fields_of_the_design(client):
    answer = client.get("/soundscape", params=AT)
    assert answer.status_code == 200
    body = answer.json()
    promised = "point scale gsd route imagery captions recordings concepts confidence sound model notes"
    assert list(body) == promised.split()
    assert body["point"] == AT
    assert set(body["imagery"]) == {"source", "attribution", "url", "bounds"}
    assert set(body["sound"]) == {"url", "engine", "state", "job"}
    assert set(body["model"]) == {"checkpoint", "hash"}
    Soundscape.model_validate(body)


def test_captions_and_recordings_come_best_first_with_what_the_gallery_says_of_them(client):
    body = client.get("/soundscape", params=AT).json()
    for name in ("captions", "recordings"):
        scores = [match["score"] for match in body[name]]
        assert scores == sorted(scores, reverse=True)
        assert all(-1 <= score <= 1 for score in scores)
    assert {match["scene"] for match in body["captions"]} <= {"sea", "beach", "forest", "city", "farmland"}
    recording = body["recordings"][0]
    assert (recording["author"], recording["licence"], recording["seconds"]) == ("Bo", "CC-BY-4.0", 1.5)
    assert client.get(recording["url"]).status_code == 200


@pytest.mark.parametrize("k", [1, 3, 50])
def test_as_many_matches_are_told_as_asked_for_and_no_more_than_there_are(client, k):
    body = client.get("/soundscape", params={**AT, "k": k}).json()
    assert len(body["captions"]) == min(k, 6)
    assert len(body["recordings"]) == min(k, 2)


def test_concepts_weigh_at_most_one_together_and_carry_their_names(client):
    concepts = client.get("/soundscape", params=AT).json()["concepts"]
    assert concepts
    assert 0 < sum(concept["weight"] for concept in concepts) <= 1 + 1e-6
    assert all(concept["name"] == "surf on sand" for concept in concepts if concept["id"] == 7)


def test_confidence_is_the_share_of_probability_on_the_top_scene(client, earshot):
    body = client.get("/soundscape", params={**AT, "k": 50}).json()
    logits = earshot.model.caption_scale * np.array([match["score"] for match in body["captions"]])
    shares = np.exp(logits - logits.max())
    same = [match["scene"] == body["captions"][0]["scene"] for match in body["captions"]]
    assert body["confidence"] == pytest.approx(shares[same].sum() / shares.sum(), abs=1e-6)


@pytest.mark.parametrize(("scale", "gsd"), [(1, 0.6), (3, 1.8), (5, 3.0)])
def test_a_wider_scale_covers_as_many_times_more_ground(client, scale, gsd):
    body = client.get("/soundscape", params={**AT, "scale": scale}).json()
    west, _, east, _ = body["imagery"]["bounds"]
    assert body["gsd"] == gsd
    assert (east - west) * 111_320 == pytest.approx(64 * 0.6 * scale, rel=1e-3)


def test_month_and_hour_are_accepted_and_a_note_says_that_only_the_sound_follows_them(client):
    (both,) = client.get("/soundscape", params={**AT, "month": 6, "hour": 12}).json()["notes"]
    assert both.startswith("The month and the hour change only the sound made for this place.")
    assert "was trained without them" in both
    (one,) = client.get("/soundscape", params={**AT, "hour": 12}).json()["notes"]
    assert one.startswith("The hour changes only the sound made for this place.")
    assert client.get("/soundscape", params=AT).json()["notes"] == []


def test_the_picture_a_soundscape_names_is_the_chip_that_was_listened_to(client, earshot):
    from PIL import Image

    answer = client.get(client.get("/soundscape", params=AT).json()["imagery"]["url"])
    assert answer.headers["content-type"] == "image/png"
    pixels = np.asarray(Image.open(io.BytesIO(answer.content)))
    source = earshot.imagery.get("null-island")
    np.testing.assert_array_equal(pixels, source.read(0.05, 0.02, 0.6, 64).pixels)


def test_the_same_question_gets_the_same_answer_and_304_when_it_is_known(client):
    first = client.get("/soundscape", params=AT)
    again = client.get("/soundscape", params=AT, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/soundscape", params=AT).json()["captions"] == first.json()["captions"]
    assert client.get("/soundscape", params=AT, headers={"If-None-Match": '"other"'}).status_code == 200


def test_many_clicks_at_once_get_what_each_gets_alone(client, earshot):
    points = [{"lat": -0.3 + 0.02 * i, "lon": 0.4 + 0.01 * i} for i in range(16)]
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(lambda point: client.get("/soundscape", params=point).json(), points))
    for point, body in zip(points, together, strict=True):
        alone = listen_once(earshot, PointQuery(**point))
        assert [match["id"] for match in body["captions"]] == [match.id for match in alone.captions]
        scores = [match["score"] for match in body["captions"]]
        assert scores == pytest.approx([match.score for match in alone.captions], abs=1e-5)


def test_the_sound_is_heard_at_the_promised_loudness_and_says_where_it_is_from(client):
    answer = client.get("/soundscape/audio", params={**AT, "seconds": 3, "seed": 5})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/ogg"
    assert answer.headers["x-earshot-engine"] == "foley"
    assert answer.headers["x-earshot-seed"] == "5"
    assert "earshot_0.05_0.02.ogg" in answer.headers["content-disposition"]
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    assert len(samples) / rate == pytest.approx(3, abs=0.05)
    assert pyloudnorm.Meter(rate).integrated_loudness(samples) == pytest.approx(-23, abs=1)


@pytest.mark.parametrize(
    ("accept", "format", "media"),
    [
        ("audio/wav", None, "audio/wav"),
        ("audio/ogg, audio/wav;q=0.5", None, "audio/ogg"),
        ("audio/ogg;q=0.1, audio/wav", None, "audio/wav"),
        ("*/*", None, "audio/ogg"),
        ("audio/ogg", "wav", "audio/wav"),
        ("audio/flac", None, "audio/flac"),
        ("audio/flac, audio/wav;q=0.5, */*;q=0.1", None, "audio/flac"),
    ],
)
def test_the_format_is_the_one_asked_for_or_the_one_accepted(client, accept, format, media):
    params = {**AT, "seconds": 1, **({"format": format} if format else {})}
    answer = client.get("/soundscape/audio", params=params, headers={"Accept": accept})
    assert answer.headers["content-type"] == media


def test_part_of_a_sound_can_be_asked_for(client):
    params = {**AT, "seconds": 1, "format": "wav"}
    whole = client.get("/soundscape/audio", params=params).content
    part = client.get("/soundscape/audio", params=params, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole[100:200]


def test_a_sound_once_rendered_is_ready(client):
    at = {"lat": -0.51, "lon": 0.37}
    client.get("/soundscape/audio", params=at)
    assert client.get("/soundscape", params=at).json()["sound"]["state"] == "ready"


def test_the_url_of_the_sound_renders_the_top_caption(client):
    body = client.get("/soundscape", params=AT).json()
    answer = client.get(body["sound"]["url"])
    assert answer.headers["x-earshot-caption"] == body["captions"][0]["text"]
    assert answer.headers["etag"] == f'"{body["sound"]["job"]}-ogg"'
