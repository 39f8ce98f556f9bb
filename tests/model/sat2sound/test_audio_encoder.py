"""Windows come back as they were cut; frame tokens come in time order; what training masks is masked in stripes."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model.sat2sound import ModelConfig
from model.sat2sound.audio_encoder import (
    AudioEncoder,
    PatchMerging,
    SwinBlock,
    WindowAttention,
    _relative_index,
    _shift_mask,
    _spec_augment,
    _unwindow,
    _windows,
)

CONFIG = ModelConfig.tiny()


@pytest.fixture(scope="module")
def encoder() -> AudioEncoder:
    torch.manual_seed(0)
    return AudioEncoder(CONFIG).eval().requires_grad_(False)


def sounds(count: int = 2, frames: int = 101, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, frames, 64, generator=torch.Generator().manual_seed(seed)) * 10 - 50


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_windows_come_back_as_they_were_cut(batch, count, window, channels):
    side = count * window
    x = torch.arange(batch * side * side * channels).view(batch, side, side, channels)
    assert torch.equal(_unwindow(_windows(x, window), window, side), x)


def test_windows_are_cut_row_by_row():
    x = torch.arange(16).view(1, 4, 4, 1)
    assert _windows(x, 2)[:, :, 0].tolist() == [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]


def test_a_pair_of_places_has_one_row_of_the_table_by_how_far_they_are_apart():
    index = _relative_index(3)
    assert index.shape == (9, 9)
    assert (index.diagonal() == index[0, 0]).all()
    assert index[0, 1] == index[4, 5] == index[7, 8]
    assert index.min() == 0
    assert index.max() == 24


def test_a_shift_hides_what_it_brought_together_and_nothing_within_a_region():
    mask = _shift_mask(4, 2, 1)
    assert mask.shape == (4, 4, 4)
    assert set(mask.unique().tolist()) == {-100.0, 0.0}
    assert (mask[0] == 0).all()  # the first window lies in one region
    assert (mask[3] != 0).any()
    assert (mask.diagonal(dim1=1, dim2=2) == 0).all()


def test_attention_mixes_within_a_window_and_never_across():
    torch.manual_seed(0)
    attention = WindowAttention(8, 2, 2).eval()
    x = torch.randn(2, 4, 8)
    changed = x.clone()
    changed[1] += 1
    torch.testing.assert_close(attention(changed, None)[0], attention(x, None)[0])
    assert not torch.allclose(attention(changed, None)[1], attention(x, None)[1])


def test_values_alone_are_not_mixed():
    torch.manual_seed(0)
    attention = WindowAttention(8, 2, 2).eval()
    x = torch.randn(1, 4, 8)
    torch.testing.assert_close(attention.values(x)[:, 2:3], attention.values(x[:, 2:3]))


def test_a_block_keeps_its_shape_shifted_or_not():
    torch.manual_seed(0)
    for shift in (0, 1):
        block = SwinBlock(8, 2, 4, 2, shift, 0.0).eval()
        assert block(torch.randn(2, 16, 8)).shape == (2, 16, 8)
        assert (block.shift_mask is None) == (shift == 0)


def test_outside_training_no_path_is_dropped():
    torch.manual_seed(0)
    block = SwinBlock(8, 2, 4, 2, 0, 0.9).eval()
    x = torch.randn(1, 16, 8)
    assert torch.equal(block(x), block(x))


def test_in_training_paths_are_dropped_by_row():
    torch.manual_seed(0)
    block = SwinBlock(8, 2, 4, 2, 0, 0.5).train()
    x = torch.ones(64, 16, 8)
    dropped = (block._drop(x) == 0).flatten(1).all(dim=1)
    assert 0 < int(dropped.sum()) < 64
    torch.testing.assert_close(block._drop(x).max(), torch.tensor(2.0))


def test_four_neighbours_become_one_of_twice_the_width():
    assert PatchMerging(8, 4)(torch.randn(2, 16, 8)).shape == (2, 4, 16)


def test_a_frame_token_has_the_audio_width(encoder):
    tokens = encoder(sounds())
    assert tokens.shape[::2] == (2, CONFIG.audio_dim)
    assert tokens.shape[1] == encoder.segments * encoder.last_side


def test_a_row_does_not_depend_on_its_neighbours(encoder):
    x = sounds(3)
    torch.testing.assert_close(encoder(x)[1:2], encoder(x[1:2]), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("frames", [2, 50, 1001])
def test_any_number_of_frames_gives_as_many_tokens(encoder, frames):
    assert encoder(sounds(1, frames)).shape[1] == encoder.segments * encoder.last_side


def test_a_change_at_the_end_moves_the_last_token_most(encoder):
    x = sounds(1, 1001)
    changed = x.clone()
    changed[:, -60:] += 30
    moved = (encoder(changed) - encoder(x)).abs().sum(dim=2)[0]
    assert int(moved.argmax()) >= len(moved) // 2


def test_folding_stacks_the_segments_of_time_over_each_other(encoder):
    time = torch.linspace(0, 1, encoder.segments * encoder.size)[None, :, None].expand(1, -1, 64)
    folded = encoder.fold(time)
    assert folded.shape == (1, 1, 256, 256)
    for segment in range(encoder.segments):
        part = folded[0, 0, segment * 64 : (segment + 1) * 64]
        torch.testing.assert_close(part.mean(dim=0), time[0, segment * 256 : (segment + 1) * 256, 0], atol=1e-4, rtol=0)


def test_outside_training_nothing_is_masked(encoder):
    assert torch.equal(encoder.normalise(sounds()), encoder.normalise(sounds()))


def test_stripes_of_time_and_frequency_are_zero_and_differ_by_row():
    torch.manual_seed(0)
    x = torch.ones(8, 200, 64)
    masked = _spec_augment(x)
    assert (x == 1).all()
    rows = (masked == 0).all(dim=2)
    bands = (masked == 0).all(dim=1)
    assert rows.any()
    assert bands.any()
    assert rows.sum(dim=1).max() <= 2 * 64
    assert bands.sum(dim=1).max() <= 2 * 8
    assert not torch.equal(masked[0], masked[1])
