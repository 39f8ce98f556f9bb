"""The gallery's entries and their sounds."""

import io

import numpy as np
import pytest
import soundfile


def test_an_entry_tells_its_words_its_author_and_its_licence(client):
    assert client.get("/gallery/c-city").json() == {
        "id": "c-city",
        "gallery": "gallery",
        "kind": "caption",
        "text": "traffic hums and a siren passes",
        "scene": "city",
        "scale": None,
        "author": "Ann",
        "licence": "CC0-1.0",
        "audio": "/gallery/c-city/audio",
    }
    assert client.get("/gallery/r-surf").json()["kind"] == "recording"


def test_a_recording_sounds_as_long_as_it_is_and_always_the_same(client, earshot):
    answers = [client.get("/gallery/r-surf/audio", params={"format": "wav", "seed": seed}) for seed in (0, 9)]
    samples, rate = soundfile.read(io.BytesIO(answers[0].content))
    assert len(samples) / rate == pytest.approx(1.5, abs=0.01)
    assert answers[0].content == answers[1].content
    clip = earshot.gallery.audio("r-surf").at_loudness(-23)
    np.testing.assert_allclose(samples, clip.samples.T, atol=1e-4)


def test_a_caption_is_rendered_with_the_seed_and_length_asked_for(client):
    sounds = [
        client.get("/gallery/c-beach/audio", params={"format": "wav", "seed": seed, "seconds": 1}) for seed in (0, 1)
    ]
    assert [sound.headers["x-earshot-seed"] for sound in sounds] == ["0", "1"]
    assert sounds[0].content != sounds[1].content
    assert sounds[0].headers["x-earshot-caption"] == "surf breaks on sand and gulls call"


def test_a_known_entry_is_not_sent_again(client):
    tag = client.get("/gallery/c-city").headers["etag"]
    assert client.get("/gallery/c-city", headers={"If-None-Match": tag}).status_code == 304


def test_the_waveform_of_a_recording_is_drawn_from_its_sound(client):
    answer = client.get("/gallery/r-surf/peaks", params={"points": 40})
    samples, _ = soundfile.read(io.BytesIO(client.get("/gallery/r-surf/audio", params={"format": "wav"}).content))
    assert answer.json()["seconds"] == pytest.approx(1.5, abs=0.01)
    assert len(answer.json()["peaks"]) == 40
    assert max(answer.json()["peaks"]) == pytest.approx(np.abs(samples).max(), abs=1e-3)
    assert client.get("/gallery/nothing/peaks").status_code == 404
    assert client.get("/gallery/r-surf/peaks", params={"points": 0}).status_code == 422


def test_recordings_name_where_their_waveform_is(client):
    (first, *_) = client.get("/soundscape", params={"lat": 0.05, "lon": 0.02}).json()["recordings"]
    assert first["peaks"] == f"/gallery/{first['id']}/peaks"
