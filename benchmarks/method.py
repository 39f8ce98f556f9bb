"""What the method buys: the paper's objective, parts of it, and SoundingEarth's baseline, trained and tested alike.

    python -m benchmarks.method --data FOLDER --out FOLDER [--epochs N] [--pairs N] [--seed N]

FOLDER has images/ and recordings/ as the training data has them. Images and recordings are paired by scene
(`benchmarks.paired_folder`); every variant is a recipe that ships, made small, that `earshot train` follows from random
weights on the same pairs, in the same order and for as many steps, and that `earshot evaluate` measures at its best
step. A variant that was finished in OUT under the same settings is not trained again; any other begins anew.

Nobody recorded these sounds at these places. Ranks are of the one recording an image was given, among many that would
have done as well: even an ear that knows every scene, shown in the last row, cannot tell these apart, and absolute
figures are low. The second table, therefore, counts whatever belongs to one of the query's scenes, as mean average
precision. Labels without any sound, such as harbours, are left out. All images are told as 0.6 m a pixel, which they
are not. CPU seconds are those of `earshot train`, start, reading and checks included; the frozen language model is not
among the parameters.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from benchmarks.paired_folder import IMAGERY, write_folder
from model.baselines import PairedEncoders, Sat2SoundEncoders, open_encoders
from model.baselines.pairs import PairedRow
from model.sat2sound.codebook import normalise
from model.training.dataset.csv_table import read_table
from model.training.dataset.paired_data import open_paired
from model.training.evaluation.retrieval import ranks, retrieval_scores

BATCH = 32
EPOCHS = 8
PAIRS = 1500
DRAWS = 5
"""Lots drawn for the rows that bound the others."""
SHARED = """
imagery = "bingmap"
epochs = {epochs}
batch = {batch}
check_every = {check_every}
workers = 2
seed = {seed}
"""
SAT2SOUND = """
learning_rate = 5e-4
restart_period = {steps}

