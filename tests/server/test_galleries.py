"""A published gallery imported from its file and served beside one's own."""

import io

import numpy as np
import pytest
import soundfile
from starlette.testclient import TestClient

from model.gallery import import_gallery
from model.sat2sound import open_checkpoint
from server.app import create_app
from tests.model.gallery.published.made_hdf5 import write_hdf5

DIM = 32
PLACE = "/soundscape?lat=0.05&lon=0.02&k=50"


@pytest.fixture(scope="module")
def published(home, tmp_path_factory):
    """The imported gallery's folder, and what its file holds."""
    folder = tmp_path_factory.mktemp("published")
    sets = write_hdf5(folder / "published.h5", dim=DIM, samples=44_100)
    model = open_checkpoint(home / "checkpoint.safetensors")
    import_gallery(
        folder / "published.h5",
        folder / "geosound",
        checkpoint_name=model.config.name,
        checkpoint_hash=model.checkpoint_hash,
        dim=DIM,
        licence="CC-BY-4.0",
    )
    return folder / "geosound", sets


@pytest.fixture(scope="module")
def both(make_settings, home, published, ready):
    """A server with one's own gallery first."""
    settings = make_settings(gallery=[str(home / "gallery"), str(published[0])])
    with TestClient(create_app(settings), raise_server_exceptions=False) as running:
        yield ready(running)


def test_a_place_is_told_from_both_at_its_scale(both):
    for scale in (1, 3, 5):
        captions = both.get(f"{PLACE}&scale={scale}").json()["captions"]
        ids = [caption["id"] for caption in captions]
        assert len(ids) == len(set(ids)) == 6 + 7
        imported = {id for id in ids if id.startswith("geosound~")}
        assert imported == {f"geosound~yfcc-{n}.s{scale}" for n in range(7)}
        assert {caption["gallery"] for caption in captions} == {"gallery", "geosound"}
        assert [caption["score"] for caption in captions] == sorted((c["score"] for c in captions), reverse=True)
    recordings = both.get(PLACE).json()["recordings"]
    assert {recording["gallery"] for recording in recordings} == {"gallery", "geosound"}


def test_an_imported_entry_says_where_it_is_from_and_is_heard_in_parts(both, published):
    entry = both.get("/gallery/geosound~yfcc-2.s3").json()
    assert (entry["gallery"], entry["scale"], entry["text"]) == ("geosound", 3, "seen 2 at 3")
    for id, stored in [("geosound~yfcc-2.s3", "synth_audio_zl3"), ("geosound~yfcc-2", "audio_raw")]:
        answer = both.get(f"/gallery/{id}/audio?format=wav")
        samples, rate = soundfile.read(io.BytesIO(answer.content), dtype="float32")
        raw = published[1][stored][2].T
        assert (rate, samples.shape) == (44_100, raw.shape)
        gain = np.linalg.norm(samples) / np.linalg.norm(raw)
        np.testing.assert_allclose(samples, gain * raw, atol=2e-3)
        part = both.get(f"/gallery/{id}/audio?format=wav", headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, answer.content[100:200])


def test_a_place_whose_first_caption_has_a_sound_is_heard_as_that(make_settings, published, ready):
    with TestClient(create_app(make_settings(gallery=[str(published[0])]))) as running:
        answer = ready(running).get("/soundscape?lat=0.05&lon=0.02&scale=5").json()
        assert answer["sound"]["engine"] == "recording"
        heard = running.get(answer["sound"]["url"] + "&format=wav").content
        assert heard == running.get(f"/gallery/{answer['captions'][0]['id']}/audio?format=wav").content
        assert running.get("/capabilities").json()["gallery"]["scales"] == [1, 3, 5]


def test_capabilities_name_every_gallery_and_the_precision(both):
    found = both.get("/capabilities").json()
    assert found["gallery"]["captions"] == 6 + 21
    assert found["gallery"]["parts"] == [
        {"name": "gallery", "captions": 6, "recordings": 2},
        {"name": "geosound", "captions": 21, "recordings": 7},
    ]
    assert found["checkpoint"]["precision"] == "float32"


@pytest.mark.parametrize("id", ["geosound~nothing", "nothing~yfcc-1", "yfcc-1", "geosound~", "~"])
def test_an_id_of_no_gallery_is_not_found(both, id):
    answer = both.get(f"/gallery/{id}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-entry")
