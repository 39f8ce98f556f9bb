"""Watch: how whoever asked for a sound follows it and calls it off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from model.errors import Cancelled

Progress = Callable[[int, int], None]
"""Told after each step: how many are done, and of how many."""
Cancel = Callable[[], bool]
"""Asked before each step: is the sound no longer wanted? `threading.Event().is_set` is one."""


@dataclass(frozen=True)
class Watch:
    """The two callbacks of one render; either may be left out. Both run in the thread that renders."""

    progress: Progress | None = None
    cancel: Cancel | None = None

    def check(self) -> None:
        """Stop here if the sound is no longer wanted.

        Raises:
            Cancelled: it is not.
        """
        if self.cancel is not None and self.cancel():
            raise Cancelled("the sound was called off")

    def tell(self, done: int, total: int) -> None:
        """Say that `done` of `total` steps are done."""
        if self.progress is not None:
            self.progress(done, total)
