"""Only the frames that are kept are decoded, and they sound as if all had been."""

import pytest
import torch
from torch import nn

from model.synthesis.tangoflux.decoding import MARGIN, decode, kept_samples
from model.synthesis.tangoflux.sampling import noise


@pytest.fixture(scope="module")
def latents(tangoflux):
    return noise([2], tangoflux.config.audio_seq_len)[0]


@pytest.fixture(scope="module")
def whole(tangoflux, latents):
    """All of it, decoded once."""
    with torch.inference_mode(), tangoflux.decoder.at_work() as decoder:
        return decode(decoder, latents, 30.0)


@pytest.mark.parametrize("seconds", [1.0, 1.05, 2.3, 3.999])
@torch.inference_mode()
def test_decoding_what_is_kept_equals_decoding_all_and_cutting(tangoflux, latents, whole, seconds):
    with tangoflux.decoder.at_work() as decoder:
        decoded = []
        watcher = decoder.register_forward_hook(lambda _, inputs, output: decoded.append(inputs[0].shape[-1]))
        kept = decode(decoder, latents, seconds)
        watcher.remove()
    assert kept.shape == (2, int(seconds * 44_100))
    torch.testing.assert_close(kept, whole[:, : kept.shape[1]], rtol=0, atol=1e-5)
    assert decoded == [min(-(-kept_samples(seconds) // 2048) + MARGIN, len(latents))]


@torch.inference_mode()
def test_a_smaller_margin_would_be_heard_at_the_end(tangoflux, latents, whole):
    frames = -(-kept_samples(2.0) // 2048)
    with tangoflux.decoder.at_work() as decoder:
        short = decode(decoder, latents[: frames + 4], 2.0)
    assert (short - whole[:, : short.shape[1]]).abs().max() > 1e-4


@pytest.mark.parametrize(("seconds", "samples"), [(1.0, 44_100), (29.954, 1_320_971), (0.00001, 0), (2.3, 101_429)])
def test_samples_are_cut_as_the_reference_cuts_them(seconds, samples):
    assert kept_samples(seconds) == samples == int(seconds * 44_100)


class Counting(nn.Module):
    """Stands for a decoder: each frame becomes 2,048 samples of its own number."""

    def forward(self, latents):
        self.frames = latents.shape[-1]
        return torch.arange(self.frames).repeat_interleave(2048).float().expand(1, 2, -1)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 3.0])
def test_no_frame_is_decoded_that_nobody_hears_but_the_margin(seconds):
    decoder = Counting()
    wave = decode(decoder, torch.zeros(400, 64), seconds)
    assert wave.shape == (2, kept_samples(seconds))
    assert decoder.frames == -(-kept_samples(seconds) // 2048) + MARGIN
    assert wave[0, -1] == (kept_samples(seconds) - 1) // 2048


def test_a_sound_longer_than_the_latents_ends_with_them():
    assert decode(Counting(), torch.zeros(5, 64), 30.0).shape == (2, 5 * 2048)
