"""How answers refer to what they rest on: the chip by a URL that draws it again, concepts by weight and name."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from server.imagery.queries import ChipQuery
from server.soundscape.references import CONCEPTS_NAMED, chip_reference, heaviest_concepts, model_reference
from tiles.imagery import open_imagery


def test_the_url_of_a_chip_draws_the_very_same_pixels():
    source = open_imagery("null-island")
    chip = source.read(0.05, -0.02, 1.8, 32)
    told = chip_reference(chip, "https://ear")
    url = urlsplit(told.url)
    assert (url.netloc, url.path) == ("ear", "/imagery/chip")
    asked = ChipQuery.model_validate({name: value for name, (value,) in parse_qs(url.query).items()})
    again = source.read(asked.lat, asked.lon, asked.gsd, asked.pixels)
    np.testing.assert_array_equal(again.pixels, chip.pixels)
    assert (told.source, told.attribution, told.bounds) == ("null-island", source.attribution, chip.bounds)


def test_the_model_is_named_with_its_hash(earshot):
    told = model_reference(earshot.model)
    assert (told.checkpoint, told.hash) == (earshot.model.config.name, earshot.model.checkpoint_hash)


def test_no_more_concepts_are_named_than_an_answer_holds_heaviest_first():
    weights = np.random.default_rng(2).random(40).astype(np.float32)
    told = heaviest_concepts(SimpleNamespace(concept_names={3: "rain"}), weights)
    assert [concept.id for concept in told] == np.argsort(-weights)[:CONCEPTS_NAMED].tolist()
    assert [concept.weight for concept in told] == sorted(weights.tolist(), reverse=True)[:CONCEPTS_NAMED]


@pytest.mark.parametrize(("weights", "named"), [([0, 0.25, 0, 0.75], [(3, "rain"), (1, None)]), ([0, 0, 0, 0], [])])
def test_what_weighs_nothing_is_not_named(weights, named):
    told = heaviest_concepts(SimpleNamespace(concept_names={3: "rain"}), np.array(weights, np.float32))
    assert [(concept.id, concept.name) for concept in told] == named
