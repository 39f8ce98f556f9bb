"""TangoFlux: captions as sound by a trained flow-matching transformer (Hung et al. 2024, arXiv 2412.21037).

`open_tangoflux` reads a directory in the published layout. A render has three stages, one file each: `conditioning`
(T5 reads the caption), `velocity` and `sampling` (noise becomes latents), `decoding` (latents become samples).
What the published model is licensed for is in `LICENCE`; the weights are not part of this project.
"""

from model.synthesis.device import Placement
from model.synthesis.tangoflux.checkpoint import open_networks
from model.synthesis.tangoflux.config import TangoFluxConfig
from model.synthesis.tangoflux.tangoflux import ATTRIBUTION, LICENCE, Request, TangoFlux, open_tangoflux

__all__ = [
    "ATTRIBUTION",
    "LICENCE",
    "Placement",
    "Request",
    "TangoFlux",
    "TangoFluxConfig",
    "open_networks",
    "open_tangoflux",
]
