"""The form in which a side keeps what both agree on, where the other side's API has made something else of it.

Invoiced's user wrote `Oslo`, the CRM keeps `OSLO`: that is listed as normalised, and agreed. A record that is made
anew in Invoiced is given `Oslo`, its user's value, and not what the CRM shows.
"""

from collections.abc import Mapping
from typing import Any

from schemas.flow import Flow
from streams.domain.observe import plain
from streams.domain.rows import LinkRow, Side, other, side_of
from streams.domain.values import same


def own(flow: Flow, row: LinkRow, system: str) -> dict[str, Any]:
    """The values of a side that stand agreed in a form of their own."""
    side, far = side_of(row, system), side_of(row, other(system))
    return {
        prop.name: side.seen[prop.name]
        for prop in plain(flow)
        if prop.name in side.base
        and prop.name in side.seen
        and same(prop.type, side.base[prop.name], side.seen[prop.name])
        and agreed(prop.type, far, prop.name, side.seen[prop.name], far.seen.get(prop.name))
    }


def agreed(kind: str, far: Side, name: str, near: Any, shown: Any) -> bool:
    """Whether the far side shows what its API has made of the near one's value."""
    pair = far.normalised.get(name)
    return pair is not None and same(kind, pair[0], near) and same(kind, pair[1], shown)


def spelt(flow: Flow, row: LinkRow, system: str, seen: Mapping[str, Any]) -> dict[str, Any]:
    """What the other side shows, as this side spells it."""
    return {**seen, **{name: value for name, value in own(flow, row, system).items() if name in seen}}
