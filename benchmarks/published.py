"""The README's way to the published models, followed word for word against a hub on this machine, and measured.

    python -m benchmarks.published [--checkpoint FILE.ckpt]

The hub serves a checkpoint in the published layout at its full size (FILE, or made-up weights), a made-up gallery, and
a text encoder of FLAN-T5's width with two layers. Four rows of paired data stand for MVRL/GeoSound. Then every command
of the README's section runs in an empty folder.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import soundfile
import torch
from PIL import Image
from transformers import T5Config, T5ForConditionalGeneration

from benchmarks.local_hub import LocalHub, local_hub
from benchmarks.made_up_tangoflux import tokenizer
from model.sat2sound import ModelConfig, Sat2Sound
from model.sat2sound.checkpoint.published_names import carried, published_name
from tests.model.gallery.published.made_hdf5 import write_hdf5

ROOT = Path(__file__).parents[1]
SECTION = "## With the published models"
NAME = "bingmap_withmeta"
ROWS = 4
GOAL_READY, GOAL_MEMORY = 20.0, 1.3
MEASURE = """
import time
from pathlib import Path
import model.sat2sound as sat2sound
# Not getrusage: a process begins with the peak of the one that started it.
peak = lambda: int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
imported, began, busy = peak(), time.perf_counter(), time.process_time()
model = sat2sound.open_checkpoint({name!r})
print(peak(), peak() - imported, time.perf_counter() - began, time.process_time() - busy,
      sum(t.numel() * 4 for t in model.state_dict().values()))
"""


def commands() -> list[str]:
    """The README's commands, in order."""
    section = (ROOT / "README.md").read_text().partition(SECTION)[2]
    block = re.search(r"```sh\n(.*?)```", section, re.S)
    assert block is not None
    return [line.partition("#")[0].strip() for line in block[1].splitlines()]


def publish(hub: LocalHub, folder: Path, checkpoint: Path | None) -> Path:
    """Everything the README's commands ask the hub for; returns the checkpoint."""
    if checkpoint is None:
        checkpoint = folder / "made_up.ckpt"
        _write_checkpoint(checkpoint)
    gallery, flan = folder / "gallery.h5", folder / "flan"
    write_hdf5(gallery, rows=32, dim=1024, samples=44_100)
    files = {f"sat2sound/{NAME}.ckpt": checkpoint, "demo/GeoSound_gallery_w_bingmap.h5": gallery}
    hub.publish("MVRL/sat2sound", files)  # type: ignore[arg-type]
    sizes = {"vocab_size": 128, "d_model": 1024, "d_kv": 64, "d_ff": 2816, "num_layers": 2, "num_heads": 16}
    T5ForConditionalGeneration(T5Config(**sizes, feed_forward_proj="gated-gelu")).save_pretrained(flan)
    tokenizer().save_pretrained(flan)
    hub.publish("google/flan-t5-large", {path.name: path for path in flan.iterdir()}, licence="apache-2.0")
    return checkpoint


def _write_checkpoint(path: Path) -> None:
    config = ModelConfig.published("bingmap", True)
    torch.manual_seed(0)
    state = {published_name(name): tensor for name, tensor in Sat2Sound(config).state_dict().items()}
    state |= {name: torch.zeros(shape) for name, shape in carried(config).items()}
    options = {"dataset_type": "GeoSound", "sat_type": "bingmap", "metadata_type": "latlong_month_time_asource_tsource"}
    torch.save({"state_dict": state, "hyper_parameters": options}, path)


def write_pairs(folder: Path) -> None:
    """A few rows with GeoSound's columns, where the README's data set would be looked for first."""
    folder.mkdir(parents=True)
    rng, rows = np.random.default_rng(0), []
    for n in range(ROWS):
        picture, sound = io.BytesIO(), io.BytesIO()
        Image.fromarray(rng.integers(0, 256, (1500, 1500, 3)).astype(np.uint8)).save(picture, "JPEG")
        soundfile.write(sound, 0.1 * rng.normal(size=320_000), 32_000, format="FLAC")
        told = {"sample_id": f"yfcc-{n}", "source": "yfcc", "audio_caption": f"noise {n}", "latitude": 1.0 * n}
        told |= {"longitude": 2.0 * n, "date": "2019-05-12 10:30", "audio_caption_source": "meta"}
        captions = {f"llava_caption_bingmap_zl{scale}": f"place {n}, {scale}" for scale in (1, 3, 5)}
        image, audio = {"bytes": picture.getvalue(), "path": None}, {"bytes": sound.getvalue(), "path": None}
        rows.append({**told, **captions, "bingmap_image": image, "audio": audio})
    pq.write_table(pa.Table.from_pylist(rows), folder / "test.parquet")


