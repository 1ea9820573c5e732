"""Records of the Invoiced simulator, made through its API."""

from typing import Any

import httpx
import simplejson


async def create(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A customer, numbers as decimals."""
    return await _made(api, "/customers", {"name": "Acme", **fields})


async def create_contact(api: httpx.AsyncClient, customer: int = 1, **fields: Any) -> dict[str, Any]:
    """A contact of a customer."""
    return await _made(api, f"/customers/{customer}/contacts", {"name": "Ada", **fields})


async def create_item(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A catalogue item, numbers as decimals."""
    return await _made(api, "/items", {"name": "Hammer", **fields})


async def create_invoice(api: httpx.AsyncClient, customer: int = 1, **fields: Any) -> dict[str, Any]:
    """An invoice of a customer, numbers as decimals; one line of 10 unless told."""
    lines = [{"name": "Rope", "unit_cost": 10}]
    return await _made(api, "/invoices", {"customer": customer, "items": lines, **fields})


async def create_line(api: httpx.AsyncClient, customer: int = 1, **fields: Any) -> dict[str, Any]:
    """A pending line of a customer, numbers as decimals."""
    return await _made(api, f"/customers/{customer}/line_items", {"name": "Rope", **fields})


async def changed(api: httpx.AsyncClient, path: str, **fields: Any) -> dict[str, Any]:
    """A record after a PATCH, numbers as decimals."""
    answer = await api.patch(path, json=fields)
    assert answer.status_code == 200, answer.text
    return dict(simplejson.loads(answer.text, use_decimal=True))


async def told(api: httpx.AsyncClient, kind: str) -> list[dict[str, Any]]:
    """The events of a kind of object, newest first."""
    return list((await api.get(f"/events?type={kind}")).json())


async def switch(api: httpx.AsyncClient, **positions: bool) -> None:
    """Turns switches."""
    named = {f"invoiced.{name}": position for name, position in positions.items()}
    assert (await api.put("/_sandbox/switches", json=named)).status_code == 200


async def later(api: httpx.AsyncClient, seconds: int = 60) -> None:
    """Moves the simulator's clock, counted from the machine's time."""
    assert (await api.post("/_sandbox/clock", json={"offset_s": seconds})).status_code == 200


async def _made(api: httpx.AsyncClient, path: str, fields: dict[str, Any]) -> dict[str, Any]:
    answer = await api.post(path, json=fields)
    assert answer.status_code == 201, answer.text
    return dict(simplejson.loads(answer.text, use_decimal=True))
