"""What an answer says about what was asked but has no bearing on it."""

import dataclasses

import pytest

from model.sat2sound import ModelConfig
from server.http.parameters import PointQuery
from server.sound.orders import SoundOrder
from server.soundscape.notes import notes_on
from tiles.imagery import open_imagery


@pytest.fixture(scope="module")
def chip():
    return open_imagery("null-island").read(0.05, 0.02, gsd=0.6, pixels=32)


def order(**options):
    return SoundOrder(caption="waves", engine="tangoflux", release="1", seconds=10.0, seed=0, **options)


def test_a_time_that_neither_checkpoint_nor_engine_knows_changes_nothing(chip):
    query = PointQuery(lat=0.05, lon=0.02, month=6)
    (note,) = notes_on(ModelConfig.tiny(), query, chip, order())
    assert note.startswith("The month changes nothing here")
    assert "the engine tangoflux knows it" in note


def test_a_time_the_engine_knows_changes_the_sound_alone(chip):
    query = PointQuery(lat=0.05, lon=0.02, month=6, hour=12)
    (note,) = notes_on(ModelConfig.tiny(), query, chip, order(month=6, hour=12))
    assert note.startswith("The month and the hour change only the sound made for this place.")


def test_what_was_not_plain_about_the_imagery_is_told_first(chip):
    unsure = dataclasses.replace(chip, notes=("Placed by 9 ground control points, which fit to about 3.0 m.",))
    notes = notes_on(ModelConfig.tiny(), PointQuery(lat=0.05, lon=0.02, month=6), unsure, order())
    assert notes[0] == unsure.notes[0]
    assert len(notes) == 2


def test_nothing_is_noted_where_the_checkpoint_was_told_the_time_or_none_was_asked_for(chip):
    timed = PointQuery(lat=0.05, lon=0.02, month=6, hour=12)
    assert notes_on(ModelConfig.tiny(metadata=True), timed, chip, order()) == []
    assert notes_on(ModelConfig.tiny(), PointQuery(lat=0.05, lon=0.02), chip, order()) == []
