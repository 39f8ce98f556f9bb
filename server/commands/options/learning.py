"""Learning and measuring: the options of `earshot train`, `evaluate`, `probe` and `concepts`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from server.commands.options.shared import AsJson, Checkpoint


@dataclass(frozen=True)
class Train:
    """Train Sat2Sound, or the SoundingEarth baseline; kill it and run it again to go on."""

    config: Annotated[
        str, typer.Argument(help='One that ships ("embedded", "bingmap_withmeta", ...), or a TOML file.')
    ] = "embedded"
    data: Annotated[
        str,
        typer.Option(
            help="Staged: a folder with images/ and recordings/, each with its metadata.csv. Paired: a folder with "
            "train.csv and validation.csv or Parquet files, or hub:OWNER/NAME."
        ),
    ] = "data"
    out: Annotated[
        Path | None, typer.Option(help="Folder for the run; an unfinished run there is resumed.  [default: runs/NAME]")
    ] = None
    devices: Annotated[int, typer.Option(help="GPUs, or CPU processes where there are none, that share a batch.")] = 1
    precision: Annotated[
        str | None, typer.Option(help='"32-true" or "bf16-mixed".  [default: the configuration\'s]')
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False


@dataclass(frozen=True)
class Evaluate:
    """Cross-modal retrieval on paired data, as Sat2Sound's tables report it; or how well attention points."""

    checkpoint: Annotated[
        str | None, typer.Argument(help="embedded, published:NAME, a .safetensors or a published .ckpt file.")
    ] = None
    data: Annotated[
        str | None,
        typer.Option(
            "--dataset", "--data", help="Folder with SPLIT.csv or Parquet, a Parquet file, or OWNER/NAME on the hub."
        ),
    ] = None
    model: Annotated[str | None, typer.Option("--model", help="The checkpoint, said as an option.")] = None
    pointing: Annotated[
        bool,
        typer.Option(
            "--pointing",
            help="Play the pointing game on Null Island instead, and on mosaics of the labelled images in --data.",
        ),
    ] = False
    split: Annotated[str, typer.Option(help="Which rows: train, validation or test.")] = "test"
    imagery: Annotated[
        str | None,
        typer.Option(help="bingmap, sentinel or googleearth.  [default: the checkpoint's own, or bingmap]"),
    ] = None
    scales: Annotated[str | None, typer.Option(help="Zooms, such as 1,3,5.  [default: all of model and data]")] = None
    ablate: Annotated[
        Literal["metadata"] | None, typer.Option(help="Also tell the model only some of the metadata.")
    ] = None
    limit: Annotated[
        int | None,
        typer.Option(min=2, help="End after so many usable rows, or cases if --pointing.  [default: all; 200]"),
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print everything measured as JSON.")] = False


@dataclass(frozen=True)
class Probe:
    """Probe a checkpoint: fit a linear classifier on its frozen embeddings of a folder of classes, and score it."""

    folder: Annotated[
        Path, typer.Argument(help="Holds a folder of images or recordings for each class, or train/ and test/ of them.")
    ]
    checkpoint: Checkpoint = None
    modality: Annotated[
        Literal["image", "audio"] | None, typer.Option(help="What to read.  [default: what the folder holds]")
    ] = None
    vector: Annotated[
        Literal["embedding", "tokens"],
        typer.Option(help="The embedding, or the mean of the encoder's patch or frame tokens."),
    ] = "embedding"
    gsd: Annotated[
        float | None, typer.Option(help="Metres per pixel of the images.  [default: unknown; the middle is told]")
    ] = None
    test_share: Annotated[float, typer.Option(help="Share of each class held back, unless train/ and test/ are.")] = 0.2
    seed: Annotated[int, typer.Option(min=0, help="Equal seeds give equal splits.")] = 0
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many files of each class.")] = None
    as_json: AsJson = False


@dataclass(frozen=True)
class Concepts:
    """Group captions by the concepts they share, and name each concept after the entries that weigh it most."""

    checkpoint: Checkpoint = None
    gallery: Annotated[
        str | None,
        typer.Option(help="Named after whose entries: embedded or a folder.  [default: the first in use]"),
    ] = None
    write: Annotated[bool, typer.Option("--write", help="Keep the names beside the checkpoint.")] = False
    groups: Annotated[int, typer.Option(min=0, help="How many groups of captions to show.")] = 10
    as_json: AsJson = False
