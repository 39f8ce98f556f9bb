"""The one place where the server is configured: `EARSHOT_*` variables, or the options of `earshot serve`."""

import json
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from model.registry import default_data_dir
from server.concurrency.cores import available_cores
from server.errors import StartError
from tiles.footprint import MAX_PIXELS
from tiles.imagery.open import BANDS

MEBIBYTE = 1024 * 1024
BAND = re.compile(r"\d{1,3}")
StringList = Annotated[list[str], NoDecode]


class Settings(BaseSettings):
    """Everything that may differ between two servers; a value out of bounds refuses the start."""

    model_config = SettingsConfigDict(env_prefix="EARSHOT_", extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=0, le=65535, description="0: any free port.")
    base_url: str = Field(default="", pattern=r"^(https?://[^\s?#]+)?$", description="Put before every URL answered.")
    cors_origins: StringList = Field(default=[], description="Origins whose pages may call this server.")

    data_dir: Path = Field(default_factory=default_data_dir)
    tile_cache_bytes: int = Field(default=512 * MEBIBYTE, ge=MEBIBYTE)
    audio_cache_bytes: int = Field(default=512 * MEBIBYTE, ge=MEBIBYTE)
    score_cache_bytes: int = Field(default=256 * MEBIBYTE, ge=0, description="Queries' scores and their maps.")
    heatmap_cache_bytes: int = Field(default=64 * MEBIBYTE, ge=0, description="Heatmap tiles and rasters.")
    answers_kept: int = Field(default=1024, ge=0, le=100_000)

    checkpoint: str = Field(default="embedded", min_length=1)
    gallery: StringList = Field(default=["embedded"], min_length=1, max_length=32, description="Side by side.")
    gallery_exact: bool = Field(default=False, description="Whether even the largest gallery is compared row by row.")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto", description="What images are computed in."
    )
    imagery: StringList = Field(default=["null-island", "esri", "sentinel2"], min_length=1, max_length=32)
    online: Literal["auto"] | bool = Field(default="auto", description="Whether online imagery is offered.")
    probe_seconds: float = Field(default=60.0, ge=1.0, le=3600.0, description="Between two looks at online imagery.")

    build_region: bool = Field(default=True, description="Whether a server without a region builds Null Island.")
    batch_window_ms: float = Field(default=3.0, ge=0.0, le=1000.0)
    max_batch: int = Field(default=8, ge=1, le=1024)
    max_waiting: int = Field(default=256, ge=1, le=65536, description="Requests held before 503 is answered.")
    max_queued_sounds: int = Field(default=512, ge=1, le=65536, description="Sounds promised before 503 is answered.")
    caption_seconds: float = Field(
        default=60.0, ge=0.0, le=3600.0, description="A request waits so long for a caption that is written."
    )
    reader_threads: int = Field(default=8, ge=1, le=128, description="Chips read at once from each online source.")
    torch_threads: int = Field(default_factory=lambda: max(1, available_cores() // 2), ge=1, le=256)
    max_body_bytes: int = Field(default=64 * 1024, ge=0)
    max_upload_bytes: int = Field(default=25 * MEBIBYTE, ge=0, description="Of a recording that is searched for.")
    max_chip_pixels: int = Field(default=1024, ge=16, le=MAX_PIXELS)

    @field_validator("cors_origins", "imagery", "gallery", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Accept `a,b` as well as `["a", "b"]` from the environment."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return json.loads(value)
        parts: list[str] = []
        for part in filter(None, map(str.strip, value.split(","))):
            if parts and BANDS in parts[-1] and BAND.fullmatch(part) and parts[-1].count(",") < 2:
                parts[-1] += f",{part}"  # of a raster's bands, not another name
            else:
                parts.append(part)
        return parts

    @field_validator("data_dir")
    @classmethod
    def _expand(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("base_url")
    @classmethod
    def _without_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _are_distinct(self) -> Self:
        for name, values in (("imagery", self.imagery), ("gallery", self.gallery)):
            if len(set(values)) != len(values):
                raise ValueError(f"{name} names one twice")
        return self

    def folder(self, name: str) -> Path:
        """Make and return a folder of the data directory.

        Raises:
            StartError: The folder cannot be written.
        """
        path = self.data_dir / name
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StartError(f"data_dir: cannot write {path}: {error.strerror}") from error
        return path


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment; `overrides` that are not None win over it.

    Raises:
        StartError: One line that names every refused setting.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise StartError("; ".join(_refusal(part) for part in error.errors())) from error
    except ValueError as error:
        raise StartError(f"settings: {error}") from error


def _refusal(part: Any) -> str:
    field = ".".join(str(step) for step in part["loc"]) or "settings"
    return f"EARSHOT_{field.upper()}: {part['msg']}"


@cache
def installed_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("earshot")
    except PackageNotFoundError:
        return "0+source"
