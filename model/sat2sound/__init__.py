"""Sat2Sound: one vector for an image, a sentence, a recording or a place, over a shared codebook of sound concepts."""

from model.sat2sound.checkpoint.open import open_checkpoint
from model.sat2sound.checkpoint.safetensors_pair import save_checkpoint
from model.sat2sound.codebook import Embedding
from model.sat2sound.config import ModelConfig, Precision
from model.sat2sound.features import centre_crop, image_tensor, log_mel
from model.sat2sound.metadata import Metadata
from model.sat2sound.objective import losses
from model.sat2sound.precision import set_precision
from model.sat2sound.sat2sound import Sat2Sound

__all__ = [
    "Embedding",
    "Metadata",
    "ModelConfig",
    "Precision",
    "Sat2Sound",
    "centre_crop",
    "image_tensor",
    "log_mel",
    "losses",
    "open_checkpoint",
    "save_checkpoint",
    "set_precision",
]
