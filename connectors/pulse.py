"""When reading stands still for so long that the process should be restarted."""

from collections.abc import Iterable

# Retries of one request end within half a minute, and a page is tried three times.
PATIENCE_S, PATIENCE_INTERVALS = 180.0, 5


def stalled(now: float, signs: Iterable[float], interval_s: float) -> str | None:
    """Say since when there has been no sign of life, if that is too long; all by the monotonic clock.

    A round may take its time and an API may be down or ask for silence: a sign is the beginning of a round, each
    attempt to read, whatever came of it, and the end of a silence the API asked for.
    """
    still = now - max(signs)
    if still < max(PATIENCE_S, PATIENCE_INTERVALS * interval_s):
        return None
    return f"no round has begun and nothing has been read for {still:.0f} s"
