"""Settings: read from one place, and a bad value refuses the start in one line."""

import subprocess
import sys

import pytest

from model.errors import GalleryError
from model.registry import record
from server.earshot import open_model
from server.errors import StartError
from server.regions.cluster import OpenTools
from server.settings import Settings, load_settings
from tests.tiny_published import shrink, write_ckpt


def test_the_defaults_listen_on_this_machine_alone_and_allow_no_other_origin():
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert settings.port == 8000
    assert settings.cors_origins == []
    assert settings.checkpoint == "embedded"
    assert settings.gallery == ["embedded"]
    assert settings.precision == "auto"
    assert settings.imagery == ["null-island", "esri", "sentinel2"]


def test_the_environment_is_read_with_the_prefix(monkeypatch, tmp_path):
    monkeypatch.setenv("EARSHOT_PORT", "9001")
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("EARSHOT_ONLINE", "false")
    settings = load_settings()
    assert (settings.port, settings.data_dir, settings.online) == (9001, tmp_path, False)


@pytest.mark.parametrize(
    "text", ["null-island,/maps/a.tif", '["null-island", "/maps/a.tif"]', " null-island , /maps/a.tif "]
)
def test_lists_may_be_written_with_commas_or_as_json(monkeypatch, text):
    monkeypatch.setenv("EARSHOT_IMAGERY", text)
    assert load_settings().imagery == ["null-island", "/maps/a.tif"]


def test_the_commas_between_a_rasters_bands_part_no_names(monkeypatch):
    monkeypatch.setenv("EARSHOT_IMAGERY", "/maps/a.tif?bands=4,3,2,null-island,/maps/b.tif?bands=1")
    assert load_settings().imagery == ["/maps/a.tif?bands=4,3,2", "null-island", "/maps/b.tif?bands=1"]


def test_options_win_over_the_environment_and_none_leaves_it(monkeypatch):
    monkeypatch.setenv("EARSHOT_PORT", "9001")
    assert load_settings(port=9002).port == 9002
    assert load_settings(port=None).port == 9001


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "eighty"),
        ("IMAGERY", ""),
        ("IMAGERY", "esri,esri"),
        ("IMAGERY", "[broken"),
        ("ONLINE", "perhaps"),
        ("MAX_BATCH", "0"),
        ("BATCH_WINDOW_MS", "nan"),
        ("TILE_CACHE_BYTES", "-1"),
        ("BASE_URL", "not a url"),
        ("TORCH_THREADS", "0"),
        ("HOST", ""),
    ],
)
def test_a_bad_value_is_refused_in_one_line_that_names_it(monkeypatch, name, value):
    monkeypatch.setenv(f"EARSHOT_{name}", value)
    with pytest.raises(StartError) as refusal:
        load_settings()
    assert "\n" not in str(refusal.value)
    assert name in str(refusal.value).upper()


def test_a_data_folder_that_cannot_be_written_is_refused_by_name(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StartError, match=r"data_dir: cannot write .*taken"):
        Settings(data_dir=tmp_path / "taken").folder("sounds")


def test_the_base_url_is_kept_without_its_trailing_slash():
    assert load_settings(base_url="https://earshot.example/").base_url == "https://earshot.example"


@pytest.mark.parametrize("open_it", ["server", "cluster"])
def test_a_data_folder_that_is_given_reaches_published_checkpoints(home, tmp_path, monkeypatch, open_it):
    shrink(monkeypatch)
    name = "bingmap_withmeta"
    record(name, write_ckpt(tmp_path / f"{name}.ckpt", name), tmp_path / "given")
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path / "another"))
    given = {"data_dir": tmp_path / "given", "checkpoint": f"published:{name}", "imagery": ["null-island"]}
    settings = load_settings(**given, gallery=[str(home / "gallery")])
    if open_it == "cluster":
        assert OpenTools(settings, readers=1)().source.gsd == 0.6
    else:  # it is found, and its hash compared
        with pytest.raises(GalleryError, match="build the gallery again"):
            open_model(settings)
    assert not (tmp_path / "another").exists()


def test_the_settings_alone_are_read_without_anything_heavy():
    code = "import sys, server.settings; print([name for name in ('torch', 'scipy', 'fastapi') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
