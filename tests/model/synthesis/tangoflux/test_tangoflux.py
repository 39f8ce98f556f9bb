import threading

import numpy as np
import pytest
import torch

from model.errors import Cancelled, InvalidInput, InvalidSound, NotPulled, SynthesisError
from model.registry import record
from model.sat2sound.text_encoder import open_text_encoder
from model.synthesis import Synthesizer, open_synthesizer
from model.synthesis.tangoflux import Placement, Request, TangoFlux, open_networks

BIRDS = "birds are chirping"
REQUESTS = [
    Request(BIRDS, 1.0, 3),
    Request("heavy traffic on a city street, far away", 2.0, 4),
    Request("rain", 1.5, 3),
]
WAVE = 5e-4


def render(engine, request=REQUESTS[0], steps=3, **options):
    return engine.render(request.caption, request.seconds, request.seed, steps=steps, **options).samples


def test_a_clip_is_stereo_at_44100_as_long_as_asked_and_not_levelled(tangoflux):
    clip = tangoflux.render(BIRDS, 1.5, seed=2, steps=2)
    assert clip.samples.shape == (2, 66_150)
    assert clip.sample_rate == 44_100
    assert clip.loudness != pytest.approx(-23, abs=0.5)


def test_a_clip_ends_with_the_last_frame_of_the_model(tangoflux):
    assert tangoflux.render(BIRDS, 30, steps=1).samples.shape == (2, tangoflux.config.audio_seq_len * 2048)


def test_the_same_request_gives_the_same_samples(tangoflux):
    assert np.array_equal(render(tangoflux), render(tangoflux))


@pytest.mark.parametrize(
    "other",
    [Request("rain", 1.0, 3), Request(BIRDS, 1.0, 4), Request(BIRDS, 4.0, 3)],
    ids=["caption", "seed", "seconds"],
)
def test_caption_seed_and_seconds_all_matter(tangoflux, other):
    assert np.abs(render(tangoflux) - render(tangoflux, other)[:, :44_100]).max() > 1e-3


@pytest.mark.parametrize("options", [{"steps": 4}, {"guidance": 2.0}, {"guidance": 1.0}])
def test_steps_and_guidance_matter(tangoflux, options):
    assert np.abs(render(tangoflux) - render(tangoflux, **options)).max() > 1e-2


def test_guidance_1_computes_half_the_rows(tangoflux):
    rows = []
    with tangoflux.flow.at_work() as field:
        watcher = field.register_forward_hook(lambda _, inputs, output: rows.append(len(output)))
        render(tangoflux, steps=1, guidance=4.5)
        render(tangoflux, steps=1, guidance=1.0)
        watcher.remove()
    assert rows == [2, 1]


@pytest.mark.parametrize("guidance", [1.0, 4.5])
def test_a_batch_gives_what_its_requests_give_one_by_one(tangoflux, guidance):
    together = tangoflux.render_batch(REQUESTS, steps=3, guidance=guidance)
    for clip, request in zip(together, REQUESTS, strict=True):
        np.testing.assert_allclose(clip.samples, render(tangoflux, request, guidance=guidance), rtol=0, atol=WAVE)


def test_two_renders_in_step_with_each_other_do_not_disturb_each_other(tangoflux):
    alone = [render(tangoflux, request, steps=4) for request in REQUESTS[:2]]
    in_step, clips = threading.Barrier(2, timeout=60), {}

    def work(index):
        clips[index] = render(tangoflux, REQUESTS[index], steps=4, progress=lambda done, total: in_step.wait())

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in range(2):
        np.testing.assert_allclose(clips[index], alone[index], rtol=0, atol=1e-5)


def test_rendering_leaves_the_global_random_generator_alone(tangoflux):
    before = torch.get_rng_state()
    render(tangoflux, steps=1)
    assert torch.equal(before, torch.get_rng_state())


def test_progress_is_told_after_each_step(tangoflux):
    told = []
    render(tangoflux, steps=5, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 5) for done in range(1, 6)]


def test_a_render_that_is_called_off_begins_no_further_step(tangoflux):
    called_off, told = threading.Event(), []

    def call_off_at_the_second(done, total):
        told.append(done)
        if done == 2:
            called_off.set()

    with pytest.raises(Cancelled):
        render(tangoflux, steps=5, progress=call_off_at_the_second, cancel=called_off.is_set)
    assert told == [1, 2]


