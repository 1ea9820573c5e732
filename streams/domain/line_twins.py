"""Whether a line that is shown is one of ours whose answer is still out, or one that was born on both sides."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schemas.flow import Flow
from streams.domain.doubt import may_be
from streams.domain.lenses import UNKNOWN, get
from streams.domain.rows import LinkRow, Side, other, side_of
from streams.domain.values import same

Image = Mapping[str, Any]


def twin(flow: Flow, row: LinkRow, system: str, key: str, one: Image) -> bool:
    """Whether a line shows what was sent for this key, or the other side's line shows: ours, met before its answer, or born twice."""
    there, lines = side_of(row, other(system)), flow.lines
    wished = _wishes(side_of(row, system))
    ours = f"line.{key}" in sent(side_of(row, system))
    told = []
    for prop in lines.properties if lines is not None else ():
        name = f"line.{key}.{prop.name}"
        theirs = wished[name] if name in wished else there.seen.get(name)
        if theirs is None or prop.type == "reference" or prop.direction != "both":
            continue
        mine = get(prop, system, one)
        told.append(same(prop.type, mine, theirs) or (ours and _kept(mine, theirs)))
    return bool(told) and all(told)


def _kept(shown: Any, sent: Any) -> bool:
    """Whether an API may have made one value of the other: numbers are rounded."""
    try:
        return abs(Decimal(str(shown)) - Decimal(str(sent))) < 1
    except ArithmeticError:
        return shown is not UNKNOWN and may_be(shown, sent)


def _wishes(side: Side) -> dict[str, Any]:
    """What was sent there and is not answered for good, by property: the other side may have moved on."""
    flights = (side.unanswered, side.flight)
    return {name: value for one in flights if one is not None for name, value in one.source.items()}


def sent(side: Side) -> set[str]:
    """What was sent there and is not answered for good."""
    return _wishes(side).keys() | side.doubt.keys()
