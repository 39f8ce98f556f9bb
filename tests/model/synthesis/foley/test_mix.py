import threading

import numpy as np
import pytest

from model.errors import Cancelled, InvalidInput, SynthesisError
from model.sat2sound.text_encoder import open_text_encoder
from model.scenes.captions import SCENES, read_captions
from model.synthesis import Clip, Synthesizer, open_synthesizer
from model.synthesis.foley.mix import Foley
from model.synthesis.foley.sources import SOURCES

BEACH = "From this aerial view we can expect to hear waves breaking on the sand, gulls calling and distant voices"

PLANS = [
    (BEACH, {"surf", "gulls", "crowd"}),
    ("waves on a beach", {"surf"}),
    ("Deep blue water far out at sea, only the swell and the wind", {"wind_in_the_open"}),
    ("a brook trickles over stones", {"stream"}),
    ("the steady rush of a wide river", {"river"}),
    ("small waves lap at the lake shore and ducks quack", {"lake", "ducks"}),
    ("heavy rain and thunder", {"rain", "thunder"}),
    ("leaves rustling in the breeze while birds chirp", {"wind_in_trees", "songbirds"}),
    ("wind howls around the summit", {"wind_in_the_open"}),
    ("crickets and frogs at night", {"crickets", "frogs"}),
    ("bees buzz over the meadow", {"insects"}),
    ("cows moo, sheep bleat and a dog barks", {"cattle", "sheep", "dogs"}),
    ("a rooster crows in the farmyard as a tractor starts", {"rooster", "tractor"}),
    ("the constant roar of motorway traffic", {"motorway"}),
    ("cars pass slowly on a city street", {"street_traffic"}),
    ("drivers honk their car horns and an ambulance siren wails", {"car_horns", "siren"}),
    ("a freight train rattles by", {"train"}),
    ("a tram rings its bell", {"tram"}),
    ("airliners roar as they take off from the runway", {"jet"}),
    ("a helicopter circles overhead", {"helicopter"}),
    ("a small propeller plane drones across the sky", {"propeller"}),
    ("people chatting in the market square and church bells ringing", {"crowd", "church_bells"}),
    ("children laughing and shouting on the playground", {"children"}),
    ("footsteps on the pavement", {"footsteps"}),
    ("factory machines hum and metal clanks", {"machinery"}),
    ("a jackhammer tears up the road and workers are hammering", {"jackhammer", "hammering"}),
    ("the beeping of a truck reversing in the yard", {"reversing"}),
    ("a ship sounds its horn, rigging clinks against the masts", {"ship_horn", "rigging"}),
    ("a fishing boat's diesel chugs out of the harbour", {"boat"}),
    ("somebody mows the lawn and sprinklers hiss", {"lawn_mower", "sprinkler"}),
    ("tennis balls are struck back and forth and spectators clap", {"tennis", "cheering"}),
    ("a golfer's club strikes the ball", {"golf_swing"}),
    ("a chainsaw screams in the forest", {"chainsaw"}),
    ("an owl hoots in the dark wood", {"owl"}),
    ("snapping shrimp crackle around the coral", {"shrimp"}),
    ("a fountain splashes in the square", {"fountain"}),
    ("air conditioners hum on the roofs", {"ventilation"}),
    ("a motorcycle speeds past", {"motorcycle"}),
    ("a horse trots along the track", {"horses"}),
    ("crows caw over the stubble", {"crows"}),
]

PARAPHRASES = [
    ("a mutt growls at the postman", "dogs"),
    ("the carillon of the minster peals", "church_bells"),
    ("commuters crawl bumper to bumper", "motorway"),
    ("supporters celebrate a goal", "cheering"),
    ("it is drizzling, gutters overflow", "rain"),
    ("a locomotive hauls wagons across the bridge", "train"),
    ("ewes in the fold", "sheep"),
    ("a paramedic van hurries to hospital", "siren"),
    ("amphibians call from the marsh", "frogs"),
    ("somebody strolls along a path", "footsteps"),
]
"""Captions that share no word with the descriptions of the source they mean."""

LITTLE_WORDS = {"a", "an", "the", "in", "is", "it", "of", "to", "by", "at", "along", "across", "from", "call"}

