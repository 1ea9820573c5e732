"""What both systems hold before Tandem is started, of all four flows, and what of it users go on to edit."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import simplejson

import sandbox.crm
import sandbox.invoiced
from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.flow.family_records import values_of
from tests.flow.first_records import LONG_AGO_S, whole
from tests.oracle.entities import CONTACT, CUSTOMER, PERSON, PRODUCT, Entity
from tests.oracle.spelling import body

# A breaker trips on changes to more than 20% and more than 50 links of a flow: users edit fewer.
HELD = {CUSTOMER.name: 140, PERSON.name: 20, CONTACT.name: 20, PRODUCT.name: 20}
EDITED = {CUSTOMER.name: 40, PERSON.name: 12, CONTACT.name: 12, PRODUCT.name: 12}
STOCK = (CUSTOMER, PERSON, CONTACT, PRODUCT)  # contacts after those they work for
_APPS = {"invoiced": sandbox.invoiced.create_app, "crm": sandbox.crm.create_app}


def new(entity: Entity, mark: str) -> Record:
    """Values of every property, under our names."""
    return whole(mark) if entity is CUSTOMER else values_of(entity, mark)


def stock_name(entity: Entity, number: int) -> str:
    """What one of the stock is called: on both sides, by nobody else, and nobody edits it."""
    return str(new(entity, mark_of(entity, number))["name"])


def mark_of(entity: Entity, number: int) -> str:
    """What tells one of the stock from all others."""
    return f"{entity.name[:3].upper()}{number:04}"


EDITED_BY_ENTITY: dict[str, tuple[str, ...]] = {
    one.name: tuple(stock_name(one, number) for number in range(EDITED[one.name])) for one in STOCK
}
EDITED_NAMES = EDITED_BY_ENTITY[CUSTOMER.name]
# The organisations that have contacts. Nobody edits them.
PARENT_NAMES = tuple(stock_name(CUSTOMER, number) for number in range(100, 110))


def parent_of(number: int) -> str:
    """The organisation whose contact one of the stock is."""
    return PARENT_NAMES[number % len(PARENT_NAMES)]


def fill(state: Path) -> None:
    """Writes it into the systems' own folders, equal on both sides."""
    for system in SYSTEMS:
        asyncio.run(_fill(system, state / system))


async def _fill(system: Name, folder: Path) -> None:
    user = {"auth": ("inv-user", "")} if system == "invoiced" else {}
    headers = {"Authorization": "Bearer crm-user"} if system == "crm" else {}
    transport = httpx.ASGITransport(_APPS[system](folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=headers, **user) as http:  # type: ignore[arg-type]  # httpx's own union
        await _right(http, "/_sandbox/clock", {"offset_s": LONG_AGO_S})
        ids: dict[str, Any] = {}
        for entity in STOCK:
            for number in range(HELD[entity.name]):
                parent = ids.get(parent_of(number)) if entity is CONTACT else None
                path, content = request(entity, system, new(entity, mark_of(entity, number)), parent)
                made = await _right(http, path, content)
                ids[stock_name(entity, number)] = made["id" if system == "invoiced" else "Id"]
        await _right(http, "/_sandbox/clock", {"offset_s": 0})


def request(entity: Entity, system: Name, values: Record, parent: Any = None) -> tuple[str, Record]:
    """Where and how a user enters a record; a contact below the customer of this id."""
    content, end = body(entity, system, values), entity.end(system)
    if entity is CONTACT and system == "invoiced":
        return f"/customers/{parent}/contacts", content
    return f"/{end.shelf}", content | dict(end.create) | ({"CustomerId": parent} if entity is CONTACT else {})


async def _right(http: httpx.AsyncClient, path: str, content: Record) -> Record:
    data, headers = simplejson.dumps(content, use_decimal=True), {"Content-Type": "application/json"}
    made: Record = (await http.post(path, content=data, headers=headers)).raise_for_status().json()
    return made
