"""Writes the seed into both systems over their APIs, as their users would; what is there already stays."""

from collections.abc import Iterable
from typing import Any

import httpx
import simplejson

from sandbox.seed import people, products

Record = dict[str, Any]
IDENTITY = ("name", "Name", "FirstName", "LastName", "CustomerId", "ProductCode")


def everything(invoiced: httpx.Client, crm: httpx.Client) -> None:
    """All that goes beside and below the organisations, which must be there."""
    persons(invoiced, crm)
    contacts(invoiced, crm)
    catalogue(invoiced, crm)


def persons(invoiced: httpx.Client, crm: httpx.Client) -> None:
    """Persons who are customers themselves."""
    _add(invoiced, "/customers", people.persons_in_invoiced())
    _add(crm, "/contacts", people.persons_in_crm())


def contacts(invoiced: httpx.Client, crm: httpx.Client) -> None:
    """People at organisations, which must be there."""
    ids = {one["name"]: one["id"] for one in _all(invoiced, "/customers")}
    for organisation, record in people.contacts_in_invoiced():
        _add(invoiced, f"/customers/{ids[organisation]}/contacts", [record])
    ids = {one["Name"]: one["Id"] for one in _all(crm, "/customers")}
    _add(crm, "/contacts", ({**record, "CustomerId": ids[name]} for name, record in people.contacts_in_crm()))


def catalogue(invoiced: httpx.Client, crm: httpx.Client) -> None:
    """What is sold."""
    _add(invoiced, "/items", products.products_in_invoiced())
    _add(crm, "/products", products.products_in_crm())


def _add(api: httpx.Client, path: str, records: Iterable[Record]) -> None:
    known = {_identity(one) for one in _all(api, path)}
    for record in records:
        if _identity(record) not in known:
            body = simplejson.dumps(record, use_decimal=True)
            api.post(path, content=body, headers={"Content-Type": "application/json"}).raise_for_status()


def _identity(record: Record) -> tuple[Any, ...]:
    return tuple(record.get(name) for name in IDENTITY)


def _all(api: httpx.Client, path: str) -> list[Record]:
    """Every record of a list, page by page."""
    found: list[Record] = []
    url = f"{path}?per_page=100"
    while url:
        page = api.get(url).raise_for_status()
        found += page.json()
        url = page.links.get("next", {}).get("url", "")
    return found