ABSENT = [
    ("Birds sing in a valley far from the motorway", {"motorway", "street_traffic"}),
    ("no traffic can be heard, only the wind in the pines", {"motorway", "street_traffic"}),
    ("waves without any gulls", {"gulls"}),
    ("A busy street without car horns", {"car_horns"}),
    ("Away from traffic, crickets chirp", {"motorway", "street_traffic"}),
    ("The hum of traffic is absent, leaving birdsong", {"motorway", "street_traffic"}),
    ("An aerial view of a quiet lake", {"jet", "propeller", "helicopter"}),
    ("the exposed coral drips and gurgles", {"gulls"}),
    ("A traffic-free village where pigeons coo", {"motorway", "street_traffic"}),
]


def names(foley, caption):
    return {name for name, _ in foley.plan(caption)}


@pytest.mark.parametrize(("caption", "expected"), PLANS)
def test_a_caption_sounds_of_what_it_names(foley, caption, expected):
    assert expected <= names(foley, caption)


@pytest.mark.parametrize(("caption", "expected"), PARAPHRASES)
def test_a_caption_is_understood_by_its_meaning_and_not_by_its_words(foley, caption, expected):
    def content(text):
        return {word.strip(",.").lower() for word in text.split()} - LITTLE_WORDS

    assert not content(caption) & {word for text in SOURCES[expected].descriptions for word in content(text)}
    assert expected in names(foley, caption)


def test_a_clause_that_names_a_place_calls_no_sound(foley):
    assert names(foley, "wind in the trees, in a forest") == {"wind_in_trees"}


@pytest.mark.parametrize(("caption", "unwanted"), ABSENT)
def test_what_a_caption_denies_or_does_not_mean_is_not_heard(foley, caption, unwanted):
    assert not unwanted & names(foley, caption)


@pytest.mark.parametrize("scene", SCENES)
def test_captions_of_a_scene_mostly_sound_of_sources_that_belong_there(foley, scene):
    captions = [caption.text for caption in read_captions() if caption.scene == scene][::10]
    fitting = sum(scene in SOURCES[foley.plan(text)[0][0]].scenes for text in captions)
    assert fitting >= 0.25 * len(captions)


def test_every_source_is_found_by_its_own_first_description(foley):
    lost = [name for name, one in SOURCES.items() if name not in names(foley, one.descriptions[0])]
    assert lost == []


def test_distant_sounds_are_quieter_than_near_ones(foley):
    near, far = (dict(foley.plan(f"{word} church bells and loud surf")) for word in ("ringing", "distant"))
    assert far["church_bells"] <= near["church_bells"] - 6


def test_distant_sounds_are_duller_than_near_ones(foley):
    def brightness(caption):
        power = np.abs(np.fft.rfft(foley.render(caption, 2.0, 1).samples[0])) ** 2
        hz = np.fft.rfftfreq(88_200, 1 / 44_100)
        return (hz * power).sum() / power.sum()

    assert brightness("rain falling in the distance") < 0.8 * brightness("rain falling")


def test_each_step_further_is_quieter(foley):
    words = ("nearby", "", "distant", "very distant")
    levels = [dict(foley.plan(f"{word} church bells, loud surf"))["church_bells"] for word in words]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] > levels[1] > levels[2] > levels[3]


def test_birds_are_loudest_at_dawn_and_crickets_at_night(foley):
    birds = [dict(foley.plan("birds sing and the wind blows", hour, 5))["songbirds"] for hour in (6, 13, 23)]
    assert birds[0] > birds[1] > birds[2]
    crickets = [dict(foley.plan("crickets chirp and the wind blows", hour, 8))["crickets"] for hour in (23, 13)]
    assert crickets[0] >= crickets[1] + 10


def test_the_season_changes_what_is_awake(foley):
    birds = [dict(foley.plan("birds sing and the wind blows", None, month))["songbirds"] for month in (5, 12)]
    assert birds[0] >= birds[1] + 6


def test_a_summer_night_in_the_meadow_has_crickets_that_nobody_named(foley):
    night = "wind over an open meadow"
    assert "crickets" in dict(foley.plan(night, 23, 8))
    for hour, month in ((13, 8), (23, 1), (None, 8), (None, None)):
        assert "crickets" not in dict(foley.plan(night, hour, month))


