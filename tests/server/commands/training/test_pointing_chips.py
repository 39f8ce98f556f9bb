"""The pointing game on Null Island: chips hold what is sought in part, where the ground truth says; and its command."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from model.sat2sound import ModelConfig
from server.cli import app
from server.commands.training.pointing_chips import SHARE, SOUGHT, mixed_chips
from tiles.imagery.null_island import CLASSES


@pytest.fixture(scope="module")
def cases():
    return list(mixed_chips(ModelConfig.tiny(), 6, seed=3))


def test_the_queries_take_turns_and_each_seeks_land_covers_there_are(cases):
    assert [case.query for case in cases] == [*SOUGHT, *SOUGHT]
    assert {cover for covers in SOUGHT.values() for cover in covers} <= set(CLASSES)


def test_what_is_sought_fills_part_of_every_chip(cases):
    for case in cases:
        assert case.pixels.shape == (64, 64, 3)
        assert case.sought.shape == (4, 4)
        assert SHARE[0] <= case.sought.mean() <= SHARE[1]
        assert case.gsd == pytest.approx(0.6 * round(case.gsd / 0.6))


def test_the_same_seed_draws_the_same_chips(cases):
    again = list(mixed_chips(ModelConfig.tiny(), 3, seed=3))
    for one, other in zip(cases, again, strict=False):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        np.testing.assert_array_equal(one.sought, other.sought)


def test_the_command_tells_scores_by_query_and_method(home):
    checkpoint = str(home / "checkpoint.safetensors")
    done = CliRunner().invoke(app, ["evaluate", checkpoint, "--pointing", "--limit", "3", "--json"])
    assert done.exit_code == 0, done.output
    scores = json.loads(done.stdout)["pointing"]["Null Island"]
    assert {score["group"] for score in scores} == {*SOUGHT, "all"}
    (ours,) = (score for score in scores if (score["group"], score["method"]) == ("all", "aggregate"))
    assert ours["cases"] == 3
    assert ours["hits"] == sum(s["hits"] for s in scores if s["method"] == "aggregate" and s["group"] != "all")
    assert 0 < ours["chance"] < 1


@pytest.mark.parametrize("refused", [["--scales", "1"], ["--ablate", "metadata"]])
def test_what_is_for_retrieval_alone_is_refused(refused):
    done = CliRunner().invoke(app, ["evaluate", "--pointing", *refused])
    assert done.exit_code == 2
    assert "retrieval alone" in done.output


def test_a_folder_without_images_is_refused(home, tmp_path):
    checkpoint = str(home / "checkpoint.safetensors")
    done = CliRunner().invoke(app, ["evaluate", checkpoint, "--pointing", "--data", str(tmp_path), "--limit", "2"])
    assert done.exit_code != 0
    assert "metadata.csv" in str(done.exception)
