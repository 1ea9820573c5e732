"""What would be written if everything held were opened now: the real rules, tried on a desk that is thrown away."""

from typing import Any

from msgspec.structs import replace

from streams.domain.config import Config
from streams.domain.fold import GATES, Fold
from streams.domain.links import FORMER, converge
from streams.domain.references import referred
from streams.domain.rows import LinkRow, direction_to, other, side_of

Planned = dict[str, Any]


def _opened(fold: Fold) -> Fold:
    """A desk over the same rows on which every direction is open and no breaker trips."""
    config: Config = replace(fold.config, change_share=1.0, delete_share=1.0)
    trial = Fold(fold.view, config, fold.event)
    gates = {f"{flow.name}|{direction}": ["open", ""] for flow in config.flows for direction in GATES}
    trial.tenant = replace(trial.tenant, gates=gates, breakers={})
    return trial


def _shown(fold: Fold, row: LinkRow, system: str, name: str, value: Any) -> Any:
    """A value as people know it: a reference by its parent's ref, on this side if it is there already."""
    prop = next((one for one in fold.flow(row).properties if one.name == name), None)
    if prop is None or prop.type != "reference" or not isinstance(value, str):
        return value
    link = fold.link(value.removesuffix(FORMER))
    if link is None:
        return f"{system}:{next(iter(referred(fold.config, prop, system).values()))}:{value}"
    return side_of(link, system).ref or side_of(link, other(system)).ref


def planned(fold: Fold, row: LinkRow, system: str) -> Planned | None:
    """The command this side would get; nothing where opening would write nothing.

    `values` are by property, in canonical form; a cross-reference of ours that is written along is told apart.
    """
    side = side_of(row, system)
    flight = side_of(converge(_opened(fold), replace(row, paused=False)), system).flight
    if flight is None or flight is side.flight:
        return None
    return {
        "link_id": row.id,
        "flow": row.flow,
        "invoiced": row.invoiced.ref,
        "crm": row.crm.ref,
        "direction": direction_to(system),
        "verb": flight.verb,
        "values": {
            name: {
                "from": _shown(fold, row, system, name, side.seen.get(name)),
                "to": _shown(fold, row, system, name, value),
            }
            for name, value in sorted(flight.source.items())
        },
        "cross_reference": flight.xref,
    }
