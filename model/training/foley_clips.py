"""Foley's sources as training recordings: sounds whose name is known because we made them."""

from __future__ import annotations
