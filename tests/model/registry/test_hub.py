"""What a repository lists is chosen by pattern and never trusted with a name; what arrives is checked."""

import hashlib

import pytest

from model.errors import PullError
from model.registry import hub as module
from model.registry.catalogue import MIT, PublishedModel, find
from model.registry.hub import Hub, RemoteFile, Snapshot, _chosen, _Counted, _has_digest, _matches

GIT = "0" * 40


def file(path: str, size: int = 3, digest: str = GIT) -> RemoteFile:
    return RemoteFile(path, size, digest)


def model(*files: str, optional: tuple[str, ...] = ()) -> PublishedModel:
    return PublishedModel("m", "a model", "a/b", files, MIT, optional=optional)


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("config.json", "config.json", True),
        ("config.json", "*.json", True),
        ("sub/config.json", "*.json", False),
        ("sub/config.json", "sub/*.json", True),
        ("Config.json", "config.json", False),
        ("a/b/c.json", "a/*.json", False),
    ],
)
def test_a_pattern_stays_in_its_own_folder(path, pattern, fits):
    assert _matches(file(path), pattern) is fits


def test_wanted_files_are_chosen_and_others_left():
    held = [file("config.json"), file("weights.bin"), file("README.md"), file("extra.json")]
    chosen = _chosen(model("config.json", "*.bin", optional=("extra.json", "gone.json")), held)
    assert [each.path for each in chosen] == ["config.json", "weights.bin", "extra.json"]


def test_a_repository_without_a_needed_file_is_refused_by_name():
    with pytest.raises(PullError, match=r"m: a/b holds no \*\.bin"):
        _chosen(model("config.json", "*.bin"), [file("config.json")])


def test_a_snapshot_is_as_large_as_its_files():
    assert Snapshot("a/b", "1", (file("x", 3), file("y", 4))).size == 7


def test_a_large_files_digest_is_its_sha256_and_a_small_ones_is_gits(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert _has_digest(path, file("x", 3, hashlib.sha256(b"abc").hexdigest()))
    assert _has_digest(path, file("x", 3, hashlib.sha1(b"blob 3\0abc").hexdigest()))
    assert not _has_digest(path, file("x", 3, GIT))
    assert not _has_digest(path, file("x", 3, "0" * 64))


def test_written_bytes_are_counted_and_what_is_let_go_is_counted_back(tmp_path):
    told = []
    with (tmp_path / "x").open("ab") as out:
        counted = _Counted(out, told.append)
        assert counted.write(b"abcd") == 4
        assert counted.tell() == 4
        counted.seek(1)
        counted.truncate()
        counted.write(b"z")
    assert told == [4, -3, 1]
    assert (tmp_path / "x").read_bytes() == b"az"


def test_a_place_in_the_cache_is_where_every_other_program_looks(tmp_path):
    hub = Hub("http://hub/", tmp_path)
    snapshot = Snapshot("a/b", "rev", (file("sub/x"),))
    assert hub.endpoint == "http://hub"
    assert hub.folder(snapshot) == tmp_path / "models--a--b" / "snapshots" / "rev"
    assert hub.place(snapshot, snapshot.files[0]) == hub.folder(snapshot) / "sub" / "x"


def test_what_is_missing_shrinks_as_it_arrives(tmp_path):
    hub, one = Hub("http://hub", tmp_path), file("x", 10)
    snapshot = Snapshot("a/b", "rev", (one,))
    assert hub.missing(snapshot, one) == 10
    partial = hub._partial(snapshot, one)
    partial.parent.mkdir(parents=True)
    partial.write_bytes(b"1234")
    assert hub.missing(snapshot, one) == 6
    partial.write_bytes(b"1" * 12)
    assert hub.missing(snapshot, one) == 0
    partial.unlink()
    hub._blob(snapshot, one).write_bytes(b"1" * 10)
    assert hub.missing(snapshot, one) == 0
    hub.forget(snapshot, one)
    assert hub.missing(snapshot, one) == 10


def test_a_hub_says_what_a_model_is_made_of(hub):
    snapshot = hub.snapshot(find("flan-t5-large"))
    assert snapshot.repository == "google/flan-t5-large"
    assert snapshot.licence == "apache-2.0"
    assert {each.path for each in snapshot.files} == {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_a_file_is_fetched_once_and_then_found(hub):
    snapshot = hub.snapshot(find("flan-t5-tokenizer"))
    told = []
    places = [hub.fetch(snapshot, each, told.append) for each in snapshot.files]
    assert sum(told) == snapshot.size
    assert all(place.stat().st_size == each.size for place, each in zip(places, snapshot.files, strict=True))
    again = [hub.fetch(snapshot, each, lambda _: pytest.fail("fetched again")) for each in snapshot.files]
    assert again == places


def test_bytes_that_are_not_the_published_ones_are_thrown_away(hub, monkeypatch):
    snapshot = hub.snapshot(find("flan-t5-tokenizer"))
    one = snapshot.files[0]
    monkeypatch.setattr(module, "_has_digest", lambda path, file: False)
    with pytest.raises(PullError, match="checksum is not the one"):
        hub.fetch(snapshot, one, lambda _: None)
    assert hub.missing(snapshot, one) == one.size


def test_without_a_network_the_cache_answers(hub, tmp_path):
    fetched = hub.snapshot(find("flan-t5-tokenizer"))
    for each in fetched.files:
        hub.fetch(fetched, each, lambda _: None)
    offline = Hub("http://127.0.0.1:9", hub.cache_dir)
    held = offline.snapshot(find("flan-t5-tokenizer"), fetched.revision)
    assert held.revision == fetched.revision
    assert {each.path for each in held.files} == {each.path for each in fetched.files}


def test_neither_network_nor_cache_is_said_with_what_to_do(tmp_path):
    with pytest.raises(PullError, match=r"cannot be reached.*HF_ENDPOINT"):
        Hub("http://127.0.0.1:9", tmp_path).snapshot(find("flan-t5-tokenizer"))


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x"])
def test_a_mirror_cannot_name_a_file_outside_the_cache(hub, monkeypatch, path):
    monkeypatch.setattr(module, "_chosen", lambda model, held: (file(path),))
    with pytest.raises(PullError, match="lists"):
        hub.snapshot(find("flan-t5-tokenizer"))


@pytest.mark.parametrize("digest", ["", "../../x", "0" * 39, "g" * 40])
def test_a_mirror_cannot_name_a_blob_by_anything_but_a_digest(hub, monkeypatch, digest):
    monkeypatch.setattr(module, "_chosen", lambda model, held: (file("x", 3, digest),))
    with pytest.raises(PullError, match="digest"):
        hub.snapshot(find("flan-t5-tokenizer"))
