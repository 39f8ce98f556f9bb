import json
from dataclasses import replace

import pytest

from model.errors import GalleryError
from model.gallery.manifest import FILES, FORMAT, Container, Manifest, digest, read_manifest, write_manifest


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


def test_what_is_written_is_read(tmp_path):
    for name in FILES:
        (tmp_path / name).write_text(name)
    files = {name: digest(tmp_path / name) for name in FILES}
    for container in (None, Container("/data/p.h5", 12)):
        manifest = Manifest(FORMAT, "me", "tiny", "abc", 8, {"caption": 1, "recording": 0}, files, container)
        write_manifest(tmp_path, manifest)
        assert read_manifest(tmp_path) == manifest


def test_a_fingerprint_is_that_of_entries_and_vectors_alone(written):
    manifest = read_manifest(written())
    again = replace(manifest, created_by="someone", files={**manifest.files, "caption.faiss": "x"})
    assert again.fingerprint == manifest.fingerprint
    other = replace(manifest, files={**manifest.files, FILES[0]: "x"})
    assert other.fingerprint != manifest.fingerprint


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_changed_or_is_gone_is_named(written, name):
    path = written()
    content = (path / name).read_bytes()
    (path / name).write_bytes(content + b" ")
    with pytest.raises(GalleryError, match=rf"{name}: the checksum differs"):
        read_manifest(path)
    (path / name).unlink()
    with pytest.raises(GalleryError, match=name):
        read_manifest(path)


def test_a_large_file_is_read_through_only_when_asked(written, monkeypatch):
    monkeypatch.setattr("model.gallery.manifest.ALWAYS_CHECKED", 10)
    path = written()
    name = FILES[0]
    (path / name).write_bytes((path / name).read_bytes() + b" ")
    assert read_manifest(path, thorough=False)
    with pytest.raises(GalleryError, match="checksum differs"):
        read_manifest(path, thorough=True)


@pytest.mark.parametrize("name", ["../outside", "a/b", "/etc/passwd"])
def test_a_manifest_cannot_name_files_outside_its_folder(written, name):
    path = written()
    values = json.loads((path / "gallery.json").read_text())
    values["files"][name] = "0" * 64
    (path / "gallery.json").write_text(json.dumps(values))
    with pytest.raises(GalleryError, match="own folder"):
        read_manifest(path)


@pytest.mark.parametrize("container", [{"path": 3, "bytes": 1}, {"path": "x", "bytes": -1}, {"path": "x"}, 7])
def test_a_container_that_is_none_is_refused(written, container):
    path = written()
    values = json.loads((path / "gallery.json").read_text())
    (path / "gallery.json").write_text(json.dumps(values | {"container": container}))
    with pytest.raises(GalleryError, match=r"gallery\.json"):
        read_manifest(path)


def test_a_folder_that_is_not_there_is_no_gallery(tmp_path):
    with pytest.raises(GalleryError, match="no gallery here"):
        read_manifest(tmp_path / "gone")
