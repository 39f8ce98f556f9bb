"""`earshot gallery build`: a folder becomes a gallery, and what is left out is told."""

import json

from model.scenes.captions import read_captions
from tests.server.commands.earshot_command import assert_refused


def test_a_gallery_is_built_from_a_folder_and_can_be_looked_into(run, home, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "gallery.csv").write_text("text,licence,scene\nwaves,CC0-1.0,sea\nno licence,,\n")
    done = run("gallery", "build", source, tmp_path / "built", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["captions"], len(report["skipped"])) == (1, 1)
    looked = run("gallery", "info", tmp_path / "built", "--json")
    assert json.loads(looked.stdout)["captions"] == 1


def test_what_is_left_out_is_told_on_stderr_with_its_row(run, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "gallery.csv").write_text("text,licence,scene\nwaves,CC0-1.0,sea\nno licence,,\n")
    done = run("gallery", "build", source, "built")
    assert done.stdout == "built: 1 captions, 0 recordings, 1 left out\n"
    assert done.stderr.startswith("left out ")


def test_the_captions_that_ship_are_added_only_when_asked_for(run, tmp_path, monkeypatch):
    monkeypatch.setattr("server.commands.gallery_build.read_captions", lambda: read_captions()[:2])
    source = tmp_path / "source"
    source.mkdir()
    (source / "gallery.csv").write_text("text,licence,scene\nwaves,CC0-1.0,sea\n")
    assert json.loads(run("gallery", "build", source, "own", "--json").stdout)["captions"] == 1
    assert json.loads(run("gallery", "build", source, "both", "--scene-captions", "--json").stdout)["captions"] == 3


def test_a_folder_that_is_not_there_is_refused_in_one_line(run):
    assert_refused(run("gallery", "build", "none", "out"), "none")
