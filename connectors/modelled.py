"""What the flows say about the records to be read: which entities, and which dotted names are used of them."""

from collections.abc import Iterable, Mapping

from schemas.api_fields import System
from schemas.flow import Flow
from schemas.flow_fields import names_of

FIRST = "customer"  # others refer to it, so it is read before them


def entities_of(flows: Iterable[Flow], system: System) -> tuple[str, ...]:
    """Return the entities of a system that the flows keep in step or wait for, parents first."""
    found: set[str] = set()
    for flow in flows:
        side = flow.invoiced if system == "invoiced" else flow.crm
        found |= {side.entity, *flow.barrier.get(system, ())}
    return tuple(sorted(found, key=lambda entity: (entity != FIRST, entity)))


def modelled_of(flows: Iterable[Flow], system: System) -> Mapping[str, frozenset[str]]:
    """Return a system's dotted names of the flows, by entity: where their object lacks one, it is empty, not unknown."""
    found: dict[str, set[str]] = {}
    for flow in flows:
        entity = flow.invoiced.entity if system == "invoiced" else flow.crm.entity
        names = {name for one in flow.properties for name in names_of(one, system) if "." in name}
        found.setdefault(entity, set()).update(names)
    return {entity: frozenset(names) for entity, names in found.items()}
