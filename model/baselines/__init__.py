"""What Sat2Sound is compared with: one protocol for all encoders, and one registry that opens their checkpoints."""

from model.baselines.encoders import open_encoders, trained_imagery
from model.baselines.paired_encoders import PairedEncoders
from model.baselines.pairs import IMAGERIES, Imagery, PairedRow
from model.baselines.sat2sound_encoders import Sat2SoundEncoders

__all__ = [
    "IMAGERIES",
    "Imagery",
    "PairedEncoders",
    "PairedRow",
    "Sat2SoundEncoders",
    "open_encoders",
    "trained_imagery",
]
