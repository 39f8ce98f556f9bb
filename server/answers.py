"""How answers are put on the wire: entity tags, what the client accepts, pictures."""

import hashlib
import io
from typing import Literal

from fastapi import Request, Response
from PIL import Image
from pydantic import BaseModel

from server.queries import SoundFormat
from tiles.chip import Pixels

PictureFormat = Literal["jpeg", "png"]
JPEG_QUALITY = 88


def tagged(request: Request, answer: BaseModel, cache_control: str = "no-cache") -> Response:
    """An answer as JSON with its entity tag; 304 without a body when the client has it already."""
    body = answer.model_dump_json().encode()
    headers = {"ETag": f'W/"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": cache_control}
    if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def matches(if_none_match: str, tag: str) -> bool:
    """Whether a client's If-None-Match holds a tag, compared weakly (RFC 9110 section 13.1.2)."""
    held = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return "*" in held or tag.removeprefix("W/") in held


def sound_format(accept: str) -> SoundFormat:
    """What to answer a client with that accepts these media types: Ogg unless WAV alone, or rather, is wanted."""
    wishes = {}
    for part in accept.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        wishes[media] = next((_quality(piece[2:]) for piece in parameters if piece.startswith("q=")), 1.0)
    anything = wishes.get("audio/*", wishes.get("*/*", 0.0))
    wav = max(wishes.get(media, -1.0) for media in ("audio/wav", "audio/x-wav", "audio/wave"))
    return "wav" if wav > wishes.get("audio/ogg", anything) else "ogg"


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def picture(pixels: Pixels, format: PictureFormat, max_age: int) -> Response:
    """Pixels (H, W, 3) uint8 as an image a browser may keep for `max_age` seconds."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format, quality=JPEG_QUALITY)
    headers = {"Cache-Control": f"public, max-age={max_age}"}
    return Response(buffer.getvalue(), media_type=f"image/{format}", headers=headers)
