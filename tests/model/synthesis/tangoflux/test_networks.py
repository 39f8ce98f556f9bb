"""The networks carry their published names and shapes, and what reads a request reads it row by row."""

import pytest
import torch

from benchmarks.made_up_tangoflux import FULL, TINY
from model.synthesis.tangoflux.networks import (
    FREQUENCIES,
    TIED,
    DurationEmbedder,
    LearnedFourier,
    TextNetworks,
    build_autoencoder,
    build_transformer,
    empty_networks,
)


@pytest.fixture(scope="module")
def text() -> TextNetworks:
    torch.manual_seed(0)
    return TextNetworks(TINY).eval().requires_grad_(False)


def test_a_number_becomes_itself_its_sines_and_its_cosines():
    torch.manual_seed(0)
    values = torch.tensor([0.0, 0.5])
    found = LearnedFourier()(values)
    assert found.shape == (2, 1 + 2 * FREQUENCIES)
    assert found[:, 0].tolist() == [0.0, 0.5]
    assert found[0, 1 : FREQUENCIES + 1].abs().max() == 0
    assert (found[0, FREQUENCIES + 1 :] == 1).all()
    torch.testing.assert_close(found[1, 1 : FREQUENCIES + 1] ** 2 + found[1, FREQUENCIES + 1 :] ** 2, torch.ones(128))


def test_a_duration_is_one_token_in_the_width_of_the_context():
    torch.manual_seed(0)
    embed = DurationEmbedder(16)
    tokens = embed(torch.tensor([0.1, 0.9, 0.1]))
    assert tokens.shape == (3, 16)
    torch.testing.assert_close(tokens[0], tokens[2])
    assert not torch.allclose(tokens[0], tokens[1])


def test_a_mean_is_over_a_rows_own_tokens(text):
    states = torch.randn(2, 5, 64, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1]])
    pooled = text.pool(states, mask)
    torch.testing.assert_close(pooled[0], text.fc(states[0, :2].mean(dim=0)))
    torch.testing.assert_close(pooled[1], text.fc(states[1].mean(dim=0)))


def test_padding_does_not_change_the_states_of_the_words(text):
    ids, mask = torch.tensor([[5, 6, 1]]), torch.ones(1, 3).long()
    padded = torch.tensor([[5, 6, 1, 0, 0]])
    alone = text.encode(ids, mask)
    beside = text.encode(padded, torch.tensor([[1, 1, 1, 0, 0]]))
    torch.testing.assert_close(beside[:, :3], alone, atol=1e-5, rtol=1e-5)


def test_tied_the_encoder_looks_words_up_in_the_one_table(text):
    text.tie()
    assert text.text_encoder.encoder.embed_tokens is text.text_encoder.shared


def test_shapes_are_those_of_the_networks_and_the_tied_table_is_not_stored():
    shapes = empty_networks(TINY).shapes()
    assert set(shapes) == {"tangoflux.safetensors", "vae.safetensors"}
    flow = shapes["tangoflux.safetensors"]
    assert TIED not in flow
    assert "text_encoder.shared.weight" in flow
    transformer = {name: tuple(t.shape) for name, t in build_transformer(TINY).state_dict().items()}
    assert {n.removeprefix("transformer."): s for n, s in flow.items() if n.startswith("transformer.")} == transformer
    assert shapes["vae.safetensors"] == {n: tuple(t.shape) for n, t in build_autoencoder(TINY).state_dict().items()}


def test_learning_the_published_shapes_takes_no_memory_for_their_weights():
    shapes = empty_networks(FULL).shapes()["tangoflux.safetensors"]
    assert sum(torch.Size(shape).numel() for shape in shapes.values()) > 8e8


def test_building_tells_nothing_of_deprecated_parts(recwarn):
    build_autoencoder(TINY)
    assert [warning for warning in recwarn if "weight_norm" in str(warning.message)] == []
