"""The regions that `earshot region` finds, and what it tells of one."""

import json

import pytest

from server.commands.output.region_facts import open_region, open_shelf, region_facts
from tiles.errors import TilesError


@pytest.fixture(scope="module")
def settings(make_settings, small_region):
    """Settings whose data folder holds a region of 64 cells."""
    settings = make_settings()
    small_region(settings.folder("regions"), "island")
    return settings


def test_a_shelf_is_opened_without_asking_whose_its_regions_are(settings):
    assert open_shelf(settings).names() == ["island"]
    assert open_shelf(settings).get("island").complete


def test_a_region_is_found_by_its_name_and_by_its_path(settings, monkeypatch):
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(settings.data_dir))
    by_name = open_region("island")
    assert open_region(by_name.path).hash == by_name.hash
    with pytest.raises(TilesError, match="nowhere"):
        open_region("nowhere")


def test_the_facts_are_json_and_say_how_much_is_built(settings):
    facts = json.loads(json.dumps(region_facts(open_shelf(settings).get("island"))))
    assert (facts["name"], facts["state"], facts["failed"]) == ("island", "ready", 0)
    assert facts["cells"] == facts["done"] == 64
    assert facts["conditions"] == ["any"]
    assert len(facts["bounds"]) == 4
