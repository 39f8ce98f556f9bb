"""Block tasks in this process: readers run ahead, a cell's vector is its own, and what goes wrong is heard."""

import threading

import numpy as np
import pytest

from tests.tiles.region.maker import DIM, QUERIES, Ground, embed, make, unavailable
from tiles.errors import ImageryUnavailable, InvalidRaster, NoImagery
from tiles.region import Condition, Region
from tiles.region.local import LocalEngine
from tiles.region.store import ABSENT, FAILED, PENDING, VALID, RegionStore


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A region built without trouble."""
    return make(tmp_path_factory.mktemp("whole") / "ground.zarr")


@pytest.fixture
def store(tmp_path):
    """A store that waits to be filled."""
    make(tmp_path / "ground.zarr", stop=lambda: True)
    return RegionStore.open(tmp_path / "ground.zarr", "r+")


def run(store, source=None, embed=embed, blocks=None, readers=2, stop=lambda: False, **more):
    engine = LocalEngine(store, source or Ground(), embed, readers, **more)
    return list(engine.run(list(range(store.blocks)) if blocks is None else blocks, stop))


def test_every_block_is_told_once_it_is_on_disk(store):
    engine = LocalEngine(store, Ground(), embed, 2)
    for number, done in enumerate(engine.run(range(store.blocks))):
        start, stop = store.span(done.block)
        assert (RegionStore.open(store.location).state()[start:stop] == VALID).all()
        assert (done.block, done.cells, done.missing) == (number, stop - start, {})
    assert (store.state() == VALID).all()


def test_only_the_blocks_asked_for_are_worked_on(store):
    assert [done.block for done in run(store, blocks=[3, 1])] == [3, 1]
    assert np.flatnonzero(store.state() != PENDING).tolist() == [*range(8, 16), *range(24, 32)]


def test_what_is_done_is_not_done_again(store):
    source = Ground()
    run(store, source)
    assert run(store, source) == []
    assert max(source.reads.values()) == 1


@pytest.mark.parametrize("readers", [1, 3, 16])
def test_a_cells_vector_is_the_same_however_many_read(store, whole, readers):
    run(store, readers=readers)
    np.testing.assert_array_equal(Region(store).vectors(0, 36), whole.vectors(0, 36))


def test_a_cells_vector_does_not_depend_on_neighbours_that_failed(store, whole):
    run(store, Ground(lambda lat, lon, nth: unavailable(lat, lon, nth) if lon > 0 and nth == 1 else None))
    failed = store.state() == FAILED
    assert 0 < failed.sum() < 36
    np.testing.assert_array_equal(Region(store).vectors(0, 36)[~failed], whole.vectors(0, 36)[~failed])
    run(store)
    np.testing.assert_array_equal(Region(store).vectors(0, 36), whole.vectors(0, 36))


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (NoImagery("none here"), ABSENT),
        (InvalidRaster("the file is cut"), FAILED),
        (ImageryUnavailable("the service is down", 7), FAILED),
    ],
)
def test_what_the_source_lacks_is_marked_with_its_reason(store, trouble, state):
    (done,) = run(store, Ground(lambda lat, lon, nth: trouble), blocks=[0])
    assert {(lack.state, lack.reason) for lack in done.missing.values()} == {(state, str(trouble))}
    assert done.retry_after == getattr(trouble, "retry_after", 0)
    assert (store.state()[:8] == state).all()


def test_the_longest_wait_that_the_source_asks_for_is_told(store):
    (done,) = run(store, Ground(lambda lat, lon, nth: ImageryUnavailable("down", abs(lon) * 10)), blocks=[0])
    cells = store.grid.cells
    assert done.retry_after == pytest.approx(np.abs(cells.lon[:8]).max() * 10)


@pytest.mark.parametrize("error", [RuntimeError("a bug in the reader"), MemoryError(), ValueError("no chip")])
def test_whatever_else_a_reader_thread_raises_is_raised_here_and_nothing_is_stored(store, error):
    with pytest.raises(type(error)) as caught:
        run(store, Ground(lambda lat, lon, nth: error if lat < 0 else None))
    assert caught.value is error
    state = store.state()
    assert set(state.tolist()) <= {VALID, PENDING}
    assert PENDING in state


def test_what_the_encoder_raises_is_raised_here_and_the_readers_end(store):
    def broken(chips, condition):
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        run(store, embed=broken)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("region-reader")]
    assert (store.state() == PENDING).all()


def test_a_stop_leaves_the_block_at_hand_pending(store):
    encoded = []

    def counted(chips, condition):
        encoded.append(len(chips))
        return embed(chips, condition)

    done = run(store, embed=counted, stop=lambda: len(encoded) >= 4)
    assert [block.block for block in done] == [0]
    assert (store.state()[:8] == VALID).all()
    assert (store.state()[8:] == PENDING).all()


def test_batches_are_cut_by_the_order_in_a_block(store):
    sizes = []

    def counted(chips, condition):
        sizes.append(len(chips))
        return embed(chips, condition)

    run(store, embed=counted)
    assert sizes == [3, 3, 2] * 4 + [3, 1]


def test_a_blank_chip_stands_in_for_one_that_is_missing(store):
    seen = []

    def watched(chips, condition):
        seen.extend(chips)
        return embed(chips, condition)

    bad = (float(store.grid.cells.lat[1]), float(store.grid.cells.lon[1]))
    run(store, Ground(lambda lat, lon, nth: NoImagery("none") if (lat, lon) == bad else None), watched, blocks=[0])
    assert not seen[1].pixels.any()
    assert (seen[1].lat, seen[1].lon) == bad
    assert all(chip.pixels.any() for chip in seen[:1] + seen[2:])


def test_a_batch_of_none_is_not_encoded(store):
    encoded = []
    run(store, Ground(lambda lat, lon, nth: NoImagery("none")), lambda chips, condition: encoded.append(chips))
    assert encoded == []
    assert (store.state() == ABSENT).all()


def test_batches_are_counted_as_they_are_encoded(store):
    counted = []
    run(store, blocks=[0, 4], batch_done=counted.append)
    assert counted == [3, 3, 2, 3, 1]


def test_chips_are_read_ahead_of_the_encoder(store):
    """While the first batch is being encoded, the chips of the next ones are already asked for."""
    source, reads = Ground(), []

    def waiting(chips, condition):
        reads.append(sum(source.reads.values()))
        return embed(chips, condition)

    run(store, source, waiting, readers=4)
    assert reads[-1] == 36
    assert reads[0] >= 3


def test_vectors_are_kept_for_each_condition(tmp_path):
    told = []

    def noting(chips, condition):
        told.append(str(condition))
        return embed(chips, condition)

    region = make(tmp_path / "a.zarr", embed=noting, conditions=(Condition(7, 14), Condition(1)))
    assert set(told) == {"7-14", "1-any"}
    assert region.vectors(0, 36, Condition(7, 14)).shape == region.vectors(0, 36, Condition(1)).shape == (36, DIM)
    assert not np.array_equal(region.score(QUERIES[0], Condition(7, 14)), region.score(QUERIES[0], Condition(1)))
