"""Around every request, one middleware a file: what may come in, what goes out with every answer, what is counted."""

from server.http.middleware.body_limit import BodyLimit
from server.http.middleware.head_as_get import HeadAsGet
from server.http.middleware.request_timing import RequestTiming
from server.http.middleware.security_headers import SecurityHeaders
from server.http.middleware.stack import install_middleware
from server.http.middleware.unhandled_errors import UnhandledErrors

__all__ = ["BodyLimit", "HeadAsGet", "RequestTiming", "SecurityHeaders", "UnhandledErrors", "install_middleware"]