[model]
metadata = false
scales = [1]
dim = 128
codebook_size = 256
temperature = 10.0
image_size = 112
image_stem = [16, 32, 64, 96]
image_width = 128
image_depth = 3
image_heads = 4
text_encoder = "minilm"
text_dim = 384
audio_patch = 16
audio_width = 48
audio_depths = [2, 2]
audio_heads = [4, 8]
"""
SOUNDINGEARTH = """
image_size = 112
width = 32
dim = 128
"""
VARIANTS = {
    "full": ("the whole objective", 'extends = "bingmap_nometa"', SAT2SOUND),
    "no_pseudo": ("without pseudo-positives", 'extends = "bingmap_nometa"\nalpha = 0.0', SAT2SOUND),
    "loss_tri": ("the three pairs alone", 'extends = "loss_tri"', SAT2SOUND),
    "soundingearth": ("SoundingEarth, ResNet-18", 'extends = "soundingearth_resnet18"', SOUNDINGEARTH),
}
"""What each is called in the table, what it takes over and changes, and its sizes."""
WAYS = ("image to sound", "sound to image", "image to sound's caption", "back", "image to image's caption", "back")


def write_recipe(name: str, out: Path, rows: int, epochs: int, seed: int) -> Path:
    """The variant's recipe as a TOML file: one cosine over all steps, checked every other epoch."""
    _, changes, sizes = VARIANTS[name]
    each = max(1, rows // BATCH)
    values = {"epochs": epochs, "batch": BATCH, "check_every": 2 * each, "steps": epochs * each, "seed": seed}
    path = out / f"{name}.toml"
    path.write_text(changes + (SHARED + sizes).format(**values))
    return path


def train_and_measure(recipe: Path, pairs: Path) -> dict[str, Any]:
    """What one variant costs and scores: `earshot train`, then `earshot evaluate` on the test split."""
    folder = recipe.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    begin, used = time.perf_counter(), _cpu_seconds()
    trained = _earshot("train", str(recipe), "--data", str(pairs), "--out", str(folder))
    wall, cpu = time.perf_counter() - begin, _cpu_seconds() - used
    found = _earshot("evaluate", trained["checkpoint"], "--data", str(pairs), "--split", "test", "--scales", "1")
    encoders = open_encoders(trained["checkpoint"], IMAGERY)
    return {
        "best_step": trained["step"],
        "validation_i2a_r10": trained["i2a_r10"],
        "wall_seconds": wall,
        "cpu_seconds": cpu,
        "parameters": _parameters(encoders),
        "evaluation": found,
        "scene_precision": scene_precision(encoders, pairs),
    }


def _earshot(*arguments: str) -> dict[str, Any]:
    """Run the command line as anyone would, and read what it prints."""
    earshot = str(Path(sys.executable).with_name("earshot"))
    done = subprocess.run([earshot, *arguments, "--json"], stdout=subprocess.PIPE, text=True, check=True)
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _parameters(encoders: PairedEncoders) -> int:
    module = encoders.model if isinstance(encoders, Sat2SoundEncoders) else encoders
    assert isinstance(module, torch.nn.Module)
    return sum(parameter.numel() for parameter in module.parameters())


def scene_precision(encoders: PairedEncoders, pairs: Path) -> list[float | None]:
    """Mean average precision each way, where whatever shares a scene with the query is right; None without text."""
    parts: dict[str, list[torch.Tensor]] = {"image": [], "sound": [], "heard": [], "seen": []}
    for rows in _batches(iter(open_paired(str(pairs), "test", IMAGERY.name))):
        embedded = (
            encoders.embed_images(rows, 1, ()),
            encoders.embed_audio(rows),
            encoders.embed_audio_captions(rows),
            encoders.embed_image_captions(rows, 1),
        )
        for key, vectors in zip(parts, embedded, strict=True):
            parts[key] += [] if vectors is None else [normalise(vectors.float().cpu())]
    image = torch.cat(parts["image"])
    precisions: list[float | None] = []
    for key, fits in zip(("sound", "heard", "seen"), fitting(pairs), strict=True):
        if not parts[key]:
            precisions += [None, None]
            continue
        scores = (image @ torch.cat(parts[key]).T).numpy()
        precisions += [_mean_average_precision(fits, scores), _mean_average_precision(fits.T, scores.T)]
    return precisions


def fitting(pairs: Path) -> tuple[NDArray[np.bool_], ...]:
    """Which test image (row) shares a scene with which sound, sound's caption and image's caption (columns)."""
    table = read_table(pairs / "test.csv", ())
    image, sound, caption = (
        [set(row[f"{key}_scenes"].split("|")) for row in table] for key in ("image", "sound", "caption")
    )
    by_sound, by_caption = (np.array([[bool(a & b) for b in other] for a in image]) for other in (sound, caption))
    return by_sound, by_sound, by_caption


def _mean_average_precision(right: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> float:
    return float(np.mean([average_precision_score(r, s) for r, s in zip(right, scores, strict=True) if r.any()]))


def _batches(rows: Iterator[PairedRow]) -> Iterator[list[PairedRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def bounds(pairs: Path, seed: int) -> dict[str, list[tuple[float, float, float]]]:
    """R@10%, median rank and precision each way: of drawing lots, and of knowing all scenes and nothing else."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[float, float, float]]] = {"chance": [], "knows the scenes": []}
    for fits in fitting(pairs):
        for right in (fits, fits.T):
            lots = rng.random((DRAWS, *right.shape))
            for name, draws in (("chance", lots), ("knows the scenes", right + lots)):
                recall, rank, precision = np.mean([_scores(right, draw) for draw in draws], axis=0).tolist()
                found[name].append((recall, rank, precision))
    return found


def _scores(right: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> tuple[float, float, float]:
    got = retrieval_scores(ranks(torch.from_numpy(scores)))
    return got.recall_10_percent, got.median_rank, _mean_average_precision(right, scores)


def print_tables(results: Mapping[str, Mapping[str, Any]], limits: Mapping[str, Sequence[Sequence[float]]]) -> None:
    """Both Markdown tables."""
    print(f"| R@10% (median rank) | parameters | training, CPU s | {' | '.join(WAYS)} |")
    print(f"| --- | --: | --: |{' --: |' * len(WAYS)}")
    for name, result in results.items():
        cells = [f"{recall:.3f} ({rank:.0f})" for recall, rank in _ways(result["evaluation"])]
        cells += ["–"] * (len(WAYS) - len(cells))
        millions = f"{result['parameters'] / 1e6:.2f} M"
        print(f"| {VARIANTS[name][0]} | {millions} | {result['cpu_seconds']:.0f} | {' | '.join(cells)} |")
    for name, ways in limits.items():
        print(f"| {name} | | | {' | '.join(f'{recall:.3f} ({rank:.0f})' for recall, rank, _ in ways)} |")
    print(f"\n| mean average precision by scene | {' | '.join(WAYS)} |\n| --- |{' --: |' * len(WAYS)}")
    for name, result in results.items():
        cells = ["–" if share is None else f"{share:.3f}" for share in result["scene_precision"]]
        print(f"| {VARIANTS[name][0]} | {' | '.join(cells)} |")
    for name, ways in limits.items():
        print(f"| {name} | {' | '.join(f'{precision:.3f}' for *_, precision in ways)} |")


def _ways(evaluation: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """R@10% and median rank in the order of WAYS, nothing composed; no captions from a model that reads none."""
    lines = [next(line for line in evaluation["audio"] if line["composed"] == "none")]
    lines += sorted(evaluation["text"], key=lambda line: line["caption"])  # "audio", then "image"
    for line in lines:
        for way in ("i2a", "a2i") if "i2a" in line else ("i2t", "t2i"):
            yield line[way]["recall_10_percent"], line[way]["median_rank"]


def main() -> None:
    """Pair, train, measure and print; everything is also in OUT/method.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    pairs, results = arguments.out / "pairs", {}
    counts = write_folder(arguments.data, pairs, arguments.pairs, arguments.seed)
    print(", ".join(f"{count} pairs to {split}" for split, count in counts.items()), flush=True)
    for name in VARIANTS:
        recipe = write_recipe(name, arguments.out, counts["train"], arguments.epochs, arguments.seed)
        settings = {"recipe": recipe.read_text(), "pairs": counts}
        kept = recipe.with_suffix(".json")
        known = json.loads(kept.read_text()) if kept.exists() else {}
        if known.get("settings") != settings:
            known = {"settings": settings, **train_and_measure(recipe, pairs)}
            kept.write_text(json.dumps(known, indent=1) + "\n")
        results[name] = known
    limits = bounds(pairs, arguments.seed)
    (arguments.out / "method.json").write_text(json.dumps({"variants": results, "bounds": limits}, indent=1) + "\n")
    print_tables(results, limits)


if __name__ == "__main__":
    main()
