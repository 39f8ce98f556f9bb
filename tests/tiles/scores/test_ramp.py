"""What a tile's colours say can be read back."""

import io

import numpy as np
import pytest
from PIL import Image

from tiles.errors import InvalidHeatmap, TilesError
from tiles.scores.ramp import DIVERGING, NOTHING, SEQUENTIAL, Ramp

RNG = np.random.default_rng(0)


def pixels(image):
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGBA"))


def decode(image, ramp):
    """Values of an image's colours (h, w): those of the nearest colour of the ramp."""
    seen = pixels(image)[..., :3].astype(int)
    distance = np.abs(seen[:, :, None, :] - ramp.colours[None, None, :, :3].astype(int)).sum(axis=-1)
    assert (distance.min(axis=-1) == 0).all()
    return ramp.values[distance.argmin(axis=-1)]


@pytest.mark.parametrize("format", ["png", "webp"])
@pytest.mark.parametrize(
    "ramp", [Ramp(name, 50, 100) for name in SEQUENTIAL] + [Ramp(name, -7, 7) for name in DIVERGING]
)
def test_colours_decode_to_values_within_a_step(ramp, format):
    values = RNG.uniform(ramp.low, ramp.high, (40, 50)).astype(np.float32)
    decoded = decode(ramp.draw(values, format), ramp)
    assert np.abs(decoded - values).max() <= ramp.step


@pytest.mark.parametrize("name", [*SEQUENTIAL, *DIVERGING])
def test_no_two_values_of_a_ramp_share_a_colour(name):
    assert len(np.unique(Ramp(name, -1, 1).colours[:, :3], axis=0)) == 255


def test_the_default_ramp_decodes_within_half_a_step():
    ramp = Ramp("magma", 50, 100)
    values = np.linspace(50, 100, 1000, dtype=np.float32)[None]
    assert np.abs(decode(ramp.draw(values), ramp) - values).max() <= ramp.step / 2 + 1e-5


def test_values_beyond_the_ends_are_drawn_as_the_ends():
    ramp = Ramp("viridis", 0, 1)
    values = np.array([[-5, 0, 1, 5, np.inf, -np.inf]], np.float32)
    np.testing.assert_array_equal(ramp.indices(values), [[0, 0, 254, 254, 254, 0]])


@pytest.mark.parametrize("format", ["png", "webp"])
def test_where_there_is_no_value_nothing_is_drawn(format):
    values = np.full((256, 256), np.nan, np.float32)
    values[:128] = 90
    ramp = Ramp("magma", 50, 100)
    assert (ramp.indices(values)[128:] == NOTHING).all()
    alpha = pixels(ramp.draw(values, format))[..., 3]
    assert (alpha[:128] == 255).all()
    assert (alpha[128:] == 0).all()


def test_alpha_grows_with_the_value_up_to_the_opacity():
    alpha = Ramp("magma", 0, 1, opacity=0.6).colours[:, 3].astype(int)
    assert alpha[0] == 0
    assert (np.diff(alpha) >= 0).all()
    assert alpha[-1] == round(0.6 * 255)


def test_a_difference_is_faint_at_zero_and_strong_both_ways():
    ramp = Ramp("rdbu_r", -20, 20)
    less, nothing, more = ramp.colours[ramp.indices(np.array([-20, 0, 20], np.float32))].astype(int)
    assert nothing[3] == 0
    assert less[3] == more[3] == 255
    assert less[2] > less[0]
    assert more[0] > more[2]


def test_a_legend_runs_from_low_to_high():
    ramp = Ramp("magma", 50, 100)
    legend = pixels(ramp.legend(width=300, height=12))
    assert legend.shape == (12, 300, 4)
    np.testing.assert_array_equal(legend[0, [0, -1]], ramp.colours[[0, -1]])
    np.testing.assert_array_equal(pixels(ramp.legend())[0], ramp.colours)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (("jet", 0, 1), "colormap"),
        (("", 0, 1), "colormap"),
        (("magma", 1, 1), "rescale"),
        (("magma", 2, 1), "rescale"),
        (("magma", float("nan"), 1), "rescale"),
        (("magma", 0, float("inf")), "rescale"),
        (("rdbu_r", -1, 2), "rescale"),
        (("magma", 0, 1, 1.5), "opacity"),
        (("magma", 0, 1, -0.1), "opacity"),
        (("magma", 0, 1, float("nan")), "opacity"),
    ],
)
def test_what_no_heatmap_can_be_drawn_with_is_refused_by_name(values, field):
    with pytest.raises(InvalidHeatmap, match=f"^{field}: ") as refusal:
        Ramp(*values)
    assert isinstance(refusal.value, TilesError)
