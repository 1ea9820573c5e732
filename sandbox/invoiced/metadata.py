"""The rules of the `metadata` map that most objects carry; pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .errors import InvalidError
from .exact_json import dumps, plain_number

MAX_KEYS = 10
MAX_KEY = 40
MAX_VALUE = 255


def write_metadata(
    present: Mapping[str, Any], written: Mapping[str, Any] | None, switches: Mapping[str, bool]
) -> dict[str, Any]:
    """The map after a write: the written one, or both merged with the switch off."""
    kept = {} if written is None or switches["invoiced.metadata_replace"] else dict(present)
    for key, value in (written or {}).items():
        kept.pop(key, None)
        if value is not None and value != "":
            kept[key] = _value(key, value, switches)
    if len(kept) > MAX_KEYS:
        raise InvalidError(f"metadata has {len(kept)} keys, at most {MAX_KEYS} are kept", "metadata")
    return kept


def _value(key: str, value: Any, switches: Mapping[str, bool]) -> Any:
    if not key or len(key) > MAX_KEY:
        raise InvalidError(f"The metadata key {key[:60]!r} must have 1 to {MAX_KEY} characters", "metadata")
    if isinstance(value, dict | list):
        if not switches["invoiced.metadata_nested_as_text"]:
            raise InvalidError(
                f"The metadata value of {key!r} must be text, a number or a boolean", "metadata"
            )
        value = dumps(value)
    if isinstance(value, Decimal):
        value = plain_number(value)
    if len(as_text(value)) > MAX_VALUE:
        raise InvalidError(f"The metadata value of {key!r} has more than {MAX_VALUE} characters", "metadata")
    return value if switches["invoiced.metadata_typed"] else as_text(value)


def as_text(value: Any) -> str:
    """A metadata value as the filter `metadata[key]=` compares it."""
    return value if isinstance(value, str) else dumps(value)
