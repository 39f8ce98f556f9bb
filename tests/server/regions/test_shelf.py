"""The shelf of regions: which there are, whose they are, and which one a name means."""

import pytest

from server.errors import InvalidInput
from server.regions.shelf import RegionShelf
from tiles.errors import RegionMismatch, RegionUnreadable, UnknownRegion


@pytest.fixture
def shelf(tmp_path, foreign_region):
    """A folder where checkpoint `aa` has a region, and `bb` one beside it by the same name."""
    mine = RegionShelf(tmp_path, "aa")
    foreign_region(tmp_path, "island", "aa")
    foreign_region(RegionShelf(tmp_path, "bb").own_path("island"), None, "bb")
    return mine


def test_it_opens_its_checkpoints_regions_and_refuses_others_by_name(shelf):
    assert shelf.names() == ["island"]
    assert shelf.get() is shelf.get("island")
    assert [region.name for region in shelf.regions()] == ["island"]
    with pytest.raises(UnknownRegion, match=r"atlantis.*island"):
        shelf.get("atlantis")
    other = RegionShelf(shelf.folder, "deadbeef")
    assert other.regions() == []
    with pytest.raises(RegionMismatch, match="deadbeef"):
        other.get("island")


@pytest.mark.parametrize("hash", ["aa", "bb"])
def test_of_several_by_one_name_a_checkpoint_means_its_own(shelf, hash):
    own = RegionShelf(shelf.folder, hash)
    assert own.names() == ["island"]
    assert own.get("island").checkpoint_hash == hash
    assert [region.checkpoint_hash for region in own.regions()] == [hash]


def test_without_a_checkpoint_all_are_offered_and_each_can_be_meant(shelf):
    every = RegionShelf(shelf.folder, None)
    assert every.names() == ["island", "island.bb"]
    assert [every.get(name).checkpoint_hash for name in every.names()] == ["aa", "bb"]


def test_without_a_checkpoint_one_that_is_alone_goes_by_its_plain_name(tmp_path, foreign_region):
    foreign_region(RegionShelf(tmp_path, "bb").own_path("null-island"), None, "bb")
    every = RegionShelf(tmp_path, None)
    assert every.names() == ["null-island"]
    assert every.get("null-island").checkpoint_hash == "bb"


def test_an_empty_shelf_has_no_default(tmp_path):
    shelf = RegionShelf(tmp_path, "c0ffee")
    assert shelf.names() == []
    with pytest.raises(UnknownRegion, match="none"):
        shelf.get()
    (tmp_path / "null-island.zarr").mkdir()
    with pytest.raises(RegionUnreadable):
        shelf.get()


def test_null_island_is_the_first_and_what_is_no_region_is_passed_over(tmp_path):
    for name in ("harbour.zarr", "null-island.zarr", "atoll.zarr", "Not A Name.zarr", ".hidden.zarr", "notes.txt"):
        (tmp_path / name).mkdir()
    assert RegionShelf(tmp_path, "c0ffee").names() == ["null-island", "atoll", "harbour"]


def test_what_was_looked_up_lately_is_at_hand_without_a_look_at_any_file(shelf):
    assert shelf.at_hand("island") is None
    region = shelf.get("island")
    assert shelf.at_hand("island") is region
    assert shelf.at_hand() is None
    assert shelf.get() is shelf.at_hand()


@pytest.mark.parametrize("name", ["", "A", "a/b", "../a", "-a", "a.b", "a" * 65])
def test_a_name_that_is_no_name_leads_to_no_path(tmp_path, name):
    shelf = RegionShelf(tmp_path, "c0ffee")
    for path in (shelf.path, shelf.own_path):
        with pytest.raises(InvalidInput, match="letters, digits and hyphens"):
            path(name)


def test_the_place_of_a_checkpoints_own_differs_from_that_of_every_other(tmp_path):
    paths = [RegionShelf(tmp_path, hash).own_path("null-island") for hash in ("a" * 64, "b" * 64)]
    assert paths[0] != paths[1]
    assert {path.suffix for path in paths} == {".zarr"}
