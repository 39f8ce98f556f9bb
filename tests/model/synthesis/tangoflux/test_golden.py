"""Every recorded stage comes out of the engine, and of the plainest way to compute it (specification §T3 and §T5)."""

import json

import numpy as np
import pytest
import torch

from model.synthesis.tangoflux import Placement, open_tangoflux
from model.synthesis.tangoflux.config import TangoFluxConfig
from model.synthesis.tangoflux.networks import empty_networks
from model.synthesis.tangoflux.sampling import guide, noise, sample, schedule
from model.synthesis.watch import Watch
from tests.model.synthesis.tangoflux.plain import CASES, GOLDEN, SECONDS, SEED, STEPS, Plain, recorded, write_drawn

CONTEXT, VELOCITY, GUIDED, LATENTS, WAVE = 5e-6, 1e-5, 5e-5, 1e-4, 1e-4
TOLERANCES = {"context": CONTEXT, "pooled": CONTEXT, "noise": 0, "sigmas": 0, "velocity": VELOCITY, "latents": LATENTS}


def close(ours, recorded, tolerance):
    ours = ours.numpy() if isinstance(ours, torch.Tensor) else ours
    np.testing.assert_allclose(ours, recorded, rtol=0, atol=tolerance)


class Case:
    """One recorded sound."""

    def __init__(self, recordings, number):
        self.caption, self.guidance = CASES[number]
        self.recorded = {
            name.removeprefix(f"{number}/"): values
            for name, values in recordings.items()
            if name.startswith(f"{number}/")
        }

    def __getitem__(self, name):
        return self.recorded[name]


@pytest.fixture(scope="module")
def recordings():
    with np.load(GOLDEN / "recorded.npz") as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="module")
def drawn_folder(tmp_path_factory):
    return write_drawn(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="module")
def engine(drawn_folder):
    return open_tangoflux(drawn_folder, Placement())


@pytest.fixture(scope="module")
def plain(drawn_folder):
    return Plain(drawn_folder)


@pytest.fixture(params=range(len(CASES)), ids=lambda number: "{}, guidance {}".format(*CASES[number]))
def case(recordings, request):
    return Case(recordings, request.param)


@pytest.fixture
def conditioning(engine, case):
    return engine.conditioner.condition([case.caption], [SECONDS], case.guidance > 1)


def test_the_plainest_way_computes_what_was_recorded(plain, case):
    found = recorded(plain.render(case.caption, SECONDS, SEED, STEPS, case.guidance))
    assert found.keys() == case.recorded.keys()
    for name, values in found.items():
        close(values, case[name], TOLERANCES.get(name, WAVE))


def test_captions_and_durations_are_read_as_recorded(case, conditioning):
    close(conditioning.context, case["context"], CONTEXT)
    close(conditioning.pooled, case["pooled"], CONTEXT)
    assert not conditioning.padded


def test_the_schedule_and_the_noise_are_the_recorded_ones(engine, case):
    assert np.array_equal(np.array(schedule(STEPS), np.float32), case["sigmas"])
    assert np.array_equal(noise([SEED], engine.config.audio_seq_len)[:, ::8], case["noise"])


@torch.inference_mode()
def test_the_first_velocity_is_the_recorded_one(engine, case, conditioning):
    latents = noise([SEED], engine.config.audio_seq_len)
    with engine.flow.at_work() as field:
        constants = field.constants(conditioning, schedule(STEPS), latents.shape[1])
        velocity = field(latents, constants, 0)[:, ::8]
    close(velocity, case["velocity"], VELOCITY)
    if conditioning.guided:
        close(guide(velocity, case.guidance), guide(torch.from_numpy(case["velocity"]), case.guidance), GUIDED)


def test_the_latents_are_the_recorded_ones(engine, case, conditioning):
    latents = noise([SEED], engine.config.audio_seq_len)
    with engine.flow.at_work() as field:
        latents = sample(field, conditioning, latents, STEPS, case.guidance, Watch())
    close(latents[:, ::8], case["latents"], LATENTS)


def test_the_sound_is_the_recorded_one(engine, case):
    clip = engine.render(case.caption, SECONDS, SEED, steps=STEPS, guidance=case.guidance)
    found = recorded({"wave": clip.samples})
    for name in found:
        close(found[name], case[name], WAVE)


def test_the_published_size_has_every_published_tensor_and_no_other():
    published = json.loads((GOLDEN / "published.json").read_text())
    ours = empty_networks(TangoFluxConfig()).shapes()
    for file in ("tangoflux.safetensors", "vae.safetensors"):
        assert {name: list(shape) for name, shape in ours[file].items()} == published[file]


def test_the_default_sizes_are_the_published_ones():
    published = json.loads((GOLDEN / "published.json").read_text())["config.json"]
    ours = TangoFluxConfig()
    assert {name: getattr(ours, name) for name in published} == published
