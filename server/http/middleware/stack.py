"""What lies around the routes, in which order: every answer passes the headers and the count, whatever its way out."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES

from server.http.metrics import Metrics
from server.http.middleware.body_limit import BodyLimit
from server.http.middleware.head_as_get import HeadAsGet
from server.http.middleware.request_timing import RequestTiming
from server.http.middleware.security_headers import SecurityHeaders
from server.http.middleware.unhandled_errors import UnhandledErrors
from server.settings import Settings

ALLOWED = ["GET", "HEAD", "POST", "DELETE"]
EXPOSED = ["X-Bounds", "X-Rescale"]


def install_middleware(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """Put everything around the routes of `app`; what is added later lies further out."""
    uploads = {"/search": settings.max_upload_bytes + settings.max_body_bytes}
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, uploads=uploads)
    app.add_middleware(UnhandledErrors)
    app.add_middleware(HeadAsGet)
    # A raster is compressed by itself, and is read in parts.
    app.add_middleware(
        GZipMiddleware,
        minimum_size=1024,
        compresslevel=5,
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "image/tiff"),
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=ALLOWED, expose_headers=EXPOSED
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestTiming, count=metrics.count)
