"""The lines of an order while a story is told: each has a name nobody else uses, and one quantity that everybody must show."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.demo.products import plain
from tests.flow.customer_api import Name, Record
from tests.flow.order_api import ID, LINE, LIST
from tests.oracle.shelves import Shelves

COST = "10"
Lines = Mapping[str, str | None]  # name → quantity; None: the line goes


def entered(side: Name, lines: Lines) -> list[Record]:
    """New lines as a user of a system enters them."""
    return [
        dict(zip(LINE[side], (name, _number(side, quantity), _number(side, COST)), strict=True))
        for name, quantity in lines.items()
        if quantity is not None
    ]


def shown(side: Name, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a record shows: every line's name and quantity."""
    name, quantity, _ = LINE[side]
    return sorted((one[name], plain(one[quantity])) for one in record.get(LIST[side]) or [])


def changed(side: Name, record: Mapping[str, Any], lines: Lines) -> list[Record]:
    """The whole set a user sends back: what stands there with these changes, and what is new."""
    names, quantities, _ = LINE[side]
    stand = {one[names]: one[ID[side]] for one in record.get(LIST[side]) or []}
    kept: list[Record] = []
    for name, number in stand.items():
        quantity = lines.get(name, "")
        if quantity is not None:
            more = {quantities: _number(side, quantity)} if quantity else {}
            kept.append({ID[side]: number, **more})
    return kept + entered(side, {name: one for name, one in lines.items() if name not in stand})


def edit(shelves: Shelves, paths: Mapping[Name, str], lines: Mapping[Name, Lines]) -> bool:
    """Users of both sides send their sets back, Invoiced's first: nobody has a look at it in between.

    The CRM's user names the version that was read, and reads once more where it is another by now.
    """
    for side, wanted in sorted(lines.items(), reverse=True):
        while True:
            record = shelves.read(side, paths[side])
            if record is None:
                return False
            content, version = {LIST[side]: changed(side, record, wanted)}, record.get("Version")
            if shelves.write(side, "PATCH", paths[side], content, version) is not None:
                break
            if version is None:
                return False
    return True


def _number(side: Name, value: str) -> Any:
    return Decimal(value) if side == "invoiced" else value