def follow(command: str, folder: Path, environment: dict[str, str]) -> str:
    """Run one command to its end, say how long it took, and return what it printed."""
    print(f"$ {command}", flush=True)
    began = time.perf_counter()
    done = subprocess.run(_arguments(command), check=False, cwd=folder, env=environment, capture_output=True, text=True)
    print(done.stdout + done.stderr, end="")
    if done.returncode:
        sys.exit(f"ended with {done.returncode}")
    print(f"  ({time.perf_counter() - began:.1f} s)")
    return done.stdout


def serve(command: str, folder: Path, environment: dict[str, str]) -> None:
    """Run `earshot serve` until it has answered a click and words."""
    print(f"$ {command}", flush=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(_arguments(command), cwd=folder, env={**environment, "EARSHOT_PORT": str(port)})
    try:
        url = f"http://127.0.0.1:{port}"
        while process.poll() is None and not _answers(f"{url}/readyz"):
            time.sleep(0.1)
        ready, seen = time.perf_counter() - began, psutil.Process(process.pid)
        busy = sum(seen.cpu_times()[:2])
        print(f"ready to serve: {ready:.1f} s ({busy:.1f} s of CPU; goal {GOAL_READY:g} s)")
        print(f"resident when ready: {seen.memory_info().rss / 1e6:.0f} MB")
        for asked in ("", "&month=7&hour=9"):
            told = json.load(urllib.request.urlopen(f"{url}/soundscape?lat=1.303&lon=0.921&scale=3{asked}"))
            best = told["captions"][0]
            print(f"/soundscape{asked}: {best['text']!r} {best['score']:.4f}, gsd {told['gsd']}, {told['model']}")
    finally:
        process.terminate()
        process.wait(timeout=30)


def measure_opening(name: str, environment: dict[str, str]) -> None:
    """Peak memory and time of opening one checkpoint, in a process of its own."""
    code = MEASURE.format(name=name)
    program = [sys.executable, "-c", code]
    done = subprocess.run(program, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    peak, over, seconds, busy, weights = map(float, done.stdout.split())
    what = "the .ckpt itself" if name.endswith(".ckpt") else name
    print(f"opening {what}: {seconds:.1f} s ({busy:.1f} s of CPU), {weights / 1e6:.0f} MB of weights; peak memory")
    for means, size in (("in all", peak), ("over what was imported", over)):
        print(f"  {means}: {size / 1e6:.0f} MB, {size / weights:.2f} x the weights (goal {GOAL_MEMORY} x)")


def _arguments(command: str) -> list[str]:
    words = shlex.split(command)
    assert words[0] == "earshot"
    return [sys.executable, "-m", "server.cli", *words[1:]]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> None:
    """Follow the README, then measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, help="A .ckpt in the published layout.  [default: made-up weights]")
    given = parser.parse_args().checkpoint
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as empty:
        folder = Path(empty)
        with local_hub(Path(made)) as hub:
            checkpoint = publish(hub, Path(made), given)
            write_pairs(folder / "MVRL" / "GeoSound")
            environment = os.environ | {
                "HF_ENDPOINT": hub.url,
                "HF_HOME": str(folder / "hf"),
                "EARSHOT_DATA_DIR": str(folder / "data"),
                "EARSHOT_ONLINE": "false",
                "EARSHOT_BUILD_REGION": "false",
                "PYTHONPATH": str(ROOT),
            }
            for command in commands():
                (serve if " serve " in command else follow)(command, folder, environment)
        measure_opening(f"published:{NAME}", environment)
        measure_opening(str(checkpoint.absolute()), environment)


if __name__ == "__main__":
    main()
