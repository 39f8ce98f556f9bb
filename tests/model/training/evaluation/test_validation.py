"""A run judges itself by retrieval on the validation split, and keeps the weights of its best check over kills."""

import json
from dataclasses import replace

import pytest
import torch

from model.errors import TrainingError
from model.training.evaluation import validation
from model.training.evaluation.validation import Best, figure_of, image_to_audio
from tests.model.training.toy_pairs import ToyPairs


class Knowing:
    """Encoders that know each row by its number, or confuse all."""

    name, scales, metadata_fields = "knowing", (1,), ("month",)

    def __init__(self, right: bool = True) -> None:
        self.right, self.asked = right, []

    def _vectors(self, rows):
        return torch.stack([torch.eye(50)[int(row.id.removeprefix("toy-")) % 50] for row in rows])

    def embed_images(self, rows, scale, fields):
        self.asked.append((len(rows), scale, fields))
        return self._vectors(rows)

    def embed_audio(self, rows):
        return self._vectors(rows) if self.right else torch.ones(len(rows), 50)


def test_one_that_knows_finds_every_partner_first():
    scores = image_to_audio(Knowing(), ToyPairs(20))
    assert (scores.median_rank, scores.recall_10_percent, scores.queries) == (1.0, 1.0, 20)


def test_one_that_knows_nothing_is_in_the_middle():
    assert image_to_audio(Knowing(right=False), ToyPairs(21)).median_rank == 11.0


def test_rows_are_embedded_in_chunks_at_the_first_scale_with_all_metadata(monkeypatch):
    monkeypatch.setattr(validation, "CHUNK", 4)
    encoders = Knowing()
    image_to_audio(encoders, ToyPairs(10))
    assert encoders.asked == [(4, 1, ("month",)), (4, 1, ("month",)), (2, 1, ("month",))]


def test_a_split_of_no_use_is_an_error_with_the_first_reasons():
    with pytest.raises(TrainingError, match=r"validation: no row can be used \(row 0 .*not a readable image"):
        image_to_audio(Knowing(), ToyPairs(2, bad=(0, 1)))


def test_better_weights_are_saved_and_worse_are_not(tmp_path):
    saved = []
    best = Best(tmp_path, lambda: saved.append(1))
    best.offer(0.2, 10)
    best.offer(0.1, 20)
    best.offer(0.2, 30)
    best.offer(0.3, 40)
    assert len(saved) == 2
    assert (best.figure, best.step) == (0.3, 40)
    assert json.loads((tmp_path / "best.json").read_text()) == {"figure": 0.3, "step": 40}


def test_a_run_that_goes_on_knows_what_was_best_before(tmp_path):
    Best(tmp_path, lambda: None).offer(0.5, 10)
    later = Best(tmp_path, lambda: pytest.fail("saved worse weights"))
    assert (later.figure, later.step) == (0.5, 10)
    later.offer(0.4, 20)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"figure": "x", "step": 1}', '{"figure": 1}'])
def test_a_note_that_cannot_be_read_says_what_to_do(tmp_path, text):
    (tmp_path / "best.json").write_text(text)
    with pytest.raises(TrainingError, match=r"best\.json: cannot be read .*remove it to judge anew"):
        Best(tmp_path, lambda: None)


def test_weights_that_cannot_be_saved_are_not_noted(tmp_path):
    def full() -> None:
        raise TrainingError("no space")

    best = Best(tmp_path, full)
    with pytest.raises(TrainingError, match="no space"):
        best.offer(0.5, 1)
    assert not (tmp_path / "best.json").exists()
    assert best.figure == -1.0


def test_a_note_that_cannot_be_written_is_a_training_error(tmp_path):
    best = Best(tmp_path / "gone", lambda: None)
    with pytest.raises(TrainingError, match="cannot be saved"):
        best.offer(0.5, 1)


def test_of_too_few_rows_for_a_tenth_models_are_chosen_by_what_can_move(tmp_path):
    knowing, guessing = (image_to_audio(Knowing(right), ToyPairs(10)) for right in (True, False))
    assert knowing.recall_10_percent == guessing.recall_10_percent == 0
    assert figure_of(knowing) == ("i2a_outranked", 1.0)
    assert figure_of(guessing) == ("i2a_outranked", pytest.approx(0.5))
    assert figure_of(image_to_audio(Knowing(), ToyPairs(11))) == ("i2a_r10", 1.0)
    saved = []
    best = Best(tmp_path, lambda: saved.append(1))
    for step, scores in enumerate((guessing, knowing, guessing)):
        measure, figure = figure_of(scores)
        best.offer(figure, step, measure)
    assert (len(saved), best.figure, best.step, Best(tmp_path, lambda: None).measure) == (2, 1.0, 1, "i2a_outranked")


def test_pictures_that_do_not_fill_a_tile_are_not_judged():
    pairs = ToyPairs(4)
    pairs.imagery = replace(pairs.imagery, tile_pixels=300)
    with pytest.raises(TrainingError, match="their images fill less than half of a tile"):
        image_to_audio(Knowing(), pairs)
