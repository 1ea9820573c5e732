"""A thing of a story while it is told: where it stands, what both sides agreed on, what users have done since."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from tests.flow.customer_api import Name, Record
from tests.oracle.entities import Entity, Operation

# Whether Tandem has written to a side, of a thing by its mark, a property's value in this chapter (before a user's).
Written = Callable[..., bool]
PARENT = "parent of the thing"  # no property's name: what stands under it is the parent's mark


class Given(Struct, frozen=True):
    """A value a user has given; `order` counts all that users of the story did."""

    order: int
    side: Name
    value: Any


class Thing(Struct):
    """`ids` are those of the records in use when the chapter began; `agreed` the values both sides showed then.

    `given`: by property, everything users wrote since. While a thing is archived on both sides this goes on:
    what was edited meanwhile shows once it is restored.
    """

    name: str
    mark: str
    entity: Entity
    ids: dict[Name, Any] = field(default_factory=dict)
    agreed: dict[Name, Record] = field(default_factory=dict)
    given: dict[str, list[Given]] = field(default_factory=dict)
    parent: str | None = None
    parents: list[Any] = field(default_factory=list)  # of this chapter, the last one first
    active: bool = True
    wished: dict[Name, bool] = field(default_factory=dict)
    exchanged: bool = False  # it has changed flow: former records stay behind, archived
    was: str = ""  # its entity before that
    acts: list[Operation] = field(default_factory=list)
    lines: dict[str, str] = field(default_factory=dict)  # what every line of an order must show
    last: dict[Name, Record] = field(default_factory=dict)  # as the records were last seen

    def give(self, order: int, side: Name, values: Record) -> None:
        """A user has written these canonical values."""
        for name, value in values.items():
            self.given.setdefault(name, []).append(Given(order, side, value))

    def finals(self, name: str, written: Written) -> dict[Name, Given]:
        """The last value of either side since both agreed.

        An edit that leaves the old value is none, unless the other side's had been `written` there before it. So it
        is with who gives the value once more that they have given themselves.
        """
        last: dict[Name, Given] = {}
        for one in self.given.get(name, []):
            known = last.get(one.side)
            if known is None or known.value != one.value or self._met(name, one, written):
                last[one.side] = one
        agreed = {side: values.get(name) for side, values in self.agreed.items()}
        edited = {
            side: one
            for side, one in last.items()
            if not agreed or one.value != agreed[side] or self._met(name, one, written)
        }
        return edited or last

    def _met(self, name: str, given: Given, written: Written) -> bool:
        before = [one for one in self.given[name] if one.side != given.side and one.order < given.order]
        return any(written(given.side, self.mark, name, one.value, given.value) for one in before)

    @property
    def token(self) -> str:
        """What the marks of all things of its story begin with."""
        return self.mark.removesuffix(self.name)

    def turn(self, seen: dict[Name, Record]) -> None:
        """All has arrived: what is shown now is agreed."""
        self.agreed = seen
        self.given.clear()
