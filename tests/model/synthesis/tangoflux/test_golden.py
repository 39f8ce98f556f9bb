"""Every recorded stage of the reference comes out of ours, within the tolerances of specification §1."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from model.synthesis.tangoflux import Placement, open_tangoflux
from model.synthesis.tangoflux.config import TangoFluxConfig
from model.synthesis.tangoflux.networks import published_shapes
from model.synthesis.tangoflux.sampling import guide, noise, sample, schedule
from model.synthesis.watch import Watch

REFERENCE = Path(__file__).parents[4] / "../shared/reference/tangoflux"
CONTEXT, VELOCITY, GUIDED, LATENTS, WAVE = 5e-6, 1e-5, 5e-5, 1e-4, 5e-4
CASES = range(4)

pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference recordings are not beside this checkout")


def close(ours, recorded, tolerance):
    ours = ours.numpy() if isinstance(ours, torch.Tensor) else ours
    np.testing.assert_allclose(ours, recorded, rtol=0, atol=tolerance)


class Case:
    """One recorded run of the reference."""

    def __init__(self, recordings, index):
        self._recordings, self._prefix = recordings, f"case{index}/"
        meta = json.loads(str(self["meta"]))
        self.caption, self.seconds, self.seed = meta["prompt"], meta["duration"], meta["seed"]
        self.steps, self.guidance = meta["steps"], meta["guidance"]

    def __getitem__(self, name):
        return self._recordings[self._prefix + name]


@pytest.fixture(scope="module")
def recordings():
    with np.load(REFERENCE / "golden.npz") as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="module")
def engine():
    return open_tangoflux(REFERENCE / "tiny", Placement())


@pytest.fixture(params=CASES)
def case(recordings, request):
    return Case(recordings, request.param)


@pytest.fixture
def conditioning(engine, case):
    return engine.conditioner.condition([case.caption], [case.seconds], case.guidance > 1)


def test_captions_and_durations_are_read_as_recorded(case, conditioning):
    close(conditioning.context, case["context"], CONTEXT)
    close(conditioning.context[:, -1:], np.repeat(case["duration_token"], len(conditioning.context), 0), CONTEXT)
    close(conditioning.pooled, case["pooled_projection"], CONTEXT)
    assert not conditioning.padded


def test_the_schedule_and_the_noise_are_the_recorded_ones(engine, case):
    assert np.array_equal(np.array(schedule(case.steps), np.float32), case["sigmas"])
    assert np.array_equal(noise([case.seed], engine.config.audio_seq_len), case["initial_latents"])


@torch.inference_mode()
def test_the_first_velocity_is_the_recorded_one(engine, case, conditioning):
    latents = noise([case.seed], engine.config.audio_seq_len)
    with engine.flow.at_work() as field:
        constants = field.constants(conditioning, schedule(case.steps), latents.shape[1])
        velocity = field(latents, constants, 0)
    close(velocity, case["first_velocity"], VELOCITY)
    if conditioning.guided:
        close(guide(velocity, case.guidance), case["first_velocity_guided"], GUIDED)


def test_the_latents_are_the_recorded_ones(engine, case, conditioning):
    latents = noise([case.seed], engine.config.audio_seq_len)
    with engine.flow.at_work() as field:
        latents = sample(field, conditioning, latents, case.steps, case.guidance, Watch())
    close(latents, case["final_latents"], LATENTS)


def test_the_sound_is_the_recorded_one(engine, case):
    clip = engine.render(case.caption, case.seconds, case.seed, steps=case.steps, guidance=case.guidance)
    assert clip.samples.shape == tuple(case["wave_shape"][1:])
    close(clip.samples[:, :4096], case["wave_head"][0], WAVE)
    close(clip.samples[:, -2048:], case["wave_tail"][0], WAVE)
    close(clip.samples[:, ::64], case["wave_every_64th"][0], WAVE)
    close(np.sqrt((clip.samples.astype(np.float64) ** 2).mean(axis=1)), case["wave_rms"][0], WAVE)
    close(np.abs(clip.samples).max(axis=1), case["wave_absmax"][0], WAVE)


def test_the_published_size_has_every_tensor_of_the_manifest_and_no_other():
    manifest = json.loads((REFERENCE / "manifest_full.json").read_text())
    ours = published_shapes(TangoFluxConfig())
    for file in ("tangoflux.safetensors", "vae.safetensors"):
        assert {name: list(shape) for name, shape in ours[file].items()} == manifest[file]


def test_the_default_sizes_are_the_published_ones():
    published = json.loads((REFERENCE / "manifest_full.json").read_text())["config.json"]
    ours = TangoFluxConfig()
    assert {name: getattr(ours, name) for name in published if name != "uncondition"} == {
        name: value for name, value in published.items() if name != "uncondition"
    }
