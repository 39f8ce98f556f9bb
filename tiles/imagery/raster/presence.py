"""Where a raster has data: its mask, no-data value or alpha, if that alpha is one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.windows import Window

MANY = 32
"""An alpha of more values than this, most of them neither clear nor full, is a band of something else."""
MOSTLY = 0.5

Windows = list[tuple[int, int, int, int]]


def is_masked(dataset: Any) -> bool:
    """Whether an open dataset tells of any pixel that it has no data there."""
    return any(MaskFlags.all_valid not in flags for flags in dataset.mask_flag_enums)


def alpha_of(dataset: Any) -> int:
    """The number of the band that is declared to be alpha, 0 where none is."""
    meanings = list(dataset.colorinterp)
    return meanings.index(ColorInterp.alpha) + 1 if ColorInterp.alpha in meanings else 0


def is_another_band(dataset: Any, alpha: int, windows: Windows) -> bool:
    """Whether what is declared as alpha is no mask: near infrared, mostly, in a file that was written anew.

    `windows` are the (top, left, height, width) that are looked at.
    """
    values = np.concatenate(
        [dataset.read(alpha, window=Window(left, top, width, height)).ravel() for top, left, height, width in windows]
    )
    between = values[(values > values.min()) & (values < values.max())]
    return len(np.unique(between)) > MANY and len(between) > MOSTLY * len(values)


def weights(dataset: Any, window: Window, shape: tuple[int, int]) -> NDArray[np.float32]:
    """How much of each pixel (h, w) of a window is data, 0 to 1, by the dataset's own mask."""
    return np.asarray(dataset.dataset_mask(window=window, out_shape=shape).astype(np.float32) / 255)
