"""What a write of money needs to know beside its fields: when, in which currency, and what new parts are called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """The surroundings of one write; `next_id` gives the next id of a sequence."""

    now: int
    currency: str
    next_id: Callable[[str], int]
    switches: Mapping[str, bool]
