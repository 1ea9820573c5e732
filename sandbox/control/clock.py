"""The time a simulator lives in: the machine's, moved by an offset that tests set."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class Clock:
    """Gives the `Date` header and the stamps of records; never used to order anything."""

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s

    def now(self) -> datetime:
        """The simulator's present, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)

    def http_date(self) -> str:
        """The present as a `Date` header."""
        return format_datetime(self.now(), usegmt=True)
