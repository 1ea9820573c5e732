"""When an invoice is due by its payment terms; pure."""

import re

NET = re.compile(r"net[ -]?(\d{1,4})", re.ASCII | re.IGNORECASE)
AT_ONCE = "due on receipt"
DAY_S = 86_400


def due_date(date: int, terms: str | None) -> int | None:
    """So many days after its date; None where the terms say no such thing."""
    text = (terms or "").strip()
    if text.lower() == AT_ONCE:
        return date
    net = NET.fullmatch(text)
    return None if net is None else date + int(net[1]) * DAY_S
