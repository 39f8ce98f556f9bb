"""The registry: which published weights there are, fetching them from the hub once, and finding them afterwards.

Files lie in the hub's ordinary cache (HF_HOME); `lock.json` in the data folder says which revision was fetched and
the sha256 of every file, so that what is opened later is what was fetched. Fetching is `model.registry.pull`.
"""

from model.registry.catalogue import CATALOGUE, CHECKPOINTS, Licence, PublishedModel, find
from model.registry.lock import LockedModel, default_data_dir, locked, models_folder, pulled, record

__all__ = [
    "CATALOGUE",
    "CHECKPOINTS",
    "Licence",
    "LockedModel",
    "PublishedModel",
    "default_data_dir",
    "find",
    "locked",
    "models_folder",
    "pulled",
    "record",
]
