"""Sound orders: what decides a sound decides its address, and what an engine cannot be told is not in it."""

import dataclasses

import pytest

from server.errors import InvalidInput
from server.sound.engines import EngineCard, Engines
from server.sound.orders import SoundOrder, caption_order
from tests.server.sound.sounding import Noise

CARDS = (
    EngineCard("foley", "nothing", "CC0-1.0", "quick", max_seconds=60.0, knows_time=True),
    EngineCard("tangoflux", "its weights", "research", "heavy", steps=50, guidance=4.5),
)


@pytest.fixture
def order():
    engines = Engines(CARDS, lambda name: Noise())

    def make(caption="birds sing", *, seconds=10.0, seed=0, engine="foley", **options):
        return caption_order(engines, caption, seconds=seconds, seed=seed, engine=engine, **options)

    return make


@pytest.mark.parametrize("told", [{"hour": 5}, {"month": 5}, {"loop": True}, {"seconds": 60.0}])
def test_what_changes_the_sound_changes_its_address(order, told):
    assert order(**told).key != order().key
    assert order(**told).key == order(**told).key


def test_an_engine_is_told_the_hour_the_month_and_the_loop_that_were_asked_for(order):
    assert order(hour=5, month=6, loop=True).options() == {"hour": 5, "month": 6, "loop": True}
    assert order().options() == {}
    assert order(hour=0).options() == {"hour": 0}


def test_seasons_south_of_the_equator_are_half_a_year_apart(order):
    months = [order(month=month, place=(-34.0, 18.0)).month for month in range(1, 13)]
    assert months == [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]
    assert order(month=1, place=(34.0, 18.0)).month == 1


def test_an_engine_that_does_not_know_time_makes_one_sound_for_all_hours(order):
    assert order(engine="tangoflux", hour=5, month=5).key == order(engine="tangoflux").key


def test_what_an_engine_cannot_do_is_refused_by_name(order):
    with pytest.raises(InvalidInput, match=r"loop.*tangoflux"):
        order(engine="tangoflux", loop=True)
    with pytest.raises(InvalidInput, match=r"seconds.*at most 30"):
        order(engine="tangoflux", seconds=31.0)


def test_an_order_comes_back_from_its_text(order):
    made = order(hour=5, month=5, loop=True)
    assert SoundOrder.from_json(made.to_json()) == made
    assert dataclasses.replace(made, place="1, 2").samples_key == made.samples_key
