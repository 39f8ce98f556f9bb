"""`earshot evaluate --pointing`: scores by query and method, and what is refused."""

import json

import pytest

from server.commands.training.pointing_chips import SOUGHT
from tests.server.commands.earshot_command import assert_refused


@pytest.fixture
def checkpoint(home):
    return home / "checkpoint.safetensors"


def test_scores_are_told_by_query_and_method_and_all_is_their_sum(run, checkpoint):
    done = run("evaluate", checkpoint, "--pointing", "--limit", "3", "--json")
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)["pointing"]["Null Island"]
    assert {score["group"] for score in scores} == {*SOUGHT, "all"}
    (ours,) = (score for score in scores if (score["group"], score["method"]) == ("all", "aggregate"))
    assert ours["cases"] == 3
    assert ours["hits"] == sum(s["hits"] for s in scores if s["method"] == "aggregate" and s["group"] != "all")
    assert 0 < ours["chance"] < 1


def test_a_table_says_how_often_chance_alone_would_hit(run, checkpoint):
    done = run("evaluate", checkpoint, "--pointing", "--limit", "3")
    assert done.returncode == 0, done.stderr
    assert "pointing on Null Island" in done.stdout
    assert "by chance" in done.stdout
    assert all(query in done.stdout for query in SOUGHT)


@pytest.mark.parametrize("refused", [["--scales", "1"], ["--ablate", "metadata"]], ids=" ".join)
def test_what_is_for_retrieval_alone_is_refused(run, refused):
    assert_refused(run("evaluate", "--pointing", *refused), "retrieval alone")


def test_a_folder_without_images_is_refused(run, checkpoint, tmp_path):
    done = run("evaluate", checkpoint, "--pointing", "--data", tmp_path, "--limit", "2")
    assert_refused(done, "metadata.csv")
