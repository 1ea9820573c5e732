"""What is counted of one system's requests."""

from schemas import meters


class Tally:
    """The meters of one system's HTTP client."""

    def __init__(self, system: str) -> None:
        self._system = system

    def exchanged(self, method: str, status: str, seconds: float) -> None:
        """Count a request and what came back: a status, or `none`."""
        kind = "read" if method == "GET" else "write"
        meters.count("tandem_http_requests_total", system=self._system, kind=kind, status=status)
        meters.observe("tandem_http_request_seconds", seconds, system=self._system, kind=kind)

    def answered(self, *, throttled: bool, rate: float, skew_ms: int) -> None:
        """Say what an answer means for the requests after it."""
        if throttled:
            meters.count("tandem_throttled_total", system=self._system)
        meters.gauge("tandem_budget_requests_per_second", rate, system=self._system)
        meters.gauge("tandem_clock_skew_milliseconds", skew_ms, system=self._system)
