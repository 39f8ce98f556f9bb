"""Training learns, resumes to the same bits, and says in one line why it cannot go on."""

import dataclasses

import pytest
import torch

from model.errors import TrainingError
from model.sat2sound import open_checkpoint
from model.training.labelled.train import train
from model.training.loop.run import Report
from model.training.recipes import read_recipe


class Stopped(Exception):
    """Stands for a kill."""


@pytest.fixture(scope="module")
def finished(short, pictures, tones, few_captions, few_sounds, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    reports: list[Report] = []
    return train(short, pictures, tones, folder, reports.append, few_captions, few_sounds), reports, folder


def test_every_stage_runs_reports_and_logs_its_checks(finished):
    _, reports, folder = finished
    assert list(dict.fromkeys(r.stage for r in reports)) == ["warm", "image", "polish", "head", "sounds", "audio"]
    assert [r.step for r in reports if r.stage == "image"] == list(range(1, 13))
    assert [r.step for r in reports if r.stage == "audio"] == list(range(1, 7))
    assert [r.step for r in reports if r.stage == "image" and r.figures] == [4, 8, 12]
    assert (folder / "image.csv").read_text().count("\n") == 4
    assert (folder / "figures.json").exists()


def test_the_loss_falls_and_held_back_pictures_are_told_apart(
    short, pictures, tones, few_captions, few_sounds, tmp_path
):
    longer = dataclasses.replace(short, image=dataclasses.replace(short.image, steps=80), check_every=80)
    for stage in ("warm", "polish", "head", "sounds", "audio"):
        longer = dataclasses.replace(longer, **{stage: dataclasses.replace(getattr(short, stage), steps=0)})
    reports: list[Report] = []
    trained = train(longer, pictures, tones, tmp_path, reports.append, few_captions, few_sounds)
    losses = [r.loss for r in reports]
    assert sum(losses[-10:]) < 0.9 * sum(losses[:10])
    assert trained.images.overall >= 0.9


def test_the_result_opens_as_a_checkpoint(finished):
    trained, _, _ = finished
    model = open_checkpoint(trained.checkpoint)
    assert model.config.name == "short"
    assert model.checkpoint_hash != "untrained"


@pytest.mark.parametrize(("stage", "step"), [("image", 7), ("audio", 5)])
def test_a_killed_run_resumes_to_the_same_bits(
    finished, short, pictures, tones, few_captions, few_sounds, tmp_path, stage, step
):
    def stop(report: Report) -> None:
        if (report.stage, report.step) == (stage, step):
            raise Stopped

    with pytest.raises(Stopped):
        train(short, pictures, tones, tmp_path, stop, few_captions, few_sounds)
    steps: list[int] = []

    def note(report: Report) -> None:
        if report.stage == stage:
            steps.append(report.step)

    trained = train(short, pictures, tones, tmp_path, note, few_captions, few_sounds)
    assert steps[0] == step - step % 4 + 1
    uninterrupted = open_checkpoint(finished[0].checkpoint).state_dict()
    for name, tensor in open_checkpoint(trained.checkpoint).state_dict().items():
        assert torch.equal(tensor, uninterrupted[name]), name


def test_the_audio_stage_changes_the_audio_side_alone(
    finished, short, pictures, tones, few_captions, few_sounds, tmp_path
):
    none = dataclasses.replace(short.audio, steps=0)
    only_images = dataclasses.replace(short, sounds=none, audio=none)
    before = open_checkpoint(
        train(only_images, pictures, tones, tmp_path, lambda _: None, few_captions, few_sounds).checkpoint
    ).state_dict()
    after = open_checkpoint(finished[0].checkpoint).state_dict()
    changed = {name for name in after if not torch.equal(before[name], after[name])}
    assert changed
    assert all(n.startswith(("audio_encoder.", "codebook.queries.audio.", "log_scales.")) for n in changed)


def test_a_state_that_cannot_be_read_is_named(short, pictures, tones, few_captions, few_sounds, tmp_path):
    (tmp_path / "image.state").write_bytes(b"not a state")
    with pytest.raises(TrainingError, match=r"image\.state: cannot resume"):
        train(short, pictures, tones, tmp_path, lambda _: None, few_captions, few_sounds)


def test_the_configuration_that_ships_reads_and_mistakes_are_named(tmp_path):
    assert read_recipe("embedded").model.name == "embedded"
    for text, word in (("[image]\nstepz = 3", "stepz"), ("name = [", "not a training"), ("[model]\nbase = 'x'", "x")):
        path = tmp_path / "odd.toml"
        path.write_text(f"name = 'odd'\n{text}" if "name" not in text else text)
        with pytest.raises(TrainingError, match=word):
            read_recipe(str(path))
    with pytest.raises(TrainingError, match="no-such"):
        read_recipe("no-such.toml")
