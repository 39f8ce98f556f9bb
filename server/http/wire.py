"""Schemas that every answer shares."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Bounds = Annotated[
    tuple[float, float, float, float],
    Field(description="West, south, east, north in degrees; west > east across the dateline, as in RFC 7946."),
]


class Schema(BaseModel):
    """Base of every answer: closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(Schema):
    """A place on Earth in WGS 84 degrees."""

    lat: float
    lon: float


class FieldProblem(Schema):
    """One field of a request that was refused."""

    field: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details: what went wrong and what to do about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/invalid-input",
                    "title": "Invalid input",
                    "status": 422,
                    "detail": "lat: Input should be less than or equal to 90",
                    "errors": [{"field": "lat", "detail": "Input should be less than or equal to 90"}],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[FieldProblem] = []
