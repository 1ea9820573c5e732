"""The organisations that both systems hold before Tandem is started for the first time."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec

import sandbox.crm
import sandbox.invoiced
from tests.flow.customer_api import Api, Name, Record

LONG_AGO_S = -7200  # older than anything live polling looks back for
# One pair whose values differ; two CRM records for one Invoiced customer; a number two organisations share.
DIFFERING = {"name": "Differing Values AB", "number": "D1"}
TWICE = {"name": "Twice In The CRM AB", "number": "D2"}
SAME_NUMBER = {"invoiced": "Number Sharer One AB", "crm": "Number Sharer Two AB"}
ALONE: Mapping[Name, str] = {"invoiced": "Alone In Invoiced AB", "crm": "Alone In The CRM AB"}
# Invoiced is read at once, every first page of the CRM takes ten poll intervals: its connector may start seconds earlier.
DELAYED = msgspec.json.encode(
    {"crm": [{"kind": "delay", "method": "GET", "path": "^/customers$", "delay_ms": 5000, "times": 2}]}
).decode()


def whole(mark: str) -> Record:
    """An organisation with every property, under our names; no two of different marks are alike."""
    return {
        "name": f"Organisation {mark}",
        "number": mark,
        "email": f"office@{mark}.example.com",
        "phone": f"+46 8 555 {mark}",
        "attention_to": "Ekonomi",
        "address1": f"Storgatan {mark}",
        "address2": "3 tr",
        "city": "Lund",
        "state": "Skåne",
        "postal_code": "22222",
        "country": "SE",
        "language": "sv",
        "currency": "SEK",
        "payment_terms": "NET 30",
        "tax_id": f"556677-{mark}",
        "notes": f"Customer {mark}",
        "fax": f"+46 8 556 {mark}",
        "website": f"https://{mark}.example",
    }


def _written(api: Api, values: Record) -> Record:
    spelled = {**values, "currency": values["currency"].lower()} if api.name == "invoiced" else values
    return api.body(**spelled)


def records(api: Api, stock: int) -> list[Record]:
    """What one system holds, as it is written there; the first ones are on both sides."""
    both = [_written(api, whole(f"stock{number:03}")) for number in range(stock)]
    place = "from Invoiced" if api.name == "invoiced" else "from the CRM"
    alone = [api.body(name=ALONE[api.name]), api.body(name=SAME_NUMBER[api.name], number="D3")]
    twice = [api.body(**TWICE)] * (1 if api.name == "invoiced" else 2)
    only_there = {"attention_to": "The CRM's"} if api.name == "crm" else {"payment_terms": "Invoiced's"}
    differing = api.body(**DIFFERING, city=place, **only_there)
    return [*both, *alone, differing, *twice]


async def fill(state: Path, stock: int) -> list[tuple[Any, Any]]:
    """Writes them into the systems' own folders; the ids of the pairs of the stock."""
    ids: dict[Name, list[Any]] = {}
    apps = {
        "invoiced": sandbox.invoiced.create_app(state / "invoiced"),
        "crm": sandbox.crm.create_app(state / "crm"),
    }
    auth = {
        "invoiced": httpx.BasicAuth("inv-user", ""),
        "crm": None,
    }
    for name in ("invoiced", "crm"):
        transport = httpx.ASGITransport(apps[name])
        headers = {"Authorization": "Bearer crm-user"} if name == "crm" else {}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://x", auth=auth[name], headers=headers
        ) as http:
            ids[name] = await _fill_one(name, http, stock)
    return list(zip(ids["invoiced"], ids["crm"], strict=True))


async def _fill_one(name: Name, http: httpx.AsyncClient, stock: int) -> list[Any]:
    api = Api(name, httpx.Client())
    made = []
    (await http.post("/_sandbox/clock", json={"offset_s": LONG_AGO_S})).raise_for_status()
    for record in records(api, stock):
        answer = await http.post("/customers", json=record)
        made.append(answer.raise_for_status().json()[api.id_field])
    (await http.post("/_sandbox/clock", json={"offset_s": 0})).raise_for_status()
    return made[:stock]
