"""No edit is lost: what a user wrote last is what stands there at the end, or what the other side's user wrote."""

from typing import Any

from tests.property.tellers import FIELDS, Teller
from tests.property.world import SYSTEMS


def kept(teller: Teller) -> None:
    """The value at the end is what a user of one side wrote last, and who alone wrote has it as written."""
    for (number, prop), said in teller.said.items():
        if number in teller.touched:
            continue
        for side in said:
            _kept(teller, number, prop, side, said)
    teller.said.clear()
    teller.touched.clear()


def _kept(teller: Teller, number: int, prop: str, side: str, said: dict[str, Any]) -> None:
    name = teller.find(side, number)
    if name is None:
        return
    value = _plain(teller.api(side).records[name][FIELDS[prop][SYSTEMS.index(side)]])
    shapes = {_plain(one) for one in ([said[side]] if len(said) == 1 else said.values())}
    for _ in range(3):  # what one API makes of a value, the other may make something else of
        shapes |= {_shape(teller, system, prop, one) for one in shapes for system in SYSTEMS}
    told = value in shapes or _undecidable(teller, prop, shapes) or _taken_back(teller, prop, shapes)
    assert told, f"lost edit: Org {number}.{prop} in {side} is {value!r}, users last wrote {said}"


def _taken_back(teller: Teller, prop: str, shapes: set[Any]) -> bool:
    """A value the other side would not have was taken back, where the flow says so: it is listed."""
    told = [one for one in teller.world.conflicts if (one.policy, one.property) == ("rejected", prop)]
    return bool(shapes & {_plain(one.invoiced if one.winner == "crm" else one.crm) for one in told})


def _undecidable(teller: Teller, prop: str, shapes: set[Any]) -> bool:
    """Where an API keeps values in its own way, whose a value is cannot always be told: then it is listed."""
    reshaped = any(_shape(teller, system, prop, "golden ages") != "golden ages" for system in SYSTEMS)
    losers = {_plain(one.invoiced if one.winner == "crm" else one.crm) for one in teller.world.conflicts}
    return reshaped and bool(shapes & losers)


def _shape(teller: Teller, system: str, prop: str, value: Any) -> Any:
    return _plain(teller.api(system).normalise(FIELDS[prop][SYSTEMS.index(system)], value))


def _plain(value: Any) -> Any:
    return value.strip() or None if isinstance(value, str) else value
