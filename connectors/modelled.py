"""Which dotted names the flows use: where their object lacks one, it is empty, not unknown."""

from collections.abc import Iterable, Mapping

from schemas.flow import Flow


def modelled_of(flows: Iterable[Flow]) -> Mapping[str, frozenset[str]]:
    """Return the dotted Invoiced names of the flows, by entity."""
    found: dict[str, set[str]] = {}
    for flow in flows:
        names = {one.invoiced for one in flow.properties if "." in one.invoiced}
        found.setdefault(flow.invoiced.entity, set()).update(names)
    return {entity: frozenset(names) for entity, names in found.items()}
