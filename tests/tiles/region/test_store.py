"""A store gives back what was written, keeps finished blocks through a power cut, and tells what has been damaged."""

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tests.tiles.region.maker import BOX, DIM, QUERIES, files_of, make
from tiles.errors import RegionMismatch, RegionUnreadable, TilesError
from tiles.grid import Grid
from tiles.region import Region
from tiles.region.store import ABSENT, FAILED, PENDING, VALID, RegionStore, hash_of, locate, only_builder

ROOT = Path(__file__).parents[3]
DAMAGES = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "foreign": lambda content: b"\x89PNG\r\n and so on" * 4,
    "a list": lambda content: b"[]",
    "an object": lambda content: b"{}",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A region that is done."""
    return make(tmp_path_factory.mktemp("whole") / "ground.zarr")


@pytest.fixture
def copy(whole, tmp_path):
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(whole.path, tmp_path / "ground.zarr"))


@pytest.fixture
def store(copy):
    """That copy, to be written to."""
    return RegionStore.open(copy, "r+")


def answer(path):
    """All that is read of a region when it is asked."""
    region = Region.open(path)
    scores = region.score(QUERIES[0])
    return scores, region.percentile(scores), region.failures


def test_blocks_share_the_cells_out(store):
    spans = [store.span(block) for block in range(store.blocks)]
    assert spans == [(0, 8), (8, 16), (16, 24), (24, 32), (32, 36)]


def test_a_block_is_read_as_it_was_written(store):
    vectors = np.random.default_rng(0).random((1, 8, DIM)).astype(np.float16)
    state = np.array([VALID, FAILED, ABSENT, PENDING] * 2, np.uint8)
    store.write_block(1, vectors, state)
    again = RegionStore.open(store.location)
    np.testing.assert_array_equal(again.vectors(0, 8, 16, state == VALID), vectors[0])
    np.testing.assert_array_equal(again.state()[8:16], state)


def test_a_half_written_block_is_not_done(store, monkeypatch):
    """Vectors come first: a kill between the two leaves states that say there is still work."""
    before = store.state()
    monkeypatch.setattr(store, "_state", None)
    with pytest.raises(TypeError):
        store.write_block(0, np.ones((1, 8, DIM), np.float16), np.full(8, FAILED, np.uint8))
    again = RegionStore.open(store.location)
    assert again.vectors(0, 0, 8, before[:8] == VALID).max() == 1
    np.testing.assert_array_equal(again.state(), before)


def test_each_file_of_a_block_is_on_the_disk_before_the_next_is_begun(store, monkeypatch):
    happened, sync, replace = [], os.fsync, Path.replace

    def fsync(handle):
        happened.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    def renamed(self, target):
        happened.append(str(Path(target).relative_to(store.location)))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", renamed)
    store.write_block(2, np.ones((1, 8, DIM), np.float16), np.full(8, VALID, np.uint8))
    assert happened == ["file", "vectors/c/0/2/0", "folder", "file", "state/c/2", "folder"]


def test_a_build_leaves_no_temporary_files(copy):
    assert not [name for name in files_of(copy) if name.endswith(".partial")]


def test_reading_a_region_makes_no_folder_where_there_is_none(tmp_path):
    with pytest.raises(RegionUnreadable, match="there is no region"):
        RegionStore.open(tmp_path / "none.zarr")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["zarr.json", "state/c/2", "vectors/c/0/3/0", "vectors/zarr.json", "wanted/c/0/0"])
def test_a_damaged_file_that_answers_hang_on_is_told_by_the_regions_name(copy, name, damage):
    (copy / name).write_bytes(DAMAGES[damage]((copy / name).read_bytes()))
    with pytest.raises(RegionUnreadable) as caught:
        answer(copy)
    assert str(caught.value).startswith(f"{copy}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [*DAMAGES, "gone"])
@pytest.mark.parametrize("name", ["background/c/0", "background/zarr.json"])
def test_a_damaged_background_is_a_miss_that_the_next_build_mends(whole, copy, name, damage, caplog):
    if damage == "gone":
        (copy / name).unlink()
    else:
        (copy / name).write_bytes(DAMAGES[damage]((copy / name).read_bytes()))
    region = Region.open(copy)
    assert not region.complete
    assert region.background.any(), "it is estimated until then"
    assert "background" in caplog.text
    make(copy)
    assert files_of(copy) == files_of(Path(whole.path))


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_queries_stop_no_answer_but_the_build_that_needs_them(copy, damage):
    np.testing.assert_array_equal(answer(copy)[0], Region.open(copy).score(QUERIES[0]))
    path = copy / "queries/c/0/0"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    answer(copy)
    with pytest.raises(RegionUnreadable, match="queries"):
        RegionStore.open(copy).queries()


def test_queries_of_the_right_size_that_are_others_are_told(copy):
    path = copy / "queries/c/0/0"
    path.write_bytes(bytes(len(path.read_bytes())))
    with pytest.raises(RegionUnreadable, match="not those"):
        RegionStore.open(copy).queries()


def test_vectors_that_were_lost_are_not_read_as_zeros(copy):
    (copy / "vectors/c/0/1/0").unlink()
    with pytest.raises(RegionUnreadable, match="lost"):
        Region.open(copy).score(QUERIES[0])
    with pytest.raises(RegionUnreadable, match="lost"):
        Region.open(copy).vectors(0, 36)


def test_a_block_whose_states_were_lost_is_pending_and_the_next_build_does_it_again(whole, copy):
    (copy / "state/c/1").unlink()
    region = Region.open(copy)
    assert (region.progress.done, region.complete) == (28, False)
    assert np.isnan(region.score(QUERIES[0])[8:16]).all()
    make(copy)
    assert files_of(copy) == files_of(Path(whole.path))


def test_a_state_that_there_is_not_is_told(copy):
    path = copy / "state/c/0"
    path.write_bytes(bytes([VALID, 9]) + path.read_bytes()[2:])
    with pytest.raises(RegionUnreadable, match="states"):
        Region.open(copy)


def test_a_build_that_finds_damage_says_so_and_leaves_the_rest_alone(copy):
    (copy / "state/c/0").write_bytes(b"")
    before = files_of(copy)
    with pytest.raises(RegionUnreadable, match="states"):
        make(copy)
    assert files_of(copy) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"zoom": "nine"},
        {"zoom": 99},
        {"zoom": True},
        {"cells": 35},
        {"dim": DIM + 1},
        {"dim": 0},
        {"block": 0},
        {"rows": -6},
        {"name": None},
        {"gsd": "fine"},
        {"conditions": []},
        {"conditions": [7]},
        {"conditions": ["7-99"]},
        {"conditions": "any"},
        {"version": 2},
        {"format": "other"},
    ],
)
def test_attributes_that_are_no_regions_are_told(copy, changed):
    document = json.loads((copy / "zarr.json").read_text())
    document["attributes"].update(changed)
    (copy / "zarr.json").write_text(json.dumps(document))
    with pytest.raises(TilesError, match=str(copy)):
        answer(copy)


@pytest.mark.parametrize("lost", ["format", "zoom", "conditions", "ready"])
def test_attributes_that_lack_something_are_told(copy, lost):
    document = json.loads((copy / "zarr.json").read_text())
    del document["attributes"][lost]
    (copy / "zarr.json").write_text(json.dumps(document))
    with pytest.raises(RegionUnreadable, match="region"):
        Region.open(copy)


def test_a_region_that_is_removed_while_it_is_open_is_told(copy):
    region = Region.open(copy)
    shutil.rmtree(copy)
    for ask in (lambda: region.failures, region.refresh, lambda: region.score(QUERIES[0])):
        with pytest.raises(RegionUnreadable):
            ask()


def test_notes_stand_beside_the_manifest_and_leave_it_alone(store):
    before = store.manifest
    store.note(failures=["1 x nothing"])
    again = RegionStore.open(store.location)
    assert again.attributes["failures"] == ["1 x nothing"]
    assert again.manifest == before


def test_the_background_belongs_to_the_states_it_was_measured_on(store):
    state, quantiles = store.state(), np.linspace(-1, 1, 16, dtype=np.float32)
    store.finish(state, quantiles)
    np.testing.assert_array_equal(store.background(state), quantiles)
    state[0] = FAILED
    assert store.background(state) is None


def test_a_background_that_falls_is_damaged(store, caplog):
    store.finish(store.state(), np.linspace(1, -1, 16, dtype=np.float32))
    assert store.background(store.state()) is None
    assert "damaged" in caplog.text


def test_another_process_that_builds_keeps_this_one_out_until_it_ends(tmp_path):
    path = tmp_path / "deep" / "ground.zarr"
    code = (
        "import sys; from tiles.region.store import only_builder\n"
        "with only_builder(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(RegionUnreadable, match="another process"):
            make(path)
        assert not path.exists()
        other.kill()
    assert make(path).complete, "a lock dies with its holder"


def test_a_place_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RegionUnreadable, match="cannot be written to"):
        make(tmp_path / "file" / "ground.zarr")


def test_a_region_at_a_url_is_not_locked(monkeypatch):
    with only_builder("memory://shelf/ground.zarr"), only_builder("memory://shelf/ground.zarr"):
        pass


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("file:///data/a%20b.zarr", "/data/a b.zarr"),
        ("memory://shelf/a.zarr", "memory://shelf/a.zarr"),
        ("s3://shelf/a.zarr", "s3://shelf/a.zarr"),
        (Path("/data/a.zarr"), "/data/a.zarr"),
    ],
)
def test_a_place_is_an_absolute_path_or_its_url(given, found):
    assert locate(given) == found


def test_a_path_is_taken_from_where_one_is_and_from_home(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/someone")
    assert locate("a.zarr") == str(tmp_path / "a.zarr")
    assert locate("~/a.zarr") == "/home/someone/a.zarr"


def test_a_hash_tells_values_shapes_and_kinds_apart():
    one = np.arange(6, dtype=np.float32)
    others = [one + 1, one.reshape(2, 3), one.astype(np.float64)]
    assert len({hash_of(array) for array in (one, *others)}) == 4
    assert hash_of(one) == hash_of(one.copy())
    assert hash_of(Grid.over(BOX, 9).wanted) == hash_of(np.asfortranarray(Grid.over(BOX, 9).wanted))


class Quiet(SimpleHTTPRequestHandler):
    """Serves files; says nothing of it."""

    def log_message(self, *args):
        pass


@pytest.fixture
def served(whole):
    """The address of a server of the region's files, which lists none of them, as an object store would not."""
    folder = whole.path.rpartition("/")[0]
    handler = partial(
        type("Bare", (Quiet,), {"list_directory": lambda self, path: self.send_error(404)}), directory=folder
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def assert_same(region, whole):
    assert region.complete
    assert region.hash == whole.hash
    np.testing.assert_array_equal(region.score(QUERIES), whole.score(QUERIES))
    np.testing.assert_array_equal(region.background, whole.background)


def stopped_early(url):
    done = []
    return make(url, progress=done.append, stop=lambda: len(done) > 4)


def test_a_build_in_memory_is_gone_on_with(whole, tmp_path):
    url = f"memory://{tmp_path.name}/ground.zarr"
    assert not stopped_early(url).complete
    region = make(url)
    assert region.path == url
    assert_same(Region.open(url, "c0ffee"), whole)
    with pytest.raises(RegionMismatch, match="deadbeef"):
        make(url, checkpoint_hash="deadbeef")


def test_a_build_at_a_files_url_is_one_at_its_path(whole, tmp_path):
    url = f"file://{tmp_path}/with%20space/ground.zarr"
    assert not stopped_early(url).complete
    (tmp_path / "with space/ground.zarr/vectors/left.partial").touch()
    assert_same(make(url), whole)
    assert files_of(tmp_path / "with space/ground.zarr") == files_of(Path(whole.path))


def test_a_region_is_opened_from_a_server_of_files(whole, served):
    assert_same(Region.open(f"{served}/ground.zarr", "c0ffee"), whole)


def test_a_region_is_opened_inside_a_zip_file(whole, tmp_path):
    shutil.make_archive(str(tmp_path / "ground"), "zip", whole.path)
    assert_same(Region.open(f"zip://::{tmp_path}/ground.zip", "c0ffee"), whole)


@pytest.mark.parametrize("url", ["{served}/none.zarr", "http://127.0.0.1:1/ground.zarr", "nosuch://shelf/ground.zarr"])
def test_a_url_where_there_is_no_region_is_refused_by_name(served, url):
    url = url.format(served=served)
    with pytest.raises(RegionUnreadable) as caught:
        Region.open(url)
    assert str(caught.value).startswith(f"{url}: ")


@pytest.mark.parametrize(
    ("url", "words"), [("s3://shelf/ground.zarr", "s3fs"), ("nosuch://shelf/ground.zarr", "nosuch")]
)
def test_a_url_that_takes_more_than_is_installed_says_what(monkeypatch, url, words):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    for use in (Region.open, make):
        with pytest.raises(RegionUnreadable, match=words) as caught:
            use(url)
        assert str(caught.value).startswith(f"{url}: ")
