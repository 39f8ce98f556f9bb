"""Regions as JSON."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from server.http.wire import Bounds, Schema

SECONDS = Annotated[float | None, Field(description="null: not being built, or not known yet.")]


class RegionReference(Schema):
    """A part of the world whose imagery has been listened to, cell by cell, or is being."""

    name: str
    title: str
    bounds: Bounds
    zoom: int = Field(description="Cells are Web Mercator tiles of this zoom.")
    cells: int
    done: int = Field(description="Cells looked at so far.")
    failed: int = Field(description="Cells whose imagery could not be had.")
    state: Literal["building", "ready", "partial"]
    imagery: str
    attribution: str
    gsd: float
    scale: int
    conditions: list[str] = Field(description="Months and hours it was listened to at, as month-hour; any: not told.")
    hash: str = Field(description="Changes as more cells are listened to, and no more once all are.")
    checkpoint: str
    cells_per_second: SECONDS = None
    seconds_left: SECONDS = None


class RegionList(Schema):
    """All regions; the first is the default."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "regions": [
                        {
                            "name": "null-island",
                            "title": "Null Island",
                            "bounds": [-2.2, -2.2, 2.2, 2.2],
                            "zoom": 12,
                            "cells": 2500,
                            "done": 640,
                            "failed": 0,
                            "state": "building",
                            "imagery": "null-island",
                            "attribution": "Null Island, drawn by Earshot",
                            "gsd": 10.0,
                            "scale": 1,
                            "conditions": ["any"],
                            "hash": "5f0c9a31d2b84e07",
                            "checkpoint": "embedded",
                            "cells_per_second": 31.5,
                            "seconds_left": 59.0,
                        }
                    ]
                }
            ]
        }
    )

    regions: list[RegionReference]
