"""Training on paired data learns, resumes to the same bits, drops metadata as the paper does and keeps its best."""

import csv
import dataclasses
import json

import numpy as np
import pytest
import torch

from model.errors import TrainingError
from model.sat2sound import ModelConfig, Sat2Sound, losses, open_checkpoint, save_checkpoint
from model.training.dataset.row_windows import RowWindows
from model.training.loop.fabric import open_fabric
from model.training.loop.run import Report
from model.training.paired.batches import PairedBatches
from model.training.paired.colour_jitter import ColourJitter
from model.training.paired.config import PairedConfig
from model.training.paired.train import objective, train_paired
from tests.model.training.toy_pairs import TOY, ToyPairs


class Stopped(Exception):
    """Stands for a kill."""


@pytest.fixture(scope="module")
def config() -> PairedConfig:
    model = dataclasses.replace(ModelConfig.tiny(metadata=True), name="toy")
    return PairedConfig(
        "toy", "toy", model, epochs=3, batch=6, learning_rate=3e-3, restart_period=50, workers=2, check_every=4, seed=5
    )


@pytest.fixture(scope="module")
def finished(config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("paired")
    reports: list[Report] = []
    trained = train_paired(config, ToyPairs(18, bad=(4,)), ToyPairs(12, first=100), folder, reports.append)
    return trained, reports, folder


def test_every_step_is_reported_and_every_check_is_logged(finished):
    trained, reports, folder = finished
    assert [r.step for r in reports] == list(range(1, 10))
    rows = list(csv.DictReader((folder / "paired.csv").read_text().splitlines()))
    assert [row["step"] for row in rows] == ["4", "8", "9"]
    assert {"loss", "i2a_r10", "i2a_median_rank", "best_i2a_r10", "left_out"} == rows[0].keys() - {"step"}
    assert trained.left_out == ("row 4 (toy-4): toy_image: not a readable image",)


def test_the_best_check_is_the_checkpoint_and_the_last_one_the_state(finished):
    trained, reports, folder = finished
    figures = {r.step: r.figures["i2a_r10"] for r in reports if r.figures}
    first_best = min(step for step, figure in figures.items() if figure == max(figures.values()))
    assert json.loads((folder / "best.json").read_text()) == {"figure": trained.i2a_recall, "step": first_best}
    assert (trained.i2a_recall, trained.step) == (max(figures.values()), first_best)
    assert open_checkpoint(trained.checkpoint).config.name == "toy"
    assert torch.load(folder / "paired.state", weights_only=True)["step"] == 9


def test_a_killed_run_resumes_in_the_middle_of_an_epoch_to_the_same_bits(finished, config, tmp_path):
    def stop(report: Report) -> None:
        if report.step == 6:
            raise Stopped

    data = (ToyPairs(18, bad=(4,)), ToyPairs(12, first=100))
    with pytest.raises(Stopped):
        train_paired(config, *data, tmp_path, stop)
    steps: list[int] = []
    trained = train_paired(config, *data, tmp_path, lambda r: steps.append(r.step))
    assert steps == [5, 6, 7, 8, 9]
    assert (trained.i2a_recall, trained.step) == (finished[0].i2a_recall, finished[0].step)
    whole = torch.load(finished[2] / "paired.state", weights_only=True)["model"]
    for name, tensor in torch.load(tmp_path / "paired.state", weights_only=True)["model"].items():
        assert torch.equal(tensor, whole[name]), name
    best = open_checkpoint(finished[0].checkpoint).state_dict()
    for name, tensor in open_checkpoint(trained.checkpoint).state_dict().items():
        assert torch.equal(tensor, best[name]), name


def test_the_loss_falls_and_images_find_their_sounds(config, tmp_path):
    # A wider pool of concepts than one: tiny codebooks at a high rate would settle on a single concept.
    model = dataclasses.replace(ModelConfig.tiny(), name="toy", temperature=8.0)
    longer = dataclasses.replace(
        config, model=model, epochs=20, learning_rate=1e-3, check_every=60, jitter=ColourJitter(0.1, 0.1, 0.1, 0)
    )
    reports: list[Report] = []
    trained = train_paired(longer, ToyPairs(18), ToyPairs(30, first=100), tmp_path, reports.append)
    loss = [r.loss for r in reports]
    assert sum(loss[-6:]) < 0.5 * sum(loss[:6])
    assert trained.i2a_recall >= 0.2  # by chance 2 of 30
    assert reports[-1].figures["i2a_median_rank"] < 9  # by chance 15.5


def test_bfloat16_trains_without_a_word(config, tmp_path, capfd):
    short = dataclasses.replace(config, epochs=1, precision="bf16-mixed")
    reports: list[Report] = []
    trained = train_paired(short, ToyPairs(12), ToyPairs(6, first=50), tmp_path, reports.append)
    assert all(np.isfinite(r.loss) for r in reports)
    assert all(t.dtype == torch.float32 for n, t in open_checkpoint(trained.checkpoint).named_parameters())
    assert capfd.readouterr() == ("", "")


def test_training_begins_from_a_checkpoint_and_refuses_one_of_other_sizes(config, tmp_path):
    torch.manual_seed(9)
    save_checkpoint(Sat2Sound(config.model), tmp_path / "given.safetensors")
    start = dataclasses.replace(config, epochs=1, learning_rate=0.0, initial=str(tmp_path / "given.safetensors"))
    data = (ToyPairs(6), ToyPairs(6, first=50))
    trained = train_paired(start, *data, tmp_path / "run", lambda _: None)
    given = open_checkpoint(tmp_path / "given.safetensors")
    after = open_checkpoint(trained.checkpoint)
    assert all(torch.equal(p, dict(given.named_parameters())[n]) for n, p in after.named_parameters())
    larger = dataclasses.replace(start, model=dataclasses.replace(config.model, codebook_size=64))
    with pytest.raises(TrainingError, match="another codebook_size"):
        train_paired(larger, *data, tmp_path / "other", lambda _: None)


def test_the_objective_is_the_papers_on_the_batchs_own_vectors(config):
    batches = PairedBatches(config.model, TOY, RowWindows(ToyPairs(6), 6, 0), config.jitter, 0.5)
    batch = batches.make(np.random.default_rng(0), 0)
    model = Sat2Sound(config.model).eval()
    loss = objective(model, config, open_fabric(), batch)
    image = model.embed_images(batch.images, batch.gsd, batch.metadata)
    vectors = (image, model.embed_log_mel(batch.log_mel), *map(model.embed_texts, _captions(batch)))
    terms = losses(*vectors, dict(model.log_scales.items()), alpha=0.1)
    expected = (terms["ia"] + terms["it"] + terms["at"]) / 3 + terms["combined"] + terms["fdt"]
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)


def _captions(batch):
    return batch.audio_captions, batch.image_captions
