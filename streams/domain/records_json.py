"""Listed records as JSON bytes in the state, for the answers of the command line."""

import msgspec

from schemas.records import Conflict


def to_json(record: Conflict) -> bytes:
    return msgspec.json.encode(record)


def conflict_from(data: bytes) -> Conflict:
    """The Json union holds Decimal beside text, so values are read as plain JSON and put back."""
    return Conflict(**msgspec.json.decode(data))
