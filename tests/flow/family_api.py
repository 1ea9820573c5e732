"""Persons, contacts and products as their users have them on both sides: what they do, and what they see."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import simplejson
from msgspec import Struct

from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.flow.family_records import ONCE, Both, Place
from tests.flow.installation import Installation, Marks
from tests.oracle.entities import CONTACT, Entity
from tests.oracle.spelling import body, canonical, shown

BELOW = "invoiced:contact:"
OWN = {"object", "created_at", "updated_at"}  # what Invoiced alone writes


class Family(Struct, frozen=True):
    """What users of both systems do with persons, contacts and products, and what they see."""

    installation: Installation

    def send(self, system: Name, method: str, path: str, content: Record | None = None) -> httpx.Response:
        """A user's request, its decimals as they are written."""
        data = None if content is None else simplejson.dumps(content, use_decimal=True)
        headers = {"Content-Type": "application/json"}
        answer = self.installation.api(system).http.request(method, path, content=data, headers=headers)
        assert answer.is_success, f"{method} {system}{path} {content}: {answer.status_code} {answer.text}"
        return answer

    def create(self, entity: Entity, system: Name, values: Record, parent: Any = None) -> Place:
        """A new record; a contact below the customer of this id."""
        content, shelf = (
            body(entity, system, values) | dict(entity.end(system).create),
            entity.end(system).shelf,
        )
        if entity is CONTACT and system == "invoiced":
            shelf = f"customers/{parent}/contacts"
        elif entity is CONTACT:
            content["CustomerId"] = parent
        made = self.send(system, "POST", f"/{shelf}", content).json()
        return Place(system, shelf, made["Id" if system == "crm" else "id"])

    def find(self, place: Place) -> Record | None:
        """A record, its decimals exact; nothing where it is not there."""
        answer = self.installation.api(place.system).http.get(place.path)
        found: Record = simplejson.loads(answer.content, use_decimal=True) if answer.is_success else {}
        return found or None

    def read(self, place: Place) -> Record:
        """A record that is there."""
        found = self.find(place)
        assert found is not None, f"{place.ref} is not there"
        return found

    def edit(self, entity: Entity, place: Place, **values: Any) -> None:
        """A user's edit under our names; in Invoiced a price takes a delete and a new item."""
        content = body(entity, place.system, values)
        if place.shelf == "items" and ONCE & values.keys():
            whole = self.read(place)
            self.send(place.system, "DELETE", place.path)
            rest = {k: v for k, v in whole.items() if k not in OWN}
            self.send(place.system, "POST", "/items", {**rest, **content})
        else:
            self.send(place.system, "PATCH", place.path, content)

    def patch(self, place: Place, **fields: Any) -> None:
        """An edit in the system's own words."""
        self.send(place.system, "PATCH", place.path, fields)

    def archive(self, place: Place) -> None:
        """Takes a record out of use, the way its system's users do."""
        if place.shelf == "customers" and place.system == "invoiced":
            self.patch(place, active=False)
        else:
            self.send(place.system, "DELETE", place.path)

    def restore(self, place: Place, whole: Record | None = None) -> None:
        """Brings it back; an item as it was last seen."""
        if place.system == "crm":
            self.patch(place, IsDeleted=False)
        elif whole is None:
            self.patch(place, active=True)
        else:
            rest = {k: v for k, v in whole.items() if k not in OWN}
            self.send("invoiced", "POST", f"/{place.shelf}", rest)

    def in_use(self, place: Place) -> bool:
        """Whether its users still have it."""
        found = self.find(place)
        if found is None:
            return False
        return bool(found.get("active", True) and found.get("IsActive", True) and not found.get("IsDeleted"))

    # both sides

    def link(self, place: Place) -> Record:
        """`links get` of it; nothing while Tandem has not read it."""
        code, answer = self.installation.tandem("links", "get", place.ref)
        return answer if code == 0 else {}

    def both(self, entity: Entity, place: Place) -> Both:
        """It and its counterpart, once its link has both in use."""

        def look() -> bool:
            link = self.link(place)
            full = link.get("invoiced") and link["crm"] and link["state"] == "linked"
            return bool(full) and all(self.in_use(self.place(link, system)) for system in SYSTEMS)

        self.installation.until(True, look)
        link = self.link(place)
        return Both(entity, self.place(link, "invoiced"), self.place(link, "crm"))

    def place(self, link: Record, system: Name) -> Place:
        """Where one record of a link stands."""
        entity, name = link[system].split(":", 2)[1:]
        below = f"customers/{link['invoiced_seen']['customer']}/" if link[system].startswith(BELOW) else ""
        return Place(system, f"{below}{entity}s", name)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is written while the block runs; at its end Tandem has read what was edited in it."""
        self.installation.ask("pause")
        yield
        self.installation.settle()
        self.installation.ask("resume")

    def conflicts(self, one: Both) -> list[tuple[str, Any, Any, str]]:
        """What each conflict over it was about, both values and who won."""
        link_id = self.link(one.crm)["link_id"]
        listed = [entry for entry in self.installation.every("conflicts") if entry["link_id"] == link_id]
        return sorted((str(x["property"]), x["invoiced"], x["crm"], str(x["winner"])) for x in listed)

    def shown(self, one: Both, *names: str) -> dict[str, Record]:
        """What both sides show of these properties, of all without names; nothing of a record that is not there."""
        found: dict[str, Record] = {}
        for system in SYSTEMS:
            record = self.find(one.on(system))
            values = shown(one.entity, system, record) if record else {}
            found[system] = {name: values.get(name) for name in names or values}
        return found

    def until_equal(self, one: Both, **values: Any) -> None:
        """Waits until both sides show these values, are in use and differ in nothing."""
        wanted = {name: canonical(one.entity.property(name), value) for name, value in values.items()}
        if wanted:
            self.installation.until(dict.fromkeys(SYSTEMS, wanted), lambda: self.shown(one, *wanted))
        self.until_in_use(one, True)
        sides = self.shown(one)
        assert sides["invoiced"] == sides["crm"], f"{one.invoiced.ref} and {one.crm.ref} differ"

    def until_in_use(self, one: Both, wanted: bool) -> None:
        """Waits until both records are in use, or neither is."""
        places = one.invoiced, one.crm
        self.installation.until([wanted, wanted], lambda: [self.in_use(place) for place in places])

    def writes(self, since: Marks, one: Both) -> list[tuple[str, str]]:
        """What Tandem has written to one of these records since."""
        return [
            (str(request["method"]), system)
            for system in SYSTEMS
            for request in self.installation.api(system).requests(getattr(since, system))
            if request["path"] == one.on(system).path
        ]

    def posts(self, since: Marks, *texts: str) -> list[str]:
        """The systems in which Tandem has tried to create something that carries one of these values."""
        return [
            system
            for system in SYSTEMS
            for request in self.installation.api(system).requests(getattr(since, system))
            if request["method"] == "POST"
            and set(texts) & {str(value) for value in (request["body"] or {}).values()}
        ]

    def count(self, one: Both, name: str, value: Any) -> dict[str, int]:
        """How many records of either system show this value on the same shelf."""
        found: dict[str, int] = {}
        for system in SYSTEMS:
            shelf = one.on(system).path.rpartition("/")[0]
            params = (
                {"per_page": "200"} if system == "crm" else {"per_page": "100", "sort": "updated_at desc"}
            )
            page = self.installation.api(system).http.get(shelf, params=params)
            records = [page.json()]
            while "next" in page.links:
                page = self.installation.api(system).http.get(page.links["next"]["url"])
                records.append(page.json())
            own = one.entity.property(name).on(system)
            found[system] = sum(record[own] == value for part in records for record in part)
        return found
