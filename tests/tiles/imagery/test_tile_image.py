import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tiles.imagery.tile_image import decode_tile, is_placeholder


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def placeholder(level=204):
    image = Image.new("RGB", (256, 256), (level, level, level))
    ImageDraw.Draw(image).text((60, 120), "Map data not yet available", fill=(130, 130, 130))
    return image


def ground(seed=0):
    return Image.fromarray(np.random.default_rng(seed).integers(40, 200, (256, 256, 3)).astype(np.uint8))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_formats_of_tile_services_decode(kind):
    assert decode_tile(encoded(ground(), kind)).shape == (256, 256, 3)


def test_grey_and_palette_tiles_become_rgb():
    for mode in ("L", "P"):
        assert decode_tile(encoded(ground().convert(mode))).shape == (256, 256, 3)


def test_a_512_pixel_tile_is_averaged_down():
    large = ground().resize((512, 512), Image.Resampling.NEAREST)
    np.testing.assert_array_equal(decode_tile(encoded(large)), np.asarray(ground()))


def test_a_wholly_transparent_tile_is_no_tile():
    assert decode_tile(encoded(Image.new("RGBA", (256, 256), (0, 0, 0, 0)))) is None
    assert decode_tile(encoded(Image.new("RGBA", (256, 256), (9, 9, 9, 255)))) is not None


@pytest.mark.parametrize(
    "content",
    [
        lambda: b"",
        lambda: b"<html>sign in</html>",
        lambda: encoded(ground(), "JPEG")[:3000],
        lambda: encoded(ground())[:3000],
        lambda: encoded(ground(), "GIF"),
        lambda: encoded(Image.new("RGB", (256, 255))),
        lambda: encoded(Image.new("L", (20_000, 20_000))),
    ],
    ids=["empty", "html", "cut jpeg", "cut png", "gif", "oblong", "bomb"],
)
def test_what_is_not_a_whole_tile_is_refused(content):
    with pytest.raises(ValueError, match="image"):
        decode_tile(content())


@pytest.mark.parametrize("level", [204, 195, 225])
def test_the_grey_tile_of_no_data_is_known(level):
    assert is_placeholder(np.asarray(placeholder(level)))
    assert is_placeholder(decode_tile(encoded(placeholder(level), "JPEG", quality=75)))


@pytest.mark.parametrize(
    "ground",
    [
        np.full((256, 256, 3), (12, 30, 60), np.uint8),
        np.full((256, 256, 3), 250, np.uint8),
        np.full((256, 256, 3), (200, 205, 220), np.uint8),
        np.asarray(ground()),
        np.clip(np.random.default_rng(0).normal(210, 12, (256, 256, 1)), 0, 255).astype(np.uint8).repeat(3, axis=2),
    ],
    ids=["sea", "snow", "bluish ice", "noise", "cloud"],
)
def test_plain_ground_is_not_taken_for_no_data(ground):
    assert not is_placeholder(ground)
