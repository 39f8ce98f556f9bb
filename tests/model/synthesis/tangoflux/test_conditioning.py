"""Captions become contexts: each as if it were alone, the empty one read once, padding seen by nobody."""

import dataclasses

import torch

from model.synthesis.tangoflux.conditioning import Conditioning, Unconditional, _padded
from tests.model.synthesis.tangoflux.following import CAPTIONS, SECONDS, flow


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


def test_rows_are_padded_with_zeros_to_a_multiple():
    rows = [torch.ones(2, 3), torch.ones(5, 3)]
    padded = _padded(rows, 4)
    assert padded.shape == (2, 8, 3)
    assert padded.sum(dim=(1, 2)).tolist() == [6, 15]
    assert (padded[0, 2:] == 0).all()


def test_rows_of_one_length_need_no_padding():
    assert _padded([torch.ones(4, 2)] * 2, 1).shape == (2, 4, 2)


def test_which_tokens_are_a_rows_own_follows_from_its_length():
    conditioning = Conditioning(torch.zeros(2, 4, 1), (2, 4), torch.zeros(2, 1), guided=False)
    assert conditioning.padded
    assert conditioning.own.tolist() == [[True, True, False, False], [True] * 4]
    assert not Conditioning(torch.zeros(1, 4, 1), (4,), torch.zeros(1, 1), guided=False).padded


def test_the_empty_caption_of_any_length_ends_once_and_pads():
    empty = Unconditional(torch.ones(1, 3), torch.zeros(1, 3), torch.ones(1, 3))
    assert empty.states(1).tolist() == [[1, 1, 1]]
    assert empty.states(3).tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 0]]


def test_without_guidance_there_is_no_empty_caption(tangoflux):
    conditioning = tangoflux.conditioner.condition(CAPTIONS, SECONDS, guided=False)
    assert len(conditioning.context) == len(CAPTIONS)
    assert not conditioning.guided


def test_the_last_token_of_a_row_says_how_long_the_sound_is_to_be(tangoflux):
    short, long = (tangoflux.conditioner.condition(["rain"], [seconds], guided=False) for seconds in (1.0, 9.0))
    torch.testing.assert_close(short.context[:, :-1], long.context[:, :-1], rtol=0, atol=1e-6)
    assert (short.context[:, -1] - long.context[:, -1]).abs().max() > 1e-3


def test_a_length_beyond_the_longest_counts_as_the_longest(tangoflux):
    most, more = (tangoflux.conditioner.condition(["rain"], [seconds], guided=False) for seconds in (30.0, 300.0))
    assert torch.equal(most.context, more.context)
