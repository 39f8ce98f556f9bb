"""The recorded reference outputs, and the model they were recorded from."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from model.registry import record
from model.sat2sound import Metadata, Sat2Sound, image_tensor, open_checkpoint

REFERENCE = Path(__file__).parents[3] / "../shared/reference/sat2sound"


@pytest.fixture(scope="session")
def made_up() -> ModuleType:
    if not REFERENCE.is_dir():
        pytest.skip("the reference recordings are not beside this checkout")
    spec = importlib.util.spec_from_file_location("made_up", REFERENCE / "made_up.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def golden(made_up):
    with np.load(REFERENCE / "golden.npz") as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="session")
def with_metadata(made_up, tmp_path_factory) -> Sat2Sound:
    """As `published:NAME` is opened: pulled, converted once, and read from the converted files."""
    folder = tmp_path_factory.mktemp("published")
    path = folder / "bingmap_withmeta.ckpt"
    made_up.write_checkpoint(path, seed=1, metadata=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EARSHOT_DATA_DIR", str(folder / "data"))
        record("bingmap_withmeta", path)
        model = open_checkpoint("published:bingmap_withmeta")
    shutil.rmtree(folder)
    return model


@pytest.fixture(scope="session")
def without_metadata(made_up, tmp_path_factory) -> Sat2Sound:
    """As the path of a .ckpt is opened."""
    path = tmp_path_factory.mktemp("published") / "made_up.ckpt"
    made_up.write_checkpoint(path, seed=1, metadata=False)
    model = open_checkpoint(path)
    path.unlink()
    return model


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
