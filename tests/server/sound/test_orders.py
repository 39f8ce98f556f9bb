"""Sound orders: what decides a sound decides its address, and what an engine cannot be told is not in it."""

import dataclasses
import hashlib
import json
from types import SimpleNamespace

import pytest

from model.errors import GalleryError, UnknownEntry
from model.gallery import GalleryEntry
from server.errors import EngineAbsent, InvalidInput
from server.http.parameters import PlaceQuery, SoundOptions
from server.settings import installed_version
from server.sound.engines import RECORDING, EngineCard, Engines
from server.sound.orders import GENERATED, STORED, Orders, SoundOrder
from server.sound.queries import SynthesisOptions
from tests.server.sound.sounding import Noise, engines_of

CARDS = (
    EngineCard("foley", "nothing", "CC0-1.0", "quick", max_seconds=60.0, knows_time=True),
    EngineCard("tangoflux", "its weights", "research", "heavy", "By ears", steps=50, guidance=4.5),
)
HERE = PlaceQuery(lat=0.05, lon=0.02, month=3, hour=7)


ENTRIES = {
    entry.id: entry
    for entry in (
        GalleryEntry("c-sea", "waves roll", licence="CC0-1.0", author="Ann"),
        GalleryEntry("c-kept", "waves roll", licence="CC0-1.0", author="Pub", synthesised="kept.flac", sha256="abc"),
        GalleryEntry("r-surf", "surf", licence="CC-BY-4.0", author="Bo", path="surf.flac", seconds=2.5),
        GalleryEntry("r-made", "surf", licence="CC0-1.0", foley="surf", seed=3, seconds=1.5),
    )
}


class Shelf:
    """A gallery of a few entries, as far as orders look at it."""

    def entry(self, id):
        if id not in ENTRIES:
            raise UnknownEntry(id)
        return ENTRIES[id]

    def fingerprint(self, id):
        return "the gallery's"


@pytest.fixture
def orders():
    return Orders(Engines(CARDS, lambda name: Noise()), Shelf())


@pytest.fixture
def order(orders):
    def make(caption="birds sing", *, place=None, engine="foley", **options):
        return orders.of_caption(caption, SynthesisOptions(engine=engine, **options), place)

    return make


def matched(id, text="waves roll"):
    return SimpleNamespace(id=id, text=text)


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


def test_steps_and_guidance_are_the_engines_own_unless_they_are_told(order):
    usual = order(engine="tangoflux")
    assert (usual.steps, usual.guidance, usual.licence, usual.notice) == (50, 4.5, "research", "By ears")
    assert order(engine="tangoflux", steps=50, guidance=4.5) == usual
    assert order(engine="tangoflux", steps=20, guidance=0.0).options() == {"steps": 20, "guidance": 0.0}


def test_what_an_engine_cannot_do_is_refused_by_name(order):
    with pytest.raises(InvalidInput, match=r"loop.*tangoflux"):
        order(engine="tangoflux", loop=True)
    with pytest.raises(InvalidInput, match=r"seconds.*at most 30"):
        order(engine="tangoflux", seconds=31.0)
    for field in ("steps", "guidance"):
        with pytest.raises(InvalidInput, match=rf"{field}.*foley has none"):
            order(**{field: 3})
    with pytest.raises(InvalidInput, match=r"engine.*moog"):
        order(engine="moog")


def test_an_engine_that_is_absent_takes_no_orders():
    with pytest.raises(EngineAbsent, match="earshot pull tangoflux"):
        Orders(engines_of(foley=Noise())).of_caption("wind", SynthesisOptions(engine="tangoflux"))


def test_a_caption_is_rendered_by_the_engine_that_is_the_default_now(orders):
    fast = Noise()
    fast.device = "cuda"
    on_gpu = engines_of(foley=Noise(), tangoflux=fast)
    before = Orders(on_gpu).of_caption("wind", SynthesisOptions())
    on_gpu.look()
    assert (before.engine, Orders(on_gpu).of_caption("wind", SynthesisOptions()).engine) == ("foley", "tangoflux")


