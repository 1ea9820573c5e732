"""Several pages that share one stamp: read until two passes in a row have shown the same records.

A record that is edited leaves the tie, and what stood behind it moves one place forward, perhaps over a page's
edge. It leaves one pass, or is new to the next: two equal passes mean that nothing moved during the first.
"""

import hashlib
from collections.abc import Iterable

from connectors.source import Place

_SIZE = 2**62


def summed(place: Place, refs: Iterable[str]) -> int:
    """Return the pass's digest after these records; their order does not matter."""
    total = place.digest
    for ref in refs:
        total += int.from_bytes(hashlib.blake2b(ref.encode(), digest_size=8).digest(), "big")
    return total % _SIZE


def next_page(place: Place, tie: int, digest: int, token: str | None = None) -> Place:
    """Return the next page of this pass."""
    return Place(place.since, place.page + 1, tie, digest, place.before, token=token)


def is_whole(place: Place, digest: int) -> bool:
    """Tell at a pass's end whether the tie has been read: in one page, or twice the same."""
    return place.page == 1 or place.before == digest


def next_pass(place: Place, tie: int, digest: int) -> Place:
    """Return the first page of another pass."""
    return Place(place.since, 1, tie, 0, digest)