def test_what_is_denied_does_not_come_with_the_hour(foley):
    assert "crickets" not in dict(foley.plan("wind over an open meadow without crickets", 23, 8))


def test_the_hour_changes_the_sound_and_the_same_hour_does_not(foley):
    dawn, again, night = (foley.render("birds sing", 1.0, 1, hour=hour, month=5) for hour in (5, 5, 23))
    assert np.array_equal(dawn.samples, again.samples)
    assert not np.array_equal(dawn.samples, night.samples)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hour", 24),
        ("hour", -1),
        ("hour", 1.5),
        ("hour", True),
        ("month", 0),
        ("month", 13),
        ("loop", 1),
        ("loop", "no"),
    ],
)
def test_a_time_or_loop_out_of_range_is_refused_by_name(foley, field, value):
    with pytest.raises(SynthesisError, match=field):
        foley.render("rain", 1.0, **{field: value})


def test_a_plan_is_loudest_first_and_not_crowded(foley):
    plan = foley.plan("surf, gulls, rain, thunder, wind, bells, a train, a jet, crickets and a crowd of people talking")
    levels = [level for _, level in plan]
    assert levels == sorted(levels, reverse=True)
    assert 1 < len(plan) <= 5


@pytest.mark.parametrize("caption", ["zxqv bloop", "12345", "silence", "no traffic"])
def test_a_caption_about_nothing_that_sounds_is_calm_air_and_never_silence(foley, caption):
    assert foley.plan(caption) == [("calm", pytest.approx(0, abs=10))]
    assert foley.render(caption, 1.0).loudness == pytest.approx(-23, abs=1)


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_rendered_at_minus_23_lufs_in_stereo_without_clipping(foley, scene):
    caption = next(one.text for one in read_captions() if one.scene == scene)
    clip = foley.render(caption, 2.0, seed=5)
    assert clip.samples.shape == (2, 2 * 44_100)
    assert clip.sample_rate == 44_100
    assert clip.loudness == pytest.approx(-23, abs=1)
    assert np.abs(clip.samples).max() <= 0.99
    assert np.corrcoef(clip.samples)[0, 1] < 0.999


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source_alone_is_at_minus_23_lufs_without_clipping(foley, name):
    clip = foley.render_source(name, 1.0, seed=3)
    assert clip.loudness == pytest.approx(-23, abs=1)
    assert np.abs(clip.samples).max() <= 0.99


@pytest.mark.parametrize("seconds", [1.0, 2.5, 60])
def test_a_clip_lasts_as_long_as_asked(foley, seconds):
    assert foley.render_source("calm", seconds).seconds == pytest.approx(seconds, abs=1e-4)


def test_a_sixty_second_mix_lasts_sixty_seconds_and_is_at_its_loudness(foley):
    clip = foley.render("wind in the pines", 60.0, 1)
    assert clip.seconds == 60.0
    assert clip.loudness == pytest.approx(-23, abs=1)


@pytest.mark.parametrize("caption", ["waves break on a beach", "footsteps on the pavement", "crickets at night"])
def test_a_loop_goes_on_over_its_seam_as_anywhere_else(foley, caption):
    samples = foley.render(caption, 2.0, 4, loop=True).samples
    assert samples.shape == (2, 88_200)
    around = np.concatenate([samples[:, -2000:], samples[:, :2000]], axis=1)
    jumps = np.abs(np.diff(samples, axis=1))
    assert np.abs(samples[:, 0] - samples[:, -1]).max() <= np.percentile(jumps, 99.9)
    assert np.sqrt(np.square(around).mean()) > 0.02 * np.sqrt(np.square(samples).mean())  # not a fade


def test_the_seam_of_a_loop_is_the_sample_that_would_have_followed():
    from model.synthesis.foley.mix import _closed

    rising = np.tile(np.arange(1200, dtype=np.float32), (2, 1))
    closed = _closed(rising.copy(), 200)
    assert closed.shape == (2, 1000)
    assert closed[0, 0] == pytest.approx(1000)
    assert closed[0, 999] == 999


