"""What must not happen: a key in another tenant's partition, a row too large, going on after a failed ack."""

import os
from collections.abc import Mapping
from typing import NoReturn

import structlog

from streams.rows import OWN

FAILED_ACK = 3  # exit code: what was read is read again by the next process

log = structlog.get_logger(__name__)


class ForeignKeyError(ValueError):
    """A key that does not belong to the partition's tenants."""


class TooLargeError(ValueError):
    """A row or record above the topics' limit."""


def stop(reason: str, **where: object) -> NoReturn:
    """One clear line, then out, without clean-up: nothing unacknowledged may be acknowledged on the way."""
    log.error("process.ended", reason=reason, **where)
    os._exit(FAILED_ACK)


def prefixes(tenants: Mapping[str, int], partition: int) -> tuple[bytes, ...]:
    """The key prefixes that may stand in a partition."""
    return tuple(f"{tenant}|".encode() for tenant, home in tenants.items() if home == partition)


def is_index(key: bytes) -> bool:
    """Index keys `<tenant>|x:…` are derived from rows and never enter the changelog."""
    return key[key.find(b"|") + 1 :].startswith(b"x:")


def check_key(key: bytes, allowed: tuple[bytes, ...], partition: int) -> None:
    if not key.startswith(allowed) or key.startswith(OWN):
        raise ForeignKeyError(
            f"key {key[:80]!r} is not of a tenant of partition {partition} ({', '.join(map(repr, allowed)) or 'none'}): "
            "give the tenant this partition in the settings, or build the key with the event's own tenant"
        )


def check_size(size: int, limit: int, what: str) -> None:
    if size > limit:
        raise TooLargeError(f"{what} has {size} bytes, above the {limit} a record may have: park it")
