"""What an entity of the CRM consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .kinds import Property
from .nested import Lines, Part

Rule = Callable[[Mapping[str, Any] | None, dict[str, Any], Mapping[str, bool]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Entity:
    """One collection: `/path`. Filters are served from the columns `natural`, `owner` and `contact` of its records.

    A rule is asked at every write: the document before (None: a new one) and after, and the switches. It refuses,
    or gives the document to keep.
    """

    path: str
    prefix: str
    properties: Mapping[str, Property | Part | Lines]
    natural: str | None = None
    owner: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
