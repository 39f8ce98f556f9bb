"""Regions at URLs: built and gone on with where fsspec writes, opened where it only reads."""

import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tests.tiles.region.maker import QUERIES, files_of, make
from tiles.errors import RegionMismatch, RegionUnreadable
from tiles.region import Region


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A region at a path, to compare with."""
    return make(tmp_path_factory.mktemp("whole") / "ground.zarr")


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
