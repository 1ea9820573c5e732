"""Orders as their users have them on both sides: what they enter, and what both sides show of it."""

from decimal import Decimal
from typing import Any

from msgspec import Struct

from tests.flow.customer_api import SYSTEMS, Name, Record, other
from tests.flow.family_api import Family
from tests.flow.family_records import Place
from tests.flow.installation import Installation

SHELF: dict[Name, str] = {"invoiced": "invoices", "crm": "orders"}
LIST: dict[Name, str] = {"invoiced": "items", "crm": "Lines"}
ID: dict[Name, str] = {"invoiced": "id", "crm": "LineId"}
LINE: dict[Name, tuple[str, str, str]] = {
    "invoiced": ("name", "quantity", "unit_cost"),
    "crm": ("Name", "Quantity", "UnitPrice"),
}
TOTALS: dict[Name, tuple[str, str, str]] = {
    "invoiced": ("subtotal", "total", "balance"),
    "crm": ("Subtotal", "TotalAmount", "BalanceDue"),
}
Line = tuple[str, Decimal, Decimal]


class Orders(Struct, frozen=True):
    """What users of both systems do with orders and their lines."""

    installation: Installation

    @property
    def users(self) -> Family:
        """The same users at work on other records."""
        return Family(self.installation)

    def line(self, system: Name, name: str, quantity: str = "1", price: str = "10", **more: Any) -> Record:
        """A line as that system's user writes it."""
        numbers: list[Any] = [quantity, price]
        if system == "invoiced":
            numbers = [Decimal(quantity), Decimal(price)]
        return {**dict(zip(LINE[system], [name, *numbers], strict=True)), **more}

    def enter(self, system: Name, buyer: Record, *lines: Record, **more: Any) -> Place:
        """A new order of that buyer."""
        made = self.users.send(
            system, "POST", f"/{SHELF[system]}", {**buyer, LIST[system]: list(lines), **more}
        ).json()
        return Place(system, SHELF[system], made["Id" if system == "crm" else "id"])

    def there(self, place: Place) -> Place:
        """Its counterpart, once it stands."""
        far = other(place.system)
        self.installation.until(True, lambda: bool(self.users.link(place).get(far)))
        return Place(far, SHELF[far], self.users.link(place)[far].split(":")[2])

    def lines(self, place: Place) -> list[Record]:
        """Its lines as that system shows them."""
        found: list[Record] = self.users.read(place)[LIST[place.system]]
        return found

    def shown(self, place: Place) -> list[Line]:
        """What its lines say, by name."""
        names = LINE[place.system]
        found = [
            (str(one[names[0]]), Decimal(str(one[names[1]])), Decimal(str(one[names[2]])))
            for one in self.lines(place)
        ]
        return sorted(found)

    def write(self, place: Place, lines: list[Record]) -> None:
        """A user sends the whole set; of a line that is there its id and what is to change is enough."""
        self.users.patch(place, **{LIST[place.system]: lines})

    def kept(self, place: Place) -> list[Record]:
        """The lines as a user sends them back unchanged."""
        number = ID[place.system]
        return [{number: one[number]} for one in self.lines(place)]

    def totals(self, place: Place) -> list[Decimal | None]:
        """Subtotal, total and balance."""
        found = self.users.read(place)
        return [None if found[name] is None else Decimal(str(found[name])) for name in TOTALS[place.system]]

    def both(self, one: Place, two: Place, *lines: Line) -> None:
        """Waits until both show these lines and the same totals."""
        self.installation.until([sorted(lines)] * 2, lambda: [self.shown(place) for place in (one, two)])
        self.installation.until(True, lambda: self.totals(one) == self.totals(two))

    def quiet(self) -> None:
        """Three rounds without one write by Tandem."""
        self.installation.settle()
        since = self.installation.marks()
        self.installation.settle(3)
        assert self.installation.writes(since) == []


def said(name: str, quantity: str, price: str) -> Line:
    """A line as it should stand."""
    return (name, Decimal(quantity), Decimal(price))


__all__ = ["ID", "LINE", "LIST", "SHELF", "SYSTEMS", "Line", "Orders", "said"]
