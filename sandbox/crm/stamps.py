"""Moments as the API writes them: RFC 3339 in UTC with milliseconds; pure."""

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
FIRST, LAST = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999


def rfc3339(at_ms: int) -> str:
    """Milliseconds since 1970 as the API writes them."""
    at = EPOCH + timedelta(milliseconds=at_ms)
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def millis(stamp: str) -> int:
    """An API stamp as milliseconds since 1970; a part of a millisecond counts as a whole one."""
    return -((EPOCH - datetime.fromisoformat(stamp)) // MILLISECOND)


def instant(text: str) -> int | None:
    """RFC 3339 with any offset as milliseconds since 1970, finer parts cut off; None if it is no such moment."""
    if RFC3339.fullmatch(text) is None:
        return None
    try:
        at = (datetime.fromisoformat(text.upper()) - EPOCH) // MILLISECOND
    except ValueError:
        return None
    return at if FIRST <= at <= LAST else None
