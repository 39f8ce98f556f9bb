"""What all steps share is computed once, and compiled whole the field is the same."""

import pytest
import torch

from model.synthesis.tangoflux.sampling import schedule
from model.synthesis.tangoflux.velocity import BUCKET, VelocityField
from tests.model.synthesis.tangoflux.following import CAPTIONS, SECONDS, flow


@torch.inference_mode()
def test_compiled_whole_the_flow_is_the_same(tangoflux):
    with tangoflux.flow.at_work() as field:
        compiled = VelocityField(field._step.transformer, compiled=True, backend="eager")
    plain = tangoflux.conditioner.condition(CAPTIONS[:1], SECONDS[:1], guided=True)
    bucketed = tangoflux.conditioner.condition(CAPTIONS[:1], SECONDS[:1], guided=True, multiple=BUCKET)
    assert bucketed.context.shape[1] == BUCKET
    torch.testing.assert_close(
        flow(tangoflux, bucketed, compiled, steps=1), flow(tangoflux, plain, steps=1), rtol=0, atol=1e-4
    )


@torch.inference_mode()
def test_what_steps_share_has_a_row_a_sound_and_a_time_a_step(tangoflux):
    conditioning = tangoflux.conditioner.condition(CAPTIONS, SECONDS, guided=True)
    with tangoflux.flow.at_work() as field:
        constants = field.constants(conditioning, schedule(5), 7)
    rows, tokens = conditioning.context.shape[:2]
    assert constants.context.shape[:2] == (rows, tokens)
    assert constants.text.shape[0] == rows
    assert constants.time.shape[0] == 5
    assert constants.rotary[0].shape[0] == tokens + 7


@torch.inference_mode()
def test_only_padded_contexts_need_to_be_told_which_tokens_count(tangoflux):
    with tangoflux.flow.at_work() as field:
        alone = tangoflux.conditioner.condition(CAPTIONS[:1], SECONDS[:1], guided=True)
        assert field.constants(alone, schedule(1), 4).keys is None
        together = tangoflux.conditioner.condition(CAPTIONS, SECONDS, guided=True)
        keys = field.constants(together, schedule(1), 4).keys
    assert keys.shape == (4, 1, 1, together.context.shape[1] + 4)
    assert keys[..., -4:].all()
    assert torch.equal(keys[:, 0, 0, :-4], together.own)


@torch.inference_mode()
def test_each_row_of_the_context_has_a_velocity_of_its_own(tangoflux):
    conditioning = tangoflux.conditioner.condition(CAPTIONS[:1], SECONDS[:1], guided=True)
    with tangoflux.flow.at_work() as field:
        constants = field.constants(conditioning, schedule(2), 6)
        velocity = field(torch.zeros(1, 6, 64), constants, 0)
        later = field(torch.zeros(1, 6, 64), constants, 1)
    assert velocity.shape == (2, 6, 64)
    assert velocity.dtype == torch.float32
    assert not torch.allclose(velocity[0], velocity[1])
    assert not torch.allclose(velocity, later)


@pytest.mark.parametrize("compiled", [True, False])
def test_compiling_waits_for_the_first_step(tangoflux, compiled):
    with tangoflux.flow.at_work() as field:
        made = VelocityField(field._step.transformer, compiled=compiled, backend="eager")
    assert (made._pass is made._step) is not compiled
