"""Records of the Invoiced simulator, made through its API."""

from typing import Any

import httpx
import simplejson


async def create(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A customer, numbers as decimals."""
    answer = await api.post("/customers", json={"name": "Acme", **fields})
    assert answer.status_code == 201, answer.text
    return dict(simplejson.loads(answer.text, use_decimal=True))
