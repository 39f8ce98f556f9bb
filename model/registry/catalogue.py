"""The catalogue: the published weights Earshot can use, where they lie on the hub, and under which terms."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from model.errors import UnknownModel


@dataclass(frozen=True)
class Licence:
    """Terms of use: a short name, where they are written down, and whether they must be accepted before fetching."""

    name: str
    url: str
    must_accept: bool = False


@dataclass(frozen=True)
class PublishedModel:
    """One name that can be pulled.

    `files` are patterns within the hub repository, each of which must match; `optional` ones may. A model of a
    single file is found as that file, any other as a folder. `needs` names what is pulled along with it.
    """

    name: str
    what: str
    repository: str
    files: tuple[str, ...]
    licence: Licence
    optional: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    single: bool = False


MIT = Licence("MIT", "https://github.com/mvrl/sat2sound/blob/main/LICENSE")
APACHE = Licence("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0")
RECORDISTS = Licence(
    "the licence of each recording at its source (YFCC100M, iNaturalist, Radio Aporee, Freesound), some of them "
    "non-commercial",
    "https://huggingface.co/datasets/MVRL/GeoSound",
    must_accept=True,
)
STABILITY = Licence(
    "Stability AI Community License, and non-commercial research only",
    "https://huggingface.co/declare-lab/TangoFlux",
    must_accept=True,
)
LLAMA_2 = Licence("Llama 2 Community License", "https://ai.meta.com/llama/license/", must_accept=True)

SAT2SOUND = "MVRL/sat2sound"
FLAN_T5 = "google/flan-t5-large"
TOKENISER = ("tokenizer.json", "tokenizer_config.json")
TOKENISER_EXTRAS = ("special_tokens_map.json", "spiece.model")

CHECKPOINTS = tuple(
    f"{imagery}_{metadata}"
    for imagery in ("bingmap", "sentinel", "SoundingEarth")
    for metadata in ("nometa", "withmeta")
)
"""The six published Sat2Sound checkpoints."""


def _checkpoint(name: str) -> PublishedModel:
    imagery, metadata = name.split("_")
    what = f"Sat2Sound on {imagery} imagery, {'with' if metadata == 'withmeta' else 'without'} metadata"
    return PublishedModel(name, what, SAT2SOUND, (f"sat2sound/{name}.ckpt",), MIT, single=True)


_OTHERS = (
    PublishedModel(
        "geosound-gallery",
        "the published gallery: captions, recordings and synthesised sounds of GeoSound",
        SAT2SOUND,
        ("demo/GeoSound_gallery_w_bingmap.h5",),
        RECORDISTS,
        single=True,
    ),
    PublishedModel(
        "flan-t5-large",
        "the text encoder of the published checkpoints",
        FLAN_T5,
        ("config.json", "model.safetensors", *TOKENISER),
        APACHE,
        optional=TOKENISER_EXTRAS,
    ),
    PublishedModel(
        "flan-t5-tokenizer",
        "its tokeniser alone, which TangoFlux reads captions with",
        FLAN_T5,
        ("config.json", *TOKENISER),
        APACHE,
        optional=TOKENISER_EXTRAS,
    ),
    PublishedModel(
        "tangoflux",
        "TangoFlux: captions rendered as sound",
        "declare-lab/TangoFlux",
        ("config.json", "tangoflux.safetensors", "vae.safetensors"),
        STABILITY,
        needs=("flan-t5-tokenizer",),
    ),
    PublishedModel(
        "llava",
        "LLaVA 1.5 7B: images described in words",
        "llava-hf/llava-1.5-7b-hf",
        ("config.json", "*.safetensors", "tokenizer.json", "preprocessor_config.json"),
        LLAMA_2,
        optional=("*.json", "*.jinja", "tokenizer.model"),
    ),
)

CATALOGUE = MappingProxyType({model.name: model for model in (*map(_checkpoint, CHECKPOINTS), *_OTHERS)})


def find(name: str) -> PublishedModel:
    """The catalogue's entry of that name.

    Raises:
        UnknownModel: there is none; the known names are listed.
    """
    if name not in CATALOGUE:
        raise UnknownModel(f"{name!r} is not a published model: known are {', '.join(CATALOGUE)}")
    return CATALOGUE[name]
