"""How often something that failed is tried again, and how long is waited before."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential back-off: `first` seconds after the first failure, twice as long after each one more, at most `most`.

    `attempts` failures one after the other are the last; None: it is tried for ever.
    """

    first: float = 1.0
    most: float = 60.0
    attempts: int | None = None

    def delay(self, failures: int) -> float | None:
        """Seconds to wait after so many failures one after the other (1 or more); None: that was the last."""
        if self.attempts is not None and failures >= self.attempts:
            return None
        return min(self.most, self.first * 2.0 ** min(failures - 1, 64))