def test_an_entry_with_a_sound_of_its_own_is_heard_as_it_is_whatever_is_asked(orders):
    heard = orders.of_entry("r-surf", SoundOptions(seed=9, seconds=3.0))
    assert heard == orders.of_entry("r-surf", SoundOptions())
    assert (heard.engine, heard.recording, heard.seconds, heard.seed) == (RECORDING, "r-surf", 2.5, 0)
    assert (heard.release, heard.author, heard.licence, heard.notice) == ("the gallery's", "Bo", "CC-BY-4.0", "")


def test_a_recording_made_by_foley_is_of_this_version_and_names_its_engine(orders):
    made = orders.of_entry("r-made", SoundOptions())
    assert (made.engine, made.recording, made.seed, made.release) == ("foley", "r-made", 3, installed_version())


def test_a_caption_of_the_gallery_is_rendered_with_the_seed_and_length_asked_for(orders):
    made = orders.of_entry("c-sea", SoundOptions(seed=4, seconds=2.0))
    assert made == orders.of_caption("waves roll", SynthesisOptions(seed=4, seconds=2.0))
    assert (made.recording, made.place) == ("", "")


def test_a_caption_whose_sound_the_gallery_keeps_is_not_rendered_anew_and_says_who_made_it(orders):
    kept = orders.of_entry("c-kept", SoundOptions(seed=4))
    assert (kept.engine, kept.recording, kept.release, kept.notice) == (RECORDING, "c-kept", "abc", STORED)
    assert orders.of_match(matched("c-kept"), HERE) == kept


def test_an_entry_that_is_not_there_is_unknown(orders):
    with pytest.raises(UnknownEntry):
        orders.of_entry("c-moon", SoundOptions())
    with pytest.raises(GalleryError, match="no gallery"):
        Orders(orders.engines).of_entry("c-sea", SoundOptions())


def test_the_caption_matched_to_a_place_is_rendered_at_its_place_and_time(orders):
    made = orders.of_match(matched("c-sea"), HERE, SoundOptions(seed=2, seconds=4.0))
    told = SynthesisOptions(seed=2, seconds=4.0, hour=7, month=3)
    assert made == orders.of_caption("waves roll", told, (0.05, 0.02))
    assert (made.hour, made.month, made.place) == (7, 3, "0.05000, 0.02000")
    assert orders.of_match(matched("c-sea"), HERE) == orders.of_match(matched("c-sea"), HERE, SoundOptions())


def test_a_caption_written_for_a_place_is_looked_up_in_no_gallery(orders):
    assert orders.of_match(matched(GENERATED, "a mill turns"), HERE).caption == "a mill turns"
    with pytest.raises(UnknownEntry):
        orders.of_match(matched("c-moon"), HERE)


def test_an_order_comes_back_from_its_text(order):
    made = order(hour=5, month=5, loop=True)
    assert SoundOrder.from_json(made.to_json()) == made
    assert dataclasses.replace(made, place="1, 2").samples_key == made.samples_key


def test_the_address_is_the_hash_of_all_that_is_ordered_as_every_version_wrote_it(order):
    made = order(place=(1.0, 2.0))
    text = json.dumps(dataclasses.asdict(made), sort_keys=True)
    assert made.key == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_the_address_is_worked_out_once(order, monkeypatch):
    hashed = []
    real = SoundOrder.to_json
    monkeypatch.setattr(SoundOrder, "to_json", lambda self: hashed.append(self) or real(self))
    made, nowhere = order(place=(1.0, 2.0)), order()
    for _ in range(3):
        assert made.key != made.samples_key == nowhere.key == nowhere.samples_key
    assert len(hashed) == 3  # with its place, without, and the other


def test_what_an_address_was_worked_out_for_makes_no_order_another(order):
    seen, fresh = order(), order()
    assert seen.key
    assert seen == fresh
    assert hash(seen) == hash(fresh)
    assert dataclasses.replace(seen, seed=7).key != seen.key
