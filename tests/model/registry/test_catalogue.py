"""Every published model has a place on the hub, terms, and all that it needs."""

import dataclasses

import pytest

from model.errors import UnknownModel
from model.registry.catalogue import CATALOGUE, CHECKPOINTS, find
from model.sat2sound.config import IMAGERY


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_model_is_found_by_its_name(name):
    model = find(name)
    assert model.name == name
    assert model.what
    assert model.repository.count("/") == 1
    assert model.files
    assert model.licence.name
    assert model.licence.url.startswith("https://")


@pytest.mark.parametrize("name", CATALOGUE)
def test_what_a_model_needs_is_in_the_catalogue_too(name):
    assert all(needed in CATALOGUE for needed in find(name).needs)


@pytest.mark.parametrize("name", [name for name in CATALOGUE if find(name).single])
def test_a_model_of_a_single_file_names_one_file(name):
    (file,) = find(name).files
    assert "*" not in file


def test_an_unknown_name_is_refused_and_the_known_are_listed():
    with pytest.raises(UnknownModel, match=r"'sat2sound' is not a published model: known are bingmap_nometa, .*llava"):
        find("sat2sound")


def test_there_is_a_checkpoint_for_every_imagery_with_and_without_metadata():
    assert set(CHECKPOINTS) == {f"{kind}_{meta}" for kind in IMAGERY for meta in ("nometa", "withmeta")}


@pytest.mark.parametrize("name", ["geosound-gallery", "tangoflux", "llava"])
def test_terms_that_bind_whoever_uses_them_must_be_accepted(name):
    assert find(name).licence.must_accept


def test_free_terms_need_no_acceptance():
    assert not find("flan-t5-large").licence.must_accept
    assert not find("bingmap_withmeta").licence.must_accept


def test_the_catalogue_cannot_be_changed_by_accident():
    with pytest.raises(TypeError):
        CATALOGUE["mine"] = find("llava")
    with pytest.raises(dataclasses.FrozenInstanceError):
        find("llava").name = "mine"
