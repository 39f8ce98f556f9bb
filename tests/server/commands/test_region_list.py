"""`earshot region list`: every region there is, and why one cannot be read."""

import json


def test_regions_are_listed_and_looked_into_in_words_and_as_json(built, run):
    listed = json.loads(run("region", "list", "--json").stdout)
    assert [region["name"] for region in listed["regions"]] == ["island"]
    assert "island" in run("region", "list").stdout
    looked = json.loads(run("region", "info", "island", "--json").stdout)
    assert looked == listed["regions"][0]
    assert looked["hash"] == built["hash"]
    assert built["checkpoint_hash"] in run("region", "info", built["path"]).stdout


def test_a_region_that_cannot_be_read_is_listed_with_the_reason(built, run, tmp_path):
    (tmp_path / "data" / "regions" / "broken.zarr").mkdir()
    found = json.loads(run("region", "list", "--json").stdout)["regions"]
    assert "broken.zarr" in found[0]["error"]
    assert found[1]["name"] == "island"
