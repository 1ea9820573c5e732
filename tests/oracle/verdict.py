"""The verdict over one thing, when all has arrived: from both APIs, the request log and Tandem's lists only."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from sandbox.demo.products import plain
from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.oracle import lines
from tests.oracle.lists import Lists
from tests.oracle.shelves import Sighted
from tests.oracle.spelling import canonical, shown
from tests.oracle.things import PARENT, Given, Thing, Written


class Judge(Struct):
    """`written`: whether Tandem has written a value of a property to a side in this chapter. `listed` counts.

    `unseen`: whether a user wrote to a thing between Tandem's look and the write that followed it. What has neither
    stamps nor events (an item) can lose that edit without anybody knowing; one look before each write is all there is.
    """

    lists: Lists
    written: Written
    unseen: Callable[[Thing], bool]
    parents: dict[str, str]  # a customer's ref → its mark
    listed: int = 0

    def faults(self, thing: Thing, sightings: Sequence[Sighted], parent: str | None) -> list[str]:
        """Everything that is not as it must be; the thing then goes on from what is."""
        found = [f"{thing.name} ({thing.mark}): {one}" for one in self._all(thing, sightings, parent)]
        in_use = {one.system: one for one in sightings if self._current(thing, one)}
        seen = {system: shown(thing.entity, system, one.record) for system, one in in_use.items()}
        for system, one in in_use.items():
            thing.ids[system], thing.last[system] = one.id, one.record
        if thing.active:
            thing.turn(seen)
        thing.wished.clear()
        thing.acts.clear()
        thing.parents = thing.parents[:1]
        return found

    def _current(self, thing: Thing, one: Sighted) -> bool:
        """Whether a record stands where the thing's record has to, in use or archived as the thing is."""
        if one.shelf != thing.entity.end(one.system).shelf or one.in_use != thing.active:
            return False
        return not thing.exchanged or thing.active or one.id == thing.ids.get(one.system)

    def _all(self, thing: Thing, sightings: Sequence[Sighted], parent: str | None) -> Iterator[str]:
        yield from self._life(thing, sightings)
        yield from self._numbers(thing, sightings)
        in_use = {one.system: one for one in sightings if self._current(thing, one)}
        if not thing.active or len(in_use) < 2:
            return
        refs = [one.ref for one in in_use.values()]
        link = self.lists.link(refs)
        if link.get("state") != "linked" or {link["invoiced"], link["crm"]} != set(refs):
            held = [self.lists.unlinked[ref] for ref in refs if ref in self.lists.unlinked]
            yield f"{refs} are not linked: {link} {held}"
            return
        values = {system: shown(thing.entity, system, one.record) for system, one in in_use.items()}
        for one in thing.entity.properties:
            yield from self._property(thing, one.name, values, link["link_id"], refs[0])
        yield from self._parent(thing, in_use, parent, link["link_id"])
        yield from self._lines(thing, in_use)

    def _life(self, thing: Thing, sightings: Sequence[Sighted]) -> Iterator[str]:
        """In use or not, as the last user wished; of two who wished differently, either."""
        wishes = set(thing.wished.values()) or {thing.active}
        used = {system: any(one.in_use for one in sightings if one.system == system) for system in SYSTEMS}
        if len(set(used.values())) > 1 or used["crm"] not in wishes:
            yield f"in use: {used}, wished {thing.wished or thing.active}"
        thing.active = used["crm"] if used["crm"] in wishes else wishes.pop()

    def _numbers(self, thing: Thing, sightings: Sequence[Sighted]) -> Iterator[str]:
        """Once per side; only what has changed its flow leaves former records, and those are out of use."""
        for system in SYSTEMS:
            end = thing.entity.end(system)
            here = [one for one in sightings if one.system == system]
            wanted = [one for one in here if one.shelf == end.shelf and one.in_use == thing.active]
            most = 0 if end.erased and not thing.active else 1
            rest = [one for one in here if one not in wanted]
            if (len(wanted) != most and (thing.active or not thing.exchanged)) or any(
                one.in_use for one in rest
            ):
                yield f"{system} holds {[(one.ref, one.in_use) for one in here]}, wanted {most} of {end.shelf}"
            if rest and not thing.exchanged:
                yield f"{system} holds {[(one.ref, one.in_use) for one in rest]} beside it"

    def _property(
        self, thing: Thing, name: str, values: dict[Name, Record], link_id: str, ref: str
    ) -> Iterator[str]:
        both = {system: values[system][name] for system in SYSTEMS}
        finals = thing.finals(name, self.written)
        alike = both["invoiced"] == both["crm"]
        stands = all(both[system] == thing.agreed.get(system, {}).get(name, ...) for system in SYSTEMS)
        if not alike and not stands and not self.lists.differs(link_id, ref, name):
            yield f"{name} differs and is not listed: {both}, users left {_told(finals)}"
            return
        self.listed += not alike
        before = {values.get(name) for values in thing.agreed.values()}
        allowed = {one.value for one in finals.values()} or before
        if len(finals) > 1:  # what wins is written back, and may be tidied up by the API it came from
            allowed |= {str(value).upper() for value in allowed}
        if name not in thing.given and not any(name in values for values in thing.agreed.values()):
            return  # what the API filled in at birth, or what only the present flow knows
        known = thing.entity.events or not self.unseen(thing)
        if known and not any(value in allowed for value in both.values()):
            yield f"{name} is {both}, users left {_told(finals)}, agreed {thing.agreed and before}"
        elif known and alike and len({one.value for one in finals.values()}) > 1:
            yield from self._conflict(thing, name, both["crm"], finals, link_id)

    def _conflict(
        self, thing: Thing, name: str, value: Any, finals: dict[Name, Given], link_id: str
    ) -> Iterator[str]:
        """The later value may have followed the earlier one, which then was written there; else a conflict is listed."""
        first, last = sorted(finals.values(), key=lambda one: one.order)
        wanted = thing.entity.property(name)
        values = {first.value, last.value}
        listed = self.lists.conflicted(link_id, name, values, lambda one: canonical(wanted, one))
        self.listed += listed
        latest = str(value).upper() == str(last.value).upper()
        followed = latest and self.written(last.side, thing.mark, name, first.value)
        if not listed and not followed:
            yield f"{name} is {value!r} of {_told(finals)}, and no conflict is listed"

    def _parent(
        self, thing: Thing, in_use: dict[Name, Sighted], parent: str | None, link_id: str
    ) -> Iterator[str]:
        if thing.entity.parent is None:
            return
        crm = "CustomerId" if thing.entity.needs_parent else "ParentId"
        invoiced = "customer" if thing.entity.needs_parent else "parent_customer"
        ids = {"invoiced": in_use["invoiced"].record[invoiced], "crm": in_use["crm"].record[crm]}
        named = {
            system: self.parents.get(f"{system}:customer:{one}", f"unknown {one}") if one else None
            for system, one in ids.items()
        }
        finals = thing.finals(PARENT, self.written)
        marks = {one.value for one in finals.values()}
        if len({*named.values()}) > 1 or named["crm"] not in (marks or {parent}):
            yield f"its parent is {named}, wished {_told(finals) or parent}"
        elif len(marks) > 1 and not self._moved(thing, named["crm"], finals, link_id):
            yield f"its parent is {named['crm']} of {_told(finals)}, and no conflict is listed"
        if named["crm"] is not None:
            thing.parent = named["crm"].removeprefix(thing.token)

    def _lines(self, thing: Thing, in_use: dict[Name, Sighted]) -> Iterator[str]:
        """Every line of every user once, as it was left; the thing goes on with what the CRM shows."""
        both = {system: lines.shown(system, one.record) for system, one in in_use.items()}
        wanted = sorted((name, plain(one)) for name, one in thing.lines.items())
        if any(found != wanted for found in both.values()):
            yield f"its lines are {both}, users left {wanted}"
        thing.lines = dict(both["crm"])

    def _moved(self, thing: Thing, parent: str | None, finals: dict[Name, Given], link_id: str) -> bool:
        """Two wished for different parents: a conflict is listed, or the later wish has followed the earlier one."""
        first, last = sorted(finals.values(), key=lambda one: one.order)
        links = {
            self.lists.link([ref]).get("link_id")
            for ref, mark in self.parents.items()
            if mark in {first.value, last.value}
        }
        listed = self.lists.conflicted(link_id, str(thing.entity.parent), links, str)
        self.listed += listed
        return listed or (parent == last.value and self.written(last.side, thing.mark, PARENT, first.value))


def _told(finals: dict[Name, Given]) -> dict[str, Any]:
    return {side: one.value for side, one in finals.items()}
