"""How answers are put on the wire: entity tags, what the client accepts, pictures."""

import hashlib
import io
import re
from typing import Literal

from fastapi import Request, Response
from PIL import Image
from pydantic import BaseModel

from server.http.parameters import SoundFormat
from tiles.chip import Pixels

PictureFormat = Literal["jpeg", "png"]
JPEG_QUALITY = 88


def tagged(request: Request, answer: BaseModel, cache_control: str = "no-cache") -> Response:
    """An answer as JSON with its entity tag; 304 without a body when the client has it already."""
    body = answer.model_dump_json().encode()
    headers = {"ETag": f'W/"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": cache_control}
    return unchanged(request, headers) or Response(body, media_type="application/json", headers=headers)


def unchanged(request: Request, headers: dict[str, str]) -> Response | None:
    """304 without a body when the client has what the headers' ETag names; else None."""
    if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return None


def ranged(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """A body, or the one part of it that the client asks for: how rasters are read over HTTP (RFC 9110 section 14)."""
    headers = {**headers, "Accept-Ranges": "bytes"}
    part = _part(request.headers.get("range", ""), len(body))
    if part is None or request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        return Response(body, media_type=media_type, headers=headers)
    first, last = part
    if first > last:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(body)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
    return Response(body[first : last + 1], 206, media_type=media_type, headers=headers)


def _part(text: str, length: int) -> tuple[int, int] | None:
    """First and last byte of a Range header; first > last: beyond the end; None: no one part, so the whole."""
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", text.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return max(0, length - int(last)), length - 1
    if last and int(first) > int(last):
        return None
    return int(first), min(int(last or length - 1), length - 1)


def prefers_picture(accept: str) -> bool:
    """Whether a client that may have JSON would rather have a picture, as an image element would."""
    wishes = _wishes(accept)
    picture = max((quality for media, quality in wishes.items() if media.startswith("image/")), default=0.0)
    return picture > wishes.get("application/json", 0.0)


def matches(if_none_match: str, tag: str) -> bool:
    """Whether a client's If-None-Match holds a tag, compared weakly (RFC 9110 section 13.1.2)."""
    held = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return "*" in held or tag.removeprefix("W/") in held


SOUND_MEDIA: dict[SoundFormat, tuple[str, ...]] = {
    "ogg": ("audio/ogg", "audio/opus"),
    "flac": ("audio/flac", "audio/x-flac"),
    "wav": ("audio/wav", "audio/x-wav", "audio/wave"),
}


def sound_format(accept: str) -> SoundFormat:
    """What to answer a client with that accepts these media types: Ogg unless another is wanted more, and by name."""
    wishes = _wishes(accept)
    named = {
        format: max((wishes[media] for media in names if media in wishes), default=None)
        for format, names in SOUND_MEDIA.items()
    }
    if named["ogg"] is None:
        named["ogg"] = wishes.get("audio/*", wishes.get("*/*", 0.0))
    return max(SOUND_MEDIA, key=lambda format: -1.0 if (wish := named[format]) is None else wish)


def _wishes(accept: str) -> dict[str, float]:
    """The media types of an Accept header, and how much each is wanted."""
    wishes = {}
    for part in accept.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        wishes[media] = next((_quality(piece[2:]) for piece in parameters if piece.startswith("q=")), 1.0)
    return wishes


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def picture(pixels: Pixels, format: PictureFormat, max_age: int) -> Response:
    """Pixels (H, W, 3 or 4) uint8 as an image a browser may keep for `max_age` seconds."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format, quality=JPEG_QUALITY)
    headers = {"Cache-Control": f"public, max-age={max_age}"}
    return Response(buffer.getvalue(), media_type=f"image/{format}", headers=headers)