def test_a_render_called_off_at_its_last_step_is_not_decoded(tangoflux):
    called_off, decoded = threading.Event(), []
    watcher = tangoflux_decoder(tangoflux).register_forward_hook(lambda *_: decoded.append(1))
    with pytest.raises(Cancelled):
        render(tangoflux, steps=1, progress=lambda done, total: called_off.set(), cancel=called_off.is_set)
    watcher.remove()
    assert decoded == []


def tangoflux_decoder(engine):
    with engine.decoder.at_work() as decoder:
        return decoder


def test_a_render_called_off_before_it_began_does_nothing(tangoflux):
    told = []
    with pytest.raises(Cancelled):
        render(tangoflux, progress=lambda done, total: told.append(done), cancel=lambda: True)
    assert told == []


@pytest.mark.parametrize("seconds", [0, 0.99, 30.1, 31, -1, float("nan"), float("inf"), "10", None])
def test_seconds_out_of_range_are_refused_by_name(tangoflux, seconds):
    with pytest.raises(InvalidInput, match="seconds"):
        tangoflux.render(BIRDS, seconds=seconds)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("caption", value) for value in ("", "  ", "x" * 2001, None)),
        *(("seed", value) for value in (-1, 2**63, 1.5, None)),
        *(("steps", value) for value in (0, 201, 2.5, True, None)),
        *(("guidance", value) for value in (0.5, 20.5, float("nan"), "4", None)),
        ("loudness", -23),
    ],
)
def test_whatever_else_is_out_of_range_is_refused_by_name(tangoflux, field, value):
    with pytest.raises(InvalidSound, match=field):
        tangoflux.render(**{"caption": BIRDS, field: value})


def test_the_ends_of_the_ranges_are_taken(tangoflux):
    assert tangoflux.render(BIRDS, 1, 2**63 - 1, steps=1, guidance=20).samples.shape[1] == 44_100


def test_a_batch_of_none_or_too_many_is_refused(tangoflux):
    for requests in ([], [Request(BIRDS)] * 65):
        with pytest.raises(InvalidSound, match="requests"):
            tangoflux.render_batch(requests)


def test_stages_that_wait_in_main_memory_make_the_same_sound(tangoflux, made_up_folder):
    offloaded = TangoFlux(open_networks(made_up_folder), Placement(offload=True))
    assert np.array_equal(render(offloaded), render(tangoflux))


def test_in_bfloat16_the_sound_is_nearly_the_same(tangoflux, made_up_folder):
    placement = Placement(dtype=torch.bfloat16)
    exact, rounded = render(tangoflux), render(TangoFlux(open_networks(made_up_folder, placement.dtype), placement))
    assert 0 < np.square(rounded - exact).mean() < 1e-3 * np.square(exact).mean()  # 30 dB below it


def test_tangoflux_is_a_synthesizer_opened_by_name(made_up_folder):
    synthesizer: Synthesizer = open_synthesizer("tangoflux", made_up_folder, placement=Placement())
    assert synthesizer.name == "tangoflux"
    assert synthesizer.attribution == "Powered by Stability AI"
    assert "non-commercial" in synthesizer.licence
    assert synthesizer.render(BIRDS, 1.0, steps=1).seconds == 1.0


def test_without_weights_it_says_how_to_get_them(tmp_path):
    with pytest.raises(NotPulled, match="earshot pull tangoflux"):
        open_synthesizer("tangoflux", data_dir=tmp_path)


def test_weights_that_were_pulled_are_found_by_its_name(made_up_folder, tmp_path):
    record("tangoflux", made_up_folder, data_dir=tmp_path)
    synthesizer = open_synthesizer("tangoflux", placement=Placement(), data_dir=tmp_path)
    assert synthesizer.checkpoint == open_synthesizer("tangoflux", made_up_folder, placement=Placement()).checkpoint


def test_how_long_a_sound_takes_is_learnt_from_one_step(tangoflux):
    steps = []
    with tangoflux.flow.at_work() as field:
        handle = field.register_forward_hook(lambda *_: steps.append(1))
    few, many = tangoflux.estimate(1.0, steps=1), tangoflux.estimate(1.0, steps=200)
    handle.remove()
    assert len(steps) == 2
    assert 0 < few < many


def test_it_takes_no_text_encoder(made_up_folder):
    with pytest.raises(SynthesisError, match="encoder"):
        open_synthesizer("tangoflux", made_up_folder, encoder=open_text_encoder("minilm"))
