"""What the flows say about the records to be read: which entities, and which dotted names are used of them."""

from collections.abc import Iterable, Mapping
from typing import Literal

from schemas.flow import Flow

FIRST = "customer"  # others refer to it, so it is read before them


def entities_of(flows: Iterable[Flow], system: Literal["invoiced", "crm"]) -> tuple[str, ...]:
    """Return the entities of a system that the flows keep in step or wait for, parents first."""
    found: set[str] = set()
    for flow in flows:
        side = flow.invoiced if system == "invoiced" else flow.crm
        found |= {side.entity, *flow.barrier.get(system, ())}
    return tuple(sorted(found, key=lambda entity: (entity != FIRST, entity)))


def modelled_of(flows: Iterable[Flow]) -> Mapping[str, frozenset[str]]:
    """Return the dotted Invoiced names of the flows, by entity: where their object lacks one, it is empty, not unknown."""
    found: dict[str, set[str]] = {}
    for flow in flows:
        names = {one.invoiced for one in flow.properties if "." in one.invoiced}
        found.setdefault(flow.invoiced.entity, set()).update(names)
    return {entity: frozenset(names) for entity, names in found.items()}
