"""Which rows make a batch follows from (seed, step): resumed, streamed, shared and with rows that are no use."""

from dataclasses import replace

import pytest

from model.errors import TrainingError
from model.training.dataset.row_windows import RowWindows
from tests.model.training.toy_pairs import ToyPairs


def ids(windows: RowWindows, step: int) -> list[str]:
    return [row.id for row in windows.take(step)]


def test_an_epoch_shows_every_row_once_and_the_next_in_another_order():
    windows = RowWindows(ToyPairs(12), 4, seed=1)
    assert windows.steps_per_epoch == 3
    first, second = ([i for s in range(3 * e, 3 * e + 3) for i in ids(windows, s)] for e in (0, 1))
    assert sorted(first) == sorted(second) == sorted(f"toy-{n}" for n in range(12))
    assert first != second


def test_a_step_has_the_same_rows_whichever_was_taken_before():
    data = ToyPairs(12, bad=(3, 7))
    in_order = RowWindows(data, 4, seed=1)
    taken = [ids(in_order, step) for step in range(6)]
    assert [ids(RowWindows(data, 4, seed=1), step) for step in (5, 2, 0)] == [taken[5], taken[2], taken[0]]


def test_rows_that_are_no_use_are_replaced_by_the_next_and_told_of():
    data = ToyPairs(12, bad=(3, 7))
    windows = RowWindows(data, 4, seed=1, problem=lambda row: "too odd" if row.id == "toy-5" else None)
    batches = [ids(windows, step) for step in range(3)]
    assert all(len(set(batch)) == 4 for batch in batches)
    assert not {"toy-3", "toy-5", "toy-7"} & {i for batch in batches for i in batch}
    assert sorted(line.split(":")[0] for line in windows.left_out) == ["row 3 (toy-3)", "row 7 (toy-7)", "row toy-5"]


def test_a_streamed_set_gives_the_same_batches_in_one_pass_an_epoch():
    bad = (3, 7)
    known, data = RowWindows(ToyPairs(12, bad=bad), 4, seed=1), ToyPairs(12, bad=bad, streamed=True)
    streamed = RowWindows(data, 4, seed=1, rows=12)
    for step in range(6):
        assert ids(streamed, step) == ids(known, step)
    # Two epochs, and at the end of each a look back at its beginning to fill the last batch.
    assert data.passes <= 4


def test_processes_share_a_batch_without_a_row_twice():
    data = ToyPairs(16, bad=(2, 9))
    parts = [RowWindows(data, 8, 1, rank=rank, processes=2) for rank in (0, 1)]
    for step in range(2):
        rows = [i for part in parts for i in ids(part, step)]
        assert len(rows) == len(set(rows)) == 8
    clean = RowWindows(ToyPairs(16), 8, seed=1)
    halves = [RowWindows(ToyPairs(16), 8, 1, rank=rank, processes=2) for rank in (0, 1)]
    assert ids(halves[0], 1) + ids(halves[1], 1) == ids(clean, 1)


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        (ToyPairs(3), {}, "4 rows asked for, the split has 3"),
        (ToyPairs(12, streamed=True), {}, "rows: a streamed set"),
        (ToyPairs(12), {"processes": 3}, "cannot be shared equally by 3"),
    ],
)
def test_what_cannot_be_cut_is_refused(data, options, words):
    with pytest.raises(TrainingError, match=words):
        RowWindows(data, 4, 0, **options)


def test_too_few_usable_rows_are_told_with_a_reason():
    windows = RowWindows(ToyPairs(4, bad=(0, 1, 2)), 4, seed=0)
    with pytest.raises(TrainingError, match=r"4 usable rows needed, 1 found \(row \d"):
        ids(windows, 0)


def test_rows_that_share_a_name_are_rows_of_their_own():
    class Namesakes(ToyPairs):
        def _rows(self, order, skip):
            return (replace(row, id="same") for row in super()._rows(order, skip))

    rows = list(RowWindows(Namesakes(12), 4, seed=1).take(0))
    assert len({row.position for row in rows}) == 4
