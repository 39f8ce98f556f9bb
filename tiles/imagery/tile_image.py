"""What a tile service sends: bytes that must be a tile, and the grey picture some send where they have none."""

import io

import numpy as np
from PIL import Image

from tiles.chip import Pixels
from tiles.mercator import TILE_PIXELS

FORMATS = ("JPEG", "PNG", "WEBP")
GREY_LOW, GREY_HIGH = 190, 230


def decode_tile(content: bytes) -> Pixels | None:
    """Image bytes to (256, 256, 3) RGB, or None for a wholly transparent tile.

    A 512 pixel tile is averaged down. Raises ValueError, with the cause, for anything that is not a whole square tile.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.size not in ((TILE_PIXELS, TILE_PIXELS), (2 * TILE_PIXELS, 2 * TILE_PIXELS)):
                raise ValueError(f"the image is {image.width} x {image.height}, not a tile")
            picture = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"the image does not decode ({' '.join(str(error).split())[:120]})") from error
    if picture.mode == "RGBA" and not np.asarray(picture)[..., 3].any():
        return None
    picture = picture.convert("RGB")
    return np.array(picture if picture.width == TILE_PIXELS else picture.reduce(2))


def is_placeholder(pixels: Pixels) -> bool:
    """Whether a tile is a service's "map data not yet available": light grey almost everywhere, and no colour at all.

    Ground is never so: snow and cloud are brighter or textured, water is blue or dark.
    """
    grey = pixels.astype(np.int16)
    if (grey.max(axis=-1) - grey.min(axis=-1) > 8).mean() > 0.002:
        return False
    level = grey[..., 1]
    common = int(np.bincount(level.ravel(), minlength=256).argmax())
    return GREY_LOW <= common <= GREY_HIGH and bool((np.abs(level - common) <= 3).mean() > 0.75)
