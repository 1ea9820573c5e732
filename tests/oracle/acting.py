"""Carrying out the acts of a story on its own records."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from tests.flow.customer_api import Name, Record, other
from tests.flow.order_api import LIST
from tests.oracle import lines
from tests.oracle.entities import Entity
from tests.oracle.shelves import Shelves
from tests.oracle.spelling import body, canonical, salted
from tests.oracle.steps import Act, Story
from tests.oracle.things import PARENT, Thing

CRM_PARENT = {"customer": "ParentId", "contact": "CustomerId"}


class Telling(Struct):
    """A story that is being told on records of its own, and what has become of its things."""

    story: Story
    token: str
    entities: Mapping[str, Entity]
    shelves: Shelves
    things: dict[str, Thing] = field(default_factory=dict)
    order: int = 0
    skipped: int = 0

    def act(self, act: Act) -> None:
        """Does it; what cannot be done (any more) is left out: a shortened story still makes sense."""
        self.order += 1
        done = self._create(act) if act.operation == "create" else self._change(act)
        if not done:
            self.skipped += 1

    def _create(self, act: Act) -> bool:
        entity = self.entities[act.entity]
        thing = Thing(act.thing, f"{self.token}{act.thing}", entity, parent=act.parent)
        values = self._salted(thing, act.values)
        content = (
            {**dict(entity.end(act.side).create), **body(entity, act.side, values)}
            if act.side == "invoiced"
            else body(entity, "crm", values)
        )
        path = f"/{entity.end(act.side).shelf}"
        if act.parent is not None:
            parent = self.things.get(act.parent)
            if parent is None or act.side not in parent.ids:
                return False
            thing.parents.insert(0, parent.ids.get("invoiced"))
            if act.side == "crm":
                content["CustomerId"] = parent.ids["crm"]
            elif entity.invoiced.below:
                path = f"/customers/{parent.ids['invoiced']}/contacts"
            else:
                content["customer"] = parent.ids["invoiced"]
        if act.lines:
            content[LIST[act.side]] = lines.entered(act.side, act.lines)
            thing.lines = {name: str(quantity) for name, quantity in act.lines.items()}
        made = self.shelves.write(act.side, "POST", path, content)
        assert made is not None, f"{act.side} refuses {content}"
        thing.ids[act.side] = made["Id" if act.side == "crm" else "id"]
        thing.acts.append("create")
        thing.give(self.order, act.side, self._canonical(entity, values))
        self.things[act.thing] = thing
        return True

    def _change(self, act: Act) -> bool:
        thing = self.things.get(act.thing)
        if thing is None:
            return False
        match act.operation:
            case "archive" | "restore":
                done = self._life(act, thing)
            case "refer" | "flow":
                done = self._refer(act, thing)
            case "price":
                done = self._price(act, thing)
            case "lines":
                done = thing.active and self._lines(act, thing)
            case _:
                done = thing.active and self._edit(thing, act.side, act.values)
                if done and act.also:
                    self.order += 1
                    done = self._edit(thing, other(act.side), act.also)
        thing.acts += [act.operation] if done else []
        return done

    def _edit(self, thing: Thing, side: Name, given: Mapping[str, Any]) -> bool:
        values = self._salted(thing, given)
        content = body(thing.entity, side, values)
        return self._patch(thing, side, content, values)

    def _patch(self, thing: Thing, side: Name, content: Record, values: Record) -> bool:
        if (
            side not in thing.ids
            or self.shelves.write(side, "PATCH", self.path(thing, side), content) is None
        ):
            return False
        thing.give(self.order, side, self._canonical(thing.entity, values))
        return True

    def _lines(self, act: Act, thing: Thing) -> bool:
        """Both sides' users at once, each with lines of their own."""
        given = {act.side: act.lines, other(act.side): act.also_lines}
        if len(thing.ids) < len(given):
            return False
        if not lines.edit(self.shelves, {side: self.path(thing, side) for side in given}, given):
            return False
        for name, quantity in (*act.lines.items(), *act.also_lines.items()):
            thing.lines.pop(name, None)
            thing.lines |= {} if quantity is None else {name: quantity}
        return True

    def _life(self, act: Act, thing: Thing) -> bool:
        wanted, end, path = act.operation == "restore", thing.entity.end(act.side), self.path(thing, act.side)
        if thing.active == wanted:
            return False
        if act.side == "crm":
            asked = ("PATCH", path, {"IsDeleted": False}) if wanted else ("DELETE", path, None)
        elif not end.erased:
            asked = ("PATCH", path, {"active": wanted})
        else:
            asked = ("POST", f"/{end.shelf}", self._again(thing)) if wanted else ("DELETE", path, None)
        done = self.shelves.write(act.side, *asked) is not None
        if done:
            thing.wished[act.side] = wanted
        return done

    def _refer(self, act: Act, thing: Thing) -> bool:
        """Another parent, or another flow: a customer's `type`, a contact's `CustomerId`."""
        parent = self.things.get(act.parent) if act.parent else None
        target = self.entities[act.entity] if act.operation == "flow" else thing.entity
        if not thing.active or (act.parent and (parent is None or act.side not in parent.ids)):
            return False
        named = parent.ids[act.side] if parent else None
        stands = False
        if act.operation == "refer":
            content = {CRM_PARENT[thing.entity.name] if act.side == "crm" else "parent_customer": named}
            stands = self._stands(thing, act.side, content)
        else:
            content = {"CustomerId": named} if act.side == "crm" else dict(target.invoiced.create)
        if not self._patch(thing, act.side, content, {}):
            return False
        thing.parent = act.parent
        if parent and act.operation == "refer" and not stands:
            thing.give(self.order, act.side, {PARENT: parent.mark})
        if parent and "invoiced" in parent.ids:
            thing.parents.insert(0, parent.ids["invoiced"])
        if act.operation == "flow":
            thing.exchanged, thing.was = True, thing.entity.name
        thing.entity = target
        return True

    def _stands(self, thing: Thing, side: Name, content: Record) -> bool:
        """Whether it is so already: who enters the parent that stands there edits nothing, and no conflict comes of it."""
        shown = self.shelves.read(side, self.path(thing, side)) if side in thing.ids else None
        return shown is not None and all(shown.get(name) == value for name, value in content.items())

    def _price(self, act: Act, thing: Thing) -> bool:
        """In Invoiced a user, too, has to delete the item and enter it again."""
        if not thing.active or act.side not in thing.ids:
            return False
        values, path = self._salted(thing, act.values), self.path(thing, act.side)
        content = body(thing.entity, act.side, values)
        if act.side == "crm":
            return self._patch(thing, "crm", content, values)
        whole = self.shelves.read("invoiced", path)
        if whole is None or self.shelves.write("invoiced", "DELETE", path) is None:
            return False
        rest = {
            name: value for name, value in whole.items() if name not in {"object", "created_at", "updated_at"}
        }
        if self.shelves.write("invoiced", "POST", "/items", {**rest, **content}) is None:
            return False
        thing.give(self.order, "invoiced", self._canonical(thing.entity, values))
        return True

    def _again(self, thing: Thing) -> Record:
        whole = thing.last.get("invoiced", {})
        return {
            name: value for name, value in whole.items() if name not in {"object", "created_at", "updated_at"}
        }

    def path(self, thing: Thing, side: Name) -> str:
        """Where the record stands, as the user who looked at the chapter's beginning knows it."""
        record = thing.last.get(side, {})
        if side == "invoiced" and record.get("object") == "contact":
            return f"/customers/{record['customer']}/contacts/{thing.ids[side]}"
        shelf = {"CUS": "customers", "CON": "contacts", "PRO": "products"}.get(str(thing.ids.get(side))[:3])
        if side == "invoiced" or shelf is None:
            shelf = thing.entity.end(side).shelf
        return f"/{shelf}/{thing.ids.get(side)}"

    def _salted(self, thing: Thing, values: Mapping[str, Any]) -> Record:
        names = {one.name for one in thing.entity.properties}
        return {
            name: salted(thing.entity.property(name), value, thing.mark)
            for name, value in values.items()
            if name in names
        }

    def _canonical(self, entity: Entity, values: Record) -> Record:
        return {name: canonical(entity.property(name), value) for name, value in values.items()}
