"""How fast requests may go: a token bucket whose rate halves when the API complains and creeps back."""


class Bucket:
    """Additive increase, multiplicative decrease around a token bucket; time is an argument.

    A rate never falls below a fiftieth of `rps`, so a throttled connector still notices when it is over.
    """

    def __init__(self, rps: float, burst: float, now: float) -> None:
        self.limit = rps
        self.rate = rps
        self._burst = max(1.0, burst)
        self._tokens = self._burst
        self._at = now
        self.closed_until = now
        self._halved_at = now - 1.0

    def wait(self, now: float) -> float:
        """Return the seconds until a token is there; 0 takes nothing yet."""
        self._fill(now)
        closed = self.closed_until - now
        missing = (1.0 - self._tokens) / self.rate if self._tokens < 1.0 else 0.0
        return max(closed, missing, 0.0)

    def take(self, now: float) -> None:
        """Take one token; call it when `wait` has returned 0."""
        self._fill(now)
        self._tokens -= 1.0

    def succeeded(self) -> None:
        """Let the rate grow: about a twentieth of the limit for each second's worth of answers."""
        self.rate = min(self.limit, self.rate + self.limit / (20 * max(1.0, self.rate)))

    def throttled(self, now: float, after: float | None) -> None:
        """Halve the rate, once a second at most: five requests in flight are one complaint."""
        if now - self._halved_at >= 1.0:
            self.rate = max(self.limit / 50, self.rate / 2)
            self._halved_at = now
        self._tokens = min(self._tokens, 0.0)
        self.closed_until = max(self.closed_until, now + (after or 0.0))

    def _fill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self.rate)
        self._at = max(self._at, now)
