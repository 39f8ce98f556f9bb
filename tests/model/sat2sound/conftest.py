"""The recorded outputs of the published code, and the made-up model they were recorded from."""

import shutil

import numpy as np
import pytest
import torch

from model.registry import record
from model.sat2sound import Metadata, Sat2Sound, image_tensor, open_checkpoint
from tests.model.sat2sound.made_up import GOLDEN, state, write_checkpoint


@pytest.fixture(scope="session")
def golden():
    with np.load(GOLDEN / "recorded.npz") as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory):
    """A folder with both kinds of published checkpoint, full of made-up weights."""
    folder, weights = tmp_path_factory.mktemp("checkpoints"), state()
    write_checkpoint(folder / "bingmap_withmeta.ckpt", weights)
    write_checkpoint(folder / "bingmap_nometa.ckpt", weights, metadata=False)
    del weights
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def with_metadata(checkpoints, tmp_path_factory) -> Sat2Sound:
    """As `published:NAME` is opened: pulled, converted once, and read from the converted files."""
    folder = tmp_path_factory.mktemp("converted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EARSHOT_DATA_DIR", str(folder))
        record("bingmap_withmeta", checkpoints / "bingmap_withmeta.ckpt")
        model = open_checkpoint("published:bingmap_withmeta")
    shutil.rmtree(folder)
    return model


@pytest.fixture(scope="module")
def without_metadata(checkpoints) -> Sat2Sound:
    """As the path of a .ckpt is opened."""
    return open_checkpoint(checkpoints / "bingmap_nometa.ckpt")


@pytest.fixture(scope="session")
def images(golden) -> torch.Tensor:
    return torch.stack([image_tensor(pixels, 224) for pixels in golden["img_u8"]])


@pytest.fixture(scope="session")
def gsd(golden) -> torch.Tensor:
    return torch.from_numpy(golden["zoom"] * 0.6).float()


@pytest.fixture(scope="session")
def log_mels(golden) -> torch.Tensor:
    return torch.from_numpy(golden["mel_f16"].astype(np.float32))


@pytest.fixture(scope="session")
def metadata(golden) -> Metadata:
    return Metadata(
        latitude=golden["meta_lat"].tolist(),
        longitude=golden["meta_lon"].tolist(),
        month=golden["meta_month"].tolist(),
        hour=golden["meta_hour"].tolist(),
        audio_source=golden["meta_audio_source"].tolist(),
        caption_source=golden["meta_caption_source"].tolist(),
    )
