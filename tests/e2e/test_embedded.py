"""What ships listens honestly: the embedded checkpoint and gallery, on Null Island and on real places."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from model.gallery import Gallery
from model.gallery.entry import rendered
from model.sat2sound import Sat2Sound, image_tensor, open_checkpoint
from model.sat2sound.checkpoint.open import EMBEDDED
from model.sat2sound.checkpoint.safetensors_pair import audio_path
from model.sat2sound.features import SAMPLE_RATE, ten_seconds
from model.scenes.captions import read_scene_map
from tiles.imagery import ImagerySource, open_imagery
from tiles.imagery.null_island import CLASSES, land_cover, sample_land_cover

RASTERS = Path(__file__).parents[2] / "../shared/data/rasters"
MEGABYTES_25 = 25 * 1024 * 1024
POINTS = 8
SENSIBLE = {
    "naip_nd_2020_rgbn_5m": {"farmland", "pasture", "meadow", "lake", "river", "scrub"},
    "s2_dolomites_rgb_10m": {"forest", "mountain", "meadow", "pasture", "river", "residential", "scrub"},
    "landsat7_olinda_rgb_28m": {"sea", "beach", "city", "residential", "harbour", "industry", "forest", "street"},
    "aerial_nl_rgb_0p25m": {"river", "lake", "residential", "industry", "parking", "street", "harbour", "city"},
    "hro_colorado_rgb_0p15m": {"residential", "street", "city", "parking", "highway", "industry"},
}


@pytest.fixture(scope="module")
def model():
    return open_checkpoint("embedded")


@pytest.fixture(scope="module")
def gallery(model):
    gallery = Gallery.open("embedded")
    gallery.check_checkpoint(model.checkpoint_hash)
    return gallery


def earshot(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments],
        cwd=folder,
        env=os.environ | {"EARSHOT_ONLINE": "false", "EARSHOT_DATA_DIR": str(folder / "data")},
        capture_output=True,
        text=True,
        check=False,
    )


def listened(model: Sat2Sound, source: ImagerySource, lat: float, lon: float) -> np.ndarray:
    """The vector of a point at scale 1: (1, dim)."""
    chip = source.read(lat, lon, source.gsd, model.config.tile_pixels)
    with torch.inference_mode():
        image = model.embed_images(image_tensor(chip.pixels, model.config.image_size)[None], source.gsd)
    return image.vector.numpy()


def test_what_ships_is_small_and_belongs_together(model, gallery):
    assert EMBEDDED.stat().st_size + audio_path(EMBEDDED).stat().st_size <= MEGABYTES_25
    assert gallery.count("caption") >= 300
    assert gallery.count("recording") >= 60
    assert model.config.name == "embedded"


@pytest.fixture(scope="module")
def on_null_island(model) -> list[tuple[str, np.ndarray]]:
    """Points of every land cover, and their vectors (1, dim)."""
    source, heard = open_imagery("null-island"), []
    for cover in CLASSES:
        for lat, lon in zip(*sample_land_cover(cover, POINTS, seed=99), strict=True):
            assert str(land_cover(float(lat), float(lon))) == cover
            heard.append((cover, listened(model, source, float(lat), float(lon))))
    return heard


@pytest.mark.parametrize(("kind", "share"), [("caption", 0.8), ("recording", 0.75)])
def test_what_is_nearest_mostly_fits_null_islands_land_cover(on_null_island, gallery, kind, share):
    scenes, fits = read_scene_map(), []
    for cover, vector in on_null_island:
        _, ids = gallery.nearest(vector, 1, kind)
        fits.append(gallery.entry(ids[0, 0]).scene in scenes["null-island", cover])
    assert np.mean(fits) >= share


def test_the_galleries_own_captions_find_themselves(model, gallery):
    entries = list(gallery.entries("caption"))[::40]
    _, ids = gallery.nearest(model.embed_texts([entry.text for entry in entries]).vector, 1)
    assert [str(i) for i in ids[:, 0]] == [entry.id for entry in entries]


def test_the_galleries_recordings_are_heard_as_they_sound_now(model, gallery):
    recordings = list(gallery.entries("recording"))[::12]
    clips = [gallery.audio(entry.id) for entry in recordings]
    heard = torch.cat([ten_seconds(clip.samples.mean(axis=0), clip.sample_rate) for clip in clips])
    with torch.inference_mode():
        words = model.embed_texts([entry.foley for entry in recordings])
        vectors = rendered(model.embed_audio(heard, SAMPLE_RATE).vector, words.vector)
        scores, ids = gallery.nearest(vectors, 1, "recording")
    assert [str(i) for i in ids[:, 0]] == [entry.id for entry in recordings]
    assert scores.min() > 0.999


def test_listening_writes_captions_and_an_audible_sound(tmp_path):
    done = earshot("listen", "1.303", "0.921", "--json", "--out", "place.wav", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert len(answer["captions"]) == 5
    samples, rate = soundfile.read(tmp_path / "place.wav")
    assert rate == 44100
    assert 20 * np.log10(np.sqrt(np.mean(samples**2))) > -50


@pytest.mark.parametrize("name", sorted(SENSIBLE))
def test_most_points_of_real_places_are_heard_sensibly(name, model, gallery):
    """At two of three points of each raster at least, one of the three best captions is of a scene that is there."""
    path = (RASTERS / f"{name}.tif").resolve()
    if not path.is_file():
        pytest.skip("the real rasters are not beside this checkout")
    places = {entry["file"]: entry for entry in json.loads((RASTERS / "index.json").read_text())}
    west, south, east, north = places[path.name]["bounds_wgs84"]
    source = open_imagery(str(path))
    heard = []
    for across, up in ((0.5, 0.5), (0.3, 0.4), (0.7, 0.6)):
        vector = listened(model, source, south + up * (north - south), west + across * (east - west))
        _, ids = gallery.nearest(vector, 3)
        heard.append({gallery.entry(id).scene for id in ids[0]})
    assert sum(bool(SENSIBLE[name] & scenes) for scenes in heard) >= 2, heard


def test_a_real_raster_is_listened_to_from_the_command_line(tmp_path):
    path = (RASTERS / "naip_nd_2020_rgbn_5m.tif").resolve()
    if not path.is_file():
        pytest.skip("the real rasters are not beside this checkout")
    point = "47.0204", "-99.1548"
    done = earshot("listen", *point, "--imagery", str(path), "--k", "3", "--no-sound", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    heard = [caption["scene"] for caption in json.loads(done.stdout)["captions"]]
    assert SENSIBLE["naip_nd_2020_rgbn_5m"] & set(heard), heard
