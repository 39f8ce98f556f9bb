import dataclasses

import numpy as np
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from model.errors import InvalidInput
from model.synthesis.device import Stage
from model.synthesis.tangoflux import Placement
from model.synthesis.tangoflux.decoding import MARGIN, decode, kept_samples
from model.synthesis.tangoflux.sampling import guide, noise, sample, schedule
from model.synthesis.tangoflux.velocity import BUCKET, VelocityField
from model.synthesis.watch import Watch

CAPTIONS = ("rain", "birds are chirping by a pond")
SECONDS = (3.0, 5.0)


def flow(engine, conditioning, field=None, steps=2, seed=1):
    """Latents after a few steps, by the engine's own field of velocities or another."""
    count = len(conditioning.context) // (2 if conditioning.guided else 1)
    begun = noise([seed] * count, engine.config.audio_seq_len)
    with engine.flow.at_work() as own:
        return sample(field or own, conditioning, begun, steps, 4.5, Watch())


def test_the_empty_caption_is_read_once(made_up_folder, monkeypatch):
    from model.synthesis.tangoflux import TangoFlux, open_networks
    from model.synthesis.tangoflux.networks import TextNetworks

    read, encode = [], TextNetworks.encode
    monkeypatch.setattr(TextNetworks, "encode", lambda self, ids, mask: read.append(ids) or encode(self, ids, mask))
    conditioner = TangoFlux(open_networks(made_up_folder)).conditioner
    for caption in CAPTIONS:
        conditioner.condition([caption], [3.0], guided=True)
    assert [len(ids[0]) for ids in read] == [len("rain") + 1, 2, len(CAPTIONS[1]) + 1]


@torch.inference_mode()
def test_two_rows_stand_for_the_empty_caption_padded_to_any_length(tangoflux):
    with tangoflux.conditioner._stage.at_work() as networks:
        for length in (5, 60):
            ids, mask = torch.zeros(1, length, dtype=torch.long), torch.zeros(1, length, dtype=torch.long)
            ids[0, 0], mask[0, 0] = 1, 1
            whole = networks.encode(ids, mask)
            ours = tangoflux.conditioner.condition(["x" * (length - 1)], [3.0], guided=True)
            torch.testing.assert_close(ours.context[0, :-1], whole[0], rtol=0, atol=5e-6)
            torch.testing.assert_close(ours.pooled[:1], networks.pool(whole, mask), rtol=0, atol=5e-6)


def test_captions_are_cut_where_the_reference_cuts_them(tangoflux):
    for guided, tokens in ((True, 512), (False, 64)):
        conditioning = tangoflux.conditioner.condition(["x" * 2000], [3.0], guided)
        assert conditioning.context.shape == (1 + guided, tokens + 1, 64)


def test_each_caption_of_a_batch_is_read_as_if_it_were_alone(tangoflux):
    together = tangoflux.conditioner.condition(CAPTIONS, SECONDS, guided=True)
    assert together.padded
    for index, (caption, seconds) in enumerate(zip(CAPTIONS, SECONDS, strict=True)):
        alone = tangoflux.conditioner.condition([caption], [seconds], guided=True)
        for row, single in ((index, 0), (index + 2, 1)):
            own = together.own[row]
            torch.testing.assert_close(together.context[row][own], alone.context[single], rtol=0, atol=5e-6)
            torch.testing.assert_close(together.pooled[row], alone.pooled[single], rtol=0, atol=5e-6)


@torch.inference_mode()
def test_padding_is_not_attended_to_and_would_be_heard(tangoflux):
    alone = flow(tangoflux, tangoflux.conditioner.condition(CAPTIONS[:1], SECONDS[:1], guided=True))
    padded = tangoflux.conditioner.condition(CAPTIONS[:1], SECONDS[:1], guided=True, multiple=32)
    torch.testing.assert_close(flow(tangoflux, padded), alone, rtol=0, atol=1e-4)
    unmasked = dataclasses.replace(padded, lengths=(padded.context.shape[1],) * 2)
    assert (flow(tangoflux, unmasked) - alone).abs().max() > 0.1


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


@pytest.fixture(scope="module")
def latents(tangoflux):
    return noise([2], tangoflux.config.audio_seq_len)[0]


@pytest.mark.parametrize("seconds", [1.0, 1.05, 2.3, 3.999])
@torch.inference_mode()
def test_decoding_what_is_kept_equals_decoding_all_and_cutting(tangoflux, latents, seconds):
    with tangoflux.decoder.at_work() as decoder:
        decoded = []
        watcher = decoder.register_forward_hook(lambda _, inputs, output: decoded.append(inputs[0].shape[-1]))
        kept, whole = decode(decoder, latents, seconds), decode(decoder, latents, 30.0)
        watcher.remove()
    assert kept.shape == (2, int(seconds * 44_100))
    torch.testing.assert_close(kept, whole[:, : kept.shape[1]], rtol=0, atol=1e-5)
    assert decoded == [min(-(-kept_samples(seconds) // 2048) + MARGIN, len(latents)), len(latents)]


@torch.inference_mode()
def test_a_smaller_margin_would_be_heard_at_the_end(tangoflux, latents):
    frames = -(-kept_samples(2.0) // 2048)
    with tangoflux.decoder.at_work() as decoder:
        short = decode(decoder, latents[: frames + 4], 2.0)
        assert (short - decode(decoder, latents, 2.0)).abs().max() > 1e-4


def test_a_stage_that_is_offloaded_is_on_its_device_only_while_it_works():
    class Recorded(nn.Linear):
        def to(self, device):
            moves.append(str(device))
            return self

    def fail(stage):
        with stage.at_work():
            raise ValueError("the work failed")

    moves = []
    stage = Stage(Recorded(1, 1), Placement("cuda", offload=True))
    assert moves == []
    with stage.at_work():
        assert moves == ["cuda"]
    assert moves == ["cuda", "cpu"]
    with pytest.raises(ValueError, match="failed"):
        fail(stage)
    assert moves == ["cuda", "cpu"] * 2


def test_a_stage_that_is_not_offloaded_moves_once():
    stage = Stage(nn.Linear(1, 1), Placement("meta"))
    with stage.at_work() as network:
        assert network.weight.device.type == "meta"


def test_float16_is_refused():
    with pytest.raises(InvalidInput, match="dtype"):
        Placement(dtype=torch.float16)


def test_a_gpu_is_chosen_in_bfloat16_where_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert Placement.choose() == Placement("cuda", torch.bfloat16)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert Placement.choose() == Placement("cpu", torch.float32)
