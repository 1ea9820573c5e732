"""The organisations that both systems hold before Tandem is started, and which of them users go on to edit."""

import asyncio
from pathlib import Path

import httpx

import sandbox.crm
import sandbox.invoiced
from tests.flow.customer_api import SYSTEMS, Api, Name
from tests.flow.first_records import LONG_AGO_S, whole

ORGANISATIONS = 200
# A breaker trips on changes to more than 20% and more than 50 links of a flow: users edit fewer.
EDITED = 45
EDITED_NAMES: tuple[str, ...] = tuple(whole(f"S{number:04}")["name"] for number in range(EDITED))
_APPS = {"invoiced": sandbox.invoiced.create_app, "crm": sandbox.crm.create_app}


def fill(state: Path) -> None:
    """Writes them into the systems' own folders, equal on both sides."""
    for system in SYSTEMS:
        asyncio.run(_fill(system, state / system))


async def _fill(system: Name, folder: Path) -> None:
    spelling = Api(system, httpx.Client())
    user = {"auth": ("inv-user", "")} if system == "invoiced" else {}
    headers = {"Authorization": "Bearer crm-user"} if system == "crm" else {}
    transport = httpx.ASGITransport(_APPS[system](folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=headers, **user) as http:  # type: ignore[arg-type]  # httpx's own union
        await _right(http, "/_sandbox/clock", {"offset_s": LONG_AGO_S})
        for number in range(ORGANISATIONS):
            values = whole(f"S{number:04}")
            if system == "invoiced":
                values |= {"currency": values["currency"].lower()}
            await _right(http, "/customers", spelling.body(**values))
        await _right(http, "/_sandbox/clock", {"offset_s": 0})


async def _right(http: httpx.AsyncClient, path: str, body: dict[str, object]) -> None:
    (await http.post(path, json=body)).raise_for_status()
