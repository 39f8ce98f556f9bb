import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiles.errors import CacheUnusable
from tiles.imagery import cache as cache_module
from tiles.imagery.cache import TileCache

ROOT = Path(__file__).parents[3]


@pytest.fixture
def clock(monkeypatch):
    """The cache's clock, which goes on by a second whenever it is looked at; `clock.now` sets it."""
    ticking = SimpleNamespace(now=1e9)

    def time():
        ticking.now += 1
        return ticking.now

    monkeypatch.setattr(cache_module, "time", SimpleNamespace(time=time))
    return ticking


@pytest.fixture
def cache(tmp_path):
    cache = TileCache(tmp_path / "cache", max_bytes=10_000)
    yield cache
    cache.close()


def files(cache):
    return [path for path in cache.folder.glob("??/*") if path.is_file()]


def content(seed, size=1000):
    return bytes([seed % 256]) * (size - 4) + seed.to_bytes(4, "big")


def test_what_is_put_is_got(cache):
    cache.put("a", b"tile")
    assert cache.get("a") == b"tile"
    assert cache.get("b") is None


def test_a_key_put_again_has_its_new_content(cache):
    cache.put("a", b"old")
    cache.put("a", b"newer")
    assert cache.get("a") == b"newer"
    assert cache.size == 5
    assert len(files(cache)) == 1


def test_the_cap_holds_and_the_least_recently_used_leaves(cache, clock):
    for seed in range(10):
        cache.put(str(seed), content(seed))
    assert cache.get("0") is not None
    cache.put("10", content(10))
    assert cache.size <= 10_000
    assert cache.get("0") is not None
    assert cache.get("1") is None


def test_content_larger_than_the_cap_is_not_kept(cache):
    cache.put("a", content(1))
    cache.put("b", bytes(10_001))
    assert cache.get("b") is None
    assert cache.get("a") is not None


def test_the_same_content_is_stored_once_and_outlives_one_of_its_keys(cache):
    cache.put("a", b"sea")
    cache.put("b", b"sea")
    assert len(files(cache)) == 1
    cache.put("a", b"land")
    assert cache.get("b") == b"sea"


@settings(max_examples=25, deadline=None)
@given(puts=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 40), st.integers(4, 900)), max_size=30))
def test_after_any_puts_the_disk_holds_what_the_index_says(tmp_path_factory, puts):
    cache = TileCache(tmp_path_factory.mktemp("cache"), max_bytes=2000)
    last = {}
    for key, seed, size in puts:
        cache.put(str(key), content(seed, size))
        last[key] = content(seed, size)
    assert cache.size <= 2000
    assert sum(path.stat().st_size for path in files(cache)) <= cache.size
    for key, value in last.items():
        assert cache.get(str(key)) in (value, None)
    if last:
        assert cache.get(str(puts[-1][0])) == last[puts[-1][0]]
    cache.close()


@pytest.mark.parametrize("damage", [b"", b"other", None])
def test_a_damaged_entry_is_a_miss_and_can_be_put_again(cache, damage):
    cache.put("a", b"tile")
    (path,) = files(cache)
    path.unlink() if damage is None else path.write_bytes(damage)
    assert cache.get("a") is None
    cache.put("a", b"tile")
    assert cache.get("a") == b"tile"


def test_a_corrupt_index_is_started_anew(tmp_path, caplog):
    (tmp_path / "index.sqlite").write_bytes(b"this is no database, and long enough to look at" * 100)
    cache = TileCache(tmp_path)
    cache.put("a", b"tile")
    assert cache.get("a") == b"tile"
    assert "corrupt" in caplog.text
    cache.close()


def test_an_index_that_fails_is_a_miss_and_says_so(cache, caplog):
    cache.put("a", b"tile")
    with sqlite3.connect(cache.folder / "index.sqlite") as other:
        other.execute("DROP TABLE entries")
    other.close()
    assert cache.get("a") is None
    cache.put("b", b"tile")
    assert "cannot read" in caplog.text
    assert "cannot write" in caplog.text


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CacheUnusable, match="file"):
        TileCache(tmp_path / "file")


def test_an_old_entry_is_a_miss(tmp_path, clock):
    cache = TileCache(tmp_path, max_age=60)
    cache.put("a", b"tile")
    assert cache.get("a") == b"tile"
    clock.now += 60
    assert cache.get("a") is None
    cache.close()


def test_a_cache_opened_again_has_what_it_had(tmp_path):
    first = TileCache(tmp_path)
    first.put("a", b"tile")
    first.close()
    second = TileCache(tmp_path)
    assert second.get("a") == b"tile"
    second.close()


