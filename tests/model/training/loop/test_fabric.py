"""A run computes where and as exactly as it was told; a batch shared by two processes is one batch."""

import importlib.util
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from model.errors import TrainingError
from model.training.loop import fabric as fabric_module
from model.training.loop.fabric import computing, gathered, open_fabric
from model.training.loop.run import Run
from model.training.loop.schedule import Schedule

ROOT = Path(__file__).parents[4]

SHARED_RUN = """
import json, sys
from pathlib import Path

import torch

from model.sat2sound.objective import contrastive, similarity
from model.training.loop.fabric import gathered, open_fabric
from model.training.loop.run import Run
from model.training.loop.schedule import Schedule

processes, folder = int(sys.argv[1]), Path(sys.argv[2])
fabric = open_fabric(devices=processes, accelerator="cpu")
torch.manual_seed(0)
model = torch.nn.ModuleDict({"x": torch.nn.Linear(6, 4), "y": torch.nn.Linear(6, 4), "unused": torch.nn.Linear(2, 2)})
run = Run("shared", folder, model, dict(model.named_parameters()), Schedule(4, 1e-2, 1, 0.1, 1.0), 0, fabric=fabric)
each = 8 // processes
mine = slice(fabric.global_rank * each, (fabric.global_rank + 1) * each)

def make(rng, step):
    rows = torch.randn(2, 8, 6, generator=torch.Generator().manual_seed(step))
    return rows[:, mine]

def loss_of(batch):
    x, y = (gathered(fabric, model[name](part)) for name, part in zip("xy", batch))
    return contrastive(similarity(x, y, torch.tensor(1.0)), 0.1)

losses = []
run.fit(make, loss_of, lambda: {"checks": 1.0}, 2, lambda report: losses.append(report.loss))
if fabric.is_global_zero:
    print(json.dumps({"losses": losses, "weights": [p.flatten().tolist() for p in model.parameters()]}))
"""


def shared_run(script: Path, processes: int, folder: Path) -> dict[str, list]:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script), str(processes), str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_a_batch_shared_by_two_processes_learns_as_one(tmp_path):
    script = tmp_path / "shared.py"
    script.write_text(SHARED_RUN)
    one, two = (shared_run(script, count, tmp_path / str(count)) for count in (1, 2))
    assert two["losses"] == pytest.approx(one["losses"], rel=1e-5)
    for ours, theirs in zip(two["weights"], one["weights"], strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)
    assert (tmp_path / "2" / "shared.csv").read_text().count("\n") == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"precision": "8-bit"}, "precision: '8-bit' is not one of 32-true, bf16-mixed"),
        ({"accelerator": "abacus"}, "accelerator: 'abacus'"),
        ({"devices": 0}, "devices: 0 asked for"),
    ],
)
def test_what_cannot_be_had_is_refused(options, words):
    with pytest.raises(TrainingError, match=words):
        open_fabric(**options)


def test_opening_is_silent_and_leaves_logging_as_it_was(capfd):
    logger = logging.getLogger("lightning_fabric")
    level = logger.level
    open_fabric("bf16-mixed")
    assert capfd.readouterr() == ("", "")
    assert logger.level == level


def test_bfloat16_computes_so_and_keeps_weights_and_optimizer_in_float32(tmp_path):
    layer = torch.nn.Linear(4, 4)
    seen: list[torch.dtype] = []
    run: Run[int] = Run(
        "mixed", tmp_path, layer, dict(layer.named_parameters()), Schedule(2, 1e-3, 1, 0.0, 1.0), 0,
        precision="bf16-mixed",
    )  # fmt: skip

    def loss_of(step: int) -> torch.Tensor:
        out = layer(torch.ones(2, 4))
        seen.append(out.dtype)
        return out.float().square().mean()

    run.fit(lambda _, step: step, loss_of, dict, 2, lambda _: None)
    assert seen == [torch.bfloat16] * 2
    assert layer.weight.dtype == torch.float32
    state = torch.load(run.state_path, weights_only=True)["optimizer"]["state"]
    assert all(v.dtype == torch.float32 for entry in state.values() for v in entry.values())


def test_on_a_cpu_bfloat16_uses_plain_attention_and_float32_whatever_is_fastest():
    flash = torch.backends.cuda.flash_sdp_enabled
    with computing(open_fabric()):
        assert flash()
    with computing(open_fabric("bf16-mixed")):
        assert not flash()
    assert flash()


def test_alone_a_process_gathers_what_it_has():
    x = torch.randn(3, 2)
    assert gathered(open_fabric(), x) is x


def test_a_gradient_that_is_not_finite_stops_the_run_before_it_reaches_the_weights(tmp_path):
    layer = torch.nn.Linear(1, 1)
    run: Run[int] = Run("steep", tmp_path, layer, dict(layer.named_parameters()), Schedule(3, 1e-3, 1, 0.0, 1.0), 0)

    def loss_of(step: int) -> torch.Tensor:
        root = (layer.weight.sum() * 0).sqrt()  # 0, with a slope of 0 × infinity
        return layer.weight.sum() + (root if step == 1 else 0.0)

    with pytest.raises(TrainingError, match="steep step 1: the gradient is not finite"):
        run.fit(lambda _, step: step, loss_of, dict, 1, lambda _: None)
    assert bool(layer.weight.isfinite().all())


def test_without_the_extra_training_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    spec = importlib.util.spec_from_file_location("fabric_without_the_extra", fabric_module.__file__)
    with pytest.raises(TrainingError, match=r"pip install 'earshot\[train\]'"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