def test_a_loop_is_at_minus_23_lufs_and_another_sound_than_the_clip(foley):
    loop, clip = (foley.render("rain falling", 2.0, 1, loop=loop) for loop in (True, False))
    assert loop.loudness == pytest.approx(-23, abs=1)
    assert not np.array_equal(loop.samples, clip.samples)


def test_both_ends_are_faded(foley):
    samples = np.abs(foley.render("rain falling", 1.0).samples)
    assert samples[:, [0, -1]].max() < 1e-3
    assert samples[:, :200].mean() < 0.2 * samples[:, 2000:-2000].mean()


def test_the_same_request_gives_the_same_bytes_and_another_seed_another_sound(foley):
    once, again, other = (foley.render(BEACH, 1.5, seed).to_bytes("wav") for seed in (3, 3, 4))
    assert once == again
    assert once != other


def test_another_foley_makes_the_same_sound(foley):
    other = Foley(open_text_encoder("minilm"))
    assert np.array_equal(foley.render(BEACH, 1.0, 2).samples, other.render(BEACH, 1.0, 2).samples)


def test_threads_share_a_foley_without_changing_its_sound():
    foley, clips = Foley(), {}

    def render(seed):
        clips[seed] = foley.render("rain and thunder", 1.0, seed % 2)

    threads = [threading.Thread(target=render, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in range(6):
        assert np.array_equal(clips[seed].samples, clips[seed % 2].samples)


def test_rendering_leaves_the_global_random_generator_alone(foley):
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    foley.render("rain and birds", 1.0)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize("seconds", [0.0, 0.99, 60.1, -1, float("nan"), float("inf"), "10", None])
def test_seconds_out_of_range_are_refused_by_name(foley, seconds):
    with pytest.raises(SynthesisError, match="seconds"):
        foley.render("rain", seconds=seconds)


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "1", None])
def test_a_seed_that_is_none_is_refused_by_name(foley, seed):
    with pytest.raises(SynthesisError, match="seed"):
        foley.render("rain", seed=seed)


@pytest.mark.parametrize("caption", ["", "   ", "x" * 2001, None, 3])
def test_a_caption_that_is_none_is_refused_by_name(foley, caption):
    with pytest.raises(SynthesisError, match="caption"):
        foley.render(caption)


def test_what_is_refused_is_invalid_input(foley):
    with pytest.raises(InvalidInput, match="seconds"):
        foley.render("rain", seconds=0)


def test_an_option_foley_does_not_have_is_refused_by_name(foley):
    with pytest.raises(SynthesisError, match="steps"):
        foley.render("rain", steps=50)


def test_an_unknown_source_is_refused_and_the_known_are_listed(foley):
    with pytest.raises(SynthesisError, match=r"vuvuzela.*surf"):
        foley.render_source("vuvuzela")


def test_foley_is_a_synthesizer_opened_by_name():
    synthesizer: Synthesizer = open_synthesizer("foley")
    assert synthesizer.name == "foley"
    assert isinstance(synthesizer.render("wind", 1.0), Clip)
    assert open_synthesizer("foley") is synthesizer


def test_an_unknown_synthesizer_is_refused_and_the_known_are_listed():
    with pytest.raises(SynthesisError, match=r"'moog'.*foley"):
        open_synthesizer("moog")


def test_foley_takes_neither_a_folder_nor_a_placement():
    with pytest.raises(SynthesisError, match="path"):
        open_synthesizer("foley", "somewhere")


def test_progress_counts_the_sources_and_leaves_the_sound_alone(foley):
    told = []
    followed = foley.render(BEACH, 1.0, progress=lambda done, total: told.append((done, total)), cancel=lambda: False)
    sources = len(foley.plan(BEACH))
    assert told == [(done + 1, sources) for done in range(sources)]
    assert np.array_equal(followed.samples, foley.render(BEACH, 1.0).samples)


def test_a_render_that_is_called_off_stops_before_the_next_source(foley):
    called_off, told = threading.Event(), []

    def after_the_first(done, total):
        told.append(done)
        called_off.set()

    with pytest.raises(Cancelled):
        foley.render(BEACH, 1.0, progress=after_the_first, cancel=called_off.is_set)
    assert told == [1]


def test_foley_says_that_nothing_need_be_shown_beside_its_sounds(foley):
    assert foley.licence
    assert foley.attribution == ""
