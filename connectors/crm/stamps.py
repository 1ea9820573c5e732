"""A CRM's times of change as ms since 1970 and back, in the form its profile names."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from schemas.profile import TimeFormat
from schemas.records import Json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS: dict[TimeFormat, int] = {"rfc3339": 1, "unix-millis": 1, "unix-seconds": 1000}


def to_ms(value: Json, form: TimeFormat) -> int | None:
    """Return a stamp in ms, rounded down; None for what is no stamp of this form."""
    if form == "rfc3339":
        return _from_text(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return int(value * UNITS[form])


def from_ms(ms: int, form: TimeFormat) -> str:
    """Return a stamp as a query shows it."""
    if form == "rfc3339":
        return rfc3339(ms)
    return str(ms // UNITS[form])


def rfc3339(ms: int) -> str:
    """Return ms as text in UTC."""
    return (_EPOCH + timedelta(milliseconds=ms)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


def _from_text(value: Json) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment - _EPOCH) // timedelta(milliseconds=1)
