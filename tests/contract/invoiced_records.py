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


async def _made(api: httpx.AsyncClient, path: str, fields: dict[str, Any]) -> dict[str, Any]:
    answer = await api.post(path, json=fields)
    assert answer.status_code == 201, answer.text
    return dict(simplejson.loads(answer.text, use_decimal=True))
