"""The Euler steps of the flow are those of the transformer and the scheduler called as they are."""

import numpy as np
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from torch.utils._python_dispatch import TorchDispatchMode

from model.errors import Cancelled
from model.synthesis.tangoflux.sampling import guide, noise, sample, schedule
from model.synthesis.watch import Watch
from tests.model.synthesis.tangoflux.following import CAPTIONS, SECONDS, flow


@pytest.mark.parametrize("steps", [1, 4, 25, 50])
def test_the_schedule_is_that_of_the_flow_match_scheduler(steps):
    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps))
    assert np.array_equal(scheduler.sigmas, np.array(schedule(steps), np.float32))


@torch.inference_mode()
def test_the_steps_are_those_of_the_transformer_and_the_scheduler_called_as_they_are(tangoflux):
    steps, frames = 3, tangoflux.config.audio_seq_len
    conditioning = tangoflux.conditioner.condition(CAPTIONS[:1], SECONDS[:1], guided=True)
    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps))
    latents = noise([1], frames)
    with tangoflux.flow.at_work() as field:
        for time in scheduler.timesteps:
            velocity = field._step.transformer(
                hidden_states=torch.cat([latents, latents]),
                encoder_hidden_states=conditioning.context,
                pooled_projections=conditioning.pooled,
                timestep=time[None] / 1000,
                img_ids=torch.arange(frames)[:, None].repeat(1, 3),
                txt_ids=torch.zeros(conditioning.context.shape[1], 3),
                return_dict=False,
            )[0]
            latents = scheduler.step(guide(velocity, 4.5), time, latents, return_dict=False)[0]
    torch.testing.assert_close(flow(tangoflux, conditioning, steps=steps), latents, rtol=0, atol=1e-4)


def test_a_seed_always_draws_the_same_noise_wherever_it_stands():
    together = noise([5, 6], 16)
    assert torch.equal(together[1:], noise([6], 16))
    assert not torch.equal(together[0], together[1])


def test_nothing_is_read_back_from_the_device_between_steps(tangoflux):
    class Recorded(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            called.append(func.overloadpacket.__name__)
            return func(*args, **(kwargs or {}))

    called = []
    conditioning = tangoflux.conditioner.condition(CAPTIONS, SECONDS, guided=True)
    with Recorded():
        flow(tangoflux, conditioning)
    assert len(called) > 100
    assert not {"_local_scalar_dense", "item", "nonzero", "equal", "is_nonzero"} & set(called)


@pytest.mark.parametrize("steps", [1, 2, 7, 200])
def test_levels_of_noise_fall_from_one_to_nothing(steps):
    levels = schedule(steps)
    assert len(levels) == steps + 1
    assert (levels[0], levels[-1]) == (1.0, 0.0)
    assert levels == sorted(levels, reverse=True)


def test_guidance_of_one_is_the_conditional_velocity():
    velocity = torch.randn(4, 3, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(guide(velocity, 1.0), velocity[2:])
    torch.testing.assert_close(guide(velocity, 0.0), velocity[:2])


def test_guidance_goes_beyond_the_conditional_velocity_away_from_the_other():
    velocity = torch.tensor([[[1.0]], [[2.0]]])
    assert guide(velocity, 4.5).item() == 1.0 + 4.5


class Still:
    """A field without any velocity, that counts its steps."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def constants(self, conditioning, sigmas, frames):
        return None

    def __call__(self, latents, constants, step):
        self.steps.append(step)
        return torch.ones_like(latents)


class Plain:
    guided = False


def test_a_constant_velocity_carries_the_noise_its_whole_way():
    latents = sample(Still(), Plain(), torch.zeros(1, 2, 3), 8, 1.0, Watch())
    torch.testing.assert_close(latents, torch.full((1, 2, 3), -1.0))


def test_each_step_is_told_and_asked_for():
    told: list[tuple[int, int]] = []
    asked: list[int] = []
    watch = Watch(lambda *steps: told.append(steps), lambda: bool(asked.append(1)))
    sample(Still(), Plain(), torch.zeros(1, 2, 3), 3, 1.0, watch)
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert len(asked) == 3


def test_a_sound_that_is_called_off_begins_no_further_step():
    field = Still()
    watch = Watch(None, lambda: len(field.steps) == 2)
    with pytest.raises(Cancelled):
        sample(field, Plain(), torch.zeros(1, 2, 3), 5, 1.0, watch)
    assert field.steps == [0, 1]


def test_noise_is_of_unit_variance_in_the_models_channels():
    drawn = noise([3], 500)
    assert drawn.shape == (1, 500, 64)
    assert float(drawn.std()) == pytest.approx(1.0, abs=0.02)
