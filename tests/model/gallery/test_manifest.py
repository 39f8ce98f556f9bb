import json

import pytest

from model.errors import GalleryError
from model.gallery.manifest import FILES, digest, read_manifest


def test_a_manifest_tells_whose_vectors_a_gallery_holds(written):
    manifest = read_manifest(written(5, 3))
    assert (manifest.checkpoint_name, manifest.checkpoint_hash, manifest.dim) == ("tiny", "abc123", 8)
    assert manifest.counts == {"caption": 5, "recording": 3}
    assert manifest.created_by == "earshot gallery build"


def test_every_file_stands_under_its_checksum(written):
    path = written()
    manifest = read_manifest(path)
    assert manifest.files == {name: digest(path / name) for name in FILES}


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"dim": "8"},
        {"dim": 0},
        {"counts": {"caption": 5}},
        {"counts": {"caption": -5, "recording": 3}},
        {"counts": 5},
        {"files": {}},
        {"files": []},
        {"checkpoint_hash": None},
        {"colour": "blue"},
    ],
)
def test_a_manifest_that_promises_something_else_is_refused(written, change):
    path = written()
    values = json.loads((path / "gallery.json").read_text())
    (path / "gallery.json").write_text(json.dumps(values | change))
    with pytest.raises(GalleryError, match=r"gallery\.json"):
        read_manifest(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"5", b'"gallery"', b"\xff\xfe", b"{}"])
def test_a_manifest_that_is_no_manifest_is_refused(written, content):
    path = written()
    (path / "gallery.json").write_bytes(content)
    with pytest.raises(GalleryError, match=r"gallery\.json"):
        read_manifest(path)
