"""`earshot gallery import`: a published file becomes a gallery, and what is none is refused."""

import json

from tests.model.gallery.published.made_hdf5 import write_hdf5
from tests.server.commands.earshot_command import assert_refused


def test_a_published_gallery_is_imported_and_listened_to_beside_ones_own(run, home, tmp_path):
    write_hdf5(tmp_path / "published.h5", dim=32)
    done = run("gallery", "import", "published.h5", "geosound", "--licence", "CC-BY-4.0", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["captions"], report["recordings"], report["skipped"]) == (21, 7, [])
    assert json.loads(run("gallery", "info", "geosound", "--json").stdout)["scales"] == [1, 3, 5]
    heard = run(
        "listen", "0", "0", "--no-sound", "--json", "--k", "50", "--gallery", home / "gallery", "--gallery", "geosound"
    )
    assert {caption["gallery"] for caption in json.loads(heard.stdout)["captions"]} == {"gallery", "geosound"}


def test_a_file_that_is_no_published_gallery_is_refused_in_one_line(run, tmp_path):
    write_hdf5(tmp_path / "published.h5", dim=32)
    content = (tmp_path / "published.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(content[:2000])
    assert_refused(run("gallery", "import", "cut.h5", "out"), "cut.h5", "cannot be read as HDF5")
    assert_refused(run("gallery", "import", "published.h5", "out", "--sounds", "some"), "sounds", "container")
    write_hdf5(tmp_path / "published.h5", dim=16)
    assert_refused(run("gallery", "import", "published.h5", "out"), "not the 32 numbers of the checkpoint")
    assert not (tmp_path / "out").exists()