def test_a_smaller_cap_takes_hold_on_opening(tmp_path):
    first = TileCache(tmp_path)
    for seed in range(10):
        first.put(str(seed), content(seed))
    first.close()
    second = TileCache(tmp_path, max_bytes=3000)
    assert second.size == 3000
    assert len(files(second)) == 3
    second.close()


def test_what_a_kill_left_behind_is_swept_once_it_is_old(tmp_path):
    cache = TileCache(tmp_path)
    cache.put("a", b"tile")
    folder = files(cache)[0].parent
    cache.close()
    orphan, fresh = folder / ".old.partial", folder / ".new.partial"
    orphan.write_bytes(b"x")
    fresh.write_bytes(b"x")
    os.utime(orphan, (time.time() - 3600, time.time() - 3600))
    again = TileCache(tmp_path)
    assert not orphan.exists()
    assert fresh.exists()
    assert again.get("a") == b"tile"
    again.close()


def test_threads_share_one_cache(cache):
    def work(seed):
        key = str(seed % 20)
        cache.put(key, content(seed % 20, 800))
        found = cache.get(key)
        assert found in (None, content(seed % 20, 800))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))
    assert cache.size <= 10_000
    assert sum(path.stat().st_size for path in files(cache)) == cache.size


WRITER = """
import sys
from pathlib import Path
from tiles.imagery.cache import TileCache
cache = TileCache(Path(sys.argv[1]), max_bytes=50_000)
turn = int(sys.argv[2])
print("ready", flush=True)
while True:
    turn += 1
    cache.put(str(turn % 300), (b"%08d" % (turn % 300)) * 125)
    if turn % 25 == 0:
        print("put", flush=True)
"""


def test_processes_share_one_cache_and_a_kill_leaves_it_whole(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [
        subprocess.Popen([*command, str(start)], cwd=ROOT, stdout=subprocess.PIPE, text=True) for start in (0, 150)
    ]
    try:
        assert all(writer.stdout.readline() == "ready\n" for writer in writers)
        for _ in range(3):
            assert all(writer.stdout.readline() == "put\n" for writer in writers)
    finally:
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            writer.stdout.close()
    cache = TileCache(tmp_path, max_bytes=50_000)
    assert 0 < cache.size <= 50_000
    found = {turn: kept for turn in range(300) if (kept := cache.get(str(turn))) is not None}
    assert len(found) > 10
    assert all(kept == (b"%08d" % turn) * 125 for turn, kept in found.items())
    cache.put("after", b"tile")
    assert cache.get("after") == b"tile"
    cache.close()


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\x00 cut here", b"<html>a page</html>" * 300])
def test_an_index_that_is_empty_cut_or_foreign_is_started_anew_and_the_cache_goes_on(tmp_path, damage):
    first = TileCache(tmp_path)
    first.put("a", b"tile")
    first.close()
    for path in tmp_path.glob("index.sqlite-*"):
        path.unlink()
    (tmp_path / "index.sqlite").write_bytes(damage)
    again = TileCache(tmp_path)
    assert again.get("a") is None
    again.put("a", b"tile")
    assert again.get("a") == b"tile"
    assert again.size == 4
    again.close()


def test_an_entry_whose_content_is_anothers_is_a_miss(cache):
    cache.put("a", b"sea")
    cache.put("b", b"land")
    first, second = (cache._path(row[0]) for row in cache._index.execute("SELECT digest FROM entries ORDER BY key"))
    first.write_bytes(second.read_bytes())
    assert cache.get("a") is None
    assert cache.get("b") == b"land"


def test_a_full_disk_keeps_nothing_and_takes_nothing_away(cache, monkeypatch, caplog):
    def full(path, content):
        raise OSError(28, "No space left on device")

    cache.put("a", b"sea")
    with monkeypatch.context() as patch:
        patch.setattr(cache_module, "write_whole", full)
        cache.put("b", b"land")
        cache.put("a", b"new sea")
    assert "No space left" in caplog.text
    assert cache.get("b") is None
    assert cache.get("a") in (b"sea", None), "the old content may have gone to make room, but is never mixed up"
    cache.put("b", b"land")
    assert cache.get("b") == b"land"


def test_reading_an_entry_keeps_it_in_use(tmp_path, clock):
    cache = TileCache(tmp_path, max_bytes=3000)
    for seed in range(3):
        cache.put(str(seed), content(seed))
    cache.get("0")
    cache.put("3", content(3))
    assert [key for key in "0123" if cache.get(key)] == ["0", "2", "3"]
    cache.close()
