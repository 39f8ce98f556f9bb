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
from model.sat2sound import image_tensor, open_checkpoint
from model.sat2sound.checkpoint import EMBEDDED, audio_path
from model.training.captions import read_scene_map
from tiles.imagery import open_imagery
from tiles.imagery.null_island import CLASSES, land_cover, sample_land_cover

RASTERS = Path(__file__).parents[2] / "../shared/data/rasters"
MEGABYTES_25 = 25 * 1024 * 1024
POINTS = 8
SENSIBLE = {
    "naip_nd_2020_rgbn_5m": {"farmland", "pasture", "meadow", "lake", "river", "scrub"},
    "s2_dolomites_rgb_10m": {"forest", "mountain", "meadow", "pasture", "river", "residential", "scrub"},
    "landsat7_olinda_rgb_28m": {"sea", "beach", "city", "residential", "harbour", "industry", "forest", "street"},
    "aerial_nl_rgb_0p25m": {"river", "residential", "industry", "parking", "street", "harbour", "city"},
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


def test_what_ships_is_small_and_belongs_together(model, gallery):
    assert EMBEDDED.stat().st_size + audio_path(EMBEDDED).stat().st_size <= MEGABYTES_25
    assert gallery.count("caption") >= 300
    assert gallery.count("recording") >= 60
    assert model.config.name == "embedded"


def test_the_best_caption_fits_null_islands_land_cover(model, gallery):
    source, scenes = open_imagery("null-island"), read_scene_map()
    fits = []
    for cover in CLASSES:
        for lat, lon in zip(*sample_land_cover(cover, POINTS, seed=99), strict=True):
            assert str(land_cover(float(lat), float(lon))) == cover
            chip = source.read(float(lat), float(lon), source.gsd, model.config.tile_pixels)
            with torch.inference_mode():
                image = model.embed_images(image_tensor(chip.pixels, model.config.image_size)[None], source.gsd)
            _, ids = gallery.nearest(image.vector.numpy(), 1)
            fits.append(gallery.entry(ids[0, 0]).scene in scenes["null-island", cover])
    assert np.mean(fits) >= 0.8


def test_the_galleries_own_captions_find_themselves(model, gallery):
    entries = list(gallery.entries("caption"))[::40]
    _, ids = gallery.nearest(model.embed_texts([entry.text for entry in entries]).vector, 1)
    assert [str(i) for i in ids[:, 0]] == [entry.id for entry in entries]


def test_listening_writes_captions_and_an_audible_sound(tmp_path):
    done = earshot("listen", "1.303", "0.921", "--json", "--out", "place.wav", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert len(answer["captions"]) == 5
    samples, rate = soundfile.read(tmp_path / "place.wav")
    assert rate == 44100
    assert 20 * np.log10(np.sqrt(np.mean(samples**2))) > -50


@pytest.mark.parametrize("name", sorted(SENSIBLE))
def test_real_places_are_heard_sensibly(name, tmp_path):
    """At the middle of each raster, at least one of the three best captions is of a scene that is there."""
    path = (RASTERS / f"{name}.tif").resolve()
    if not path.is_file():
        pytest.skip("the real rasters are not beside this checkout")
    places = {entry["file"]: entry for entry in json.loads((RASTERS / "index.json").read_text())}
    west, south, east, north = places[path.name]["bounds_wgs84"]
    point = f"{(south + north) / 2:.5f}", f"{(west + east) / 2:.5f}"
    done = earshot("listen", *point, "--imagery", str(path), "--k", "3", "--no-sound", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    heard = [caption["scene"] for caption in json.loads(done.stdout)["captions"]]
    assert SENSIBLE[name] & set(heard), heard


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("listen", "91", "0"), "lat"),
        (("listen", "0", "0", "--scale", "2"), "scale"),
        (("listen", "50", "8"), "No imagery"),
        (("listen", "0", "0", "--imagery", "/no/such.tif"), "no/such.tif"),
        (("listen", "0", "0", "--checkpoint", "/no/such.ckpt"), "/no/such.ckpt"),
        (("gallery", "info", "/no/such/gallery"), "gallery"),
        (("train", "no-such-config"), "no-such-config"),
    ],
)
def test_a_bad_command_is_one_line_and_exit_code_2(arguments, word, tmp_path):
    done = earshot(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert word.lower() in done.stderr.lower()
