"""One Invoiced item with every field, and a sink that changes its price."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import LeaseError
from schemas.records import Command
from tests.flow.connector_rig import invoiced
from tests.flow.interruptions import Interruptions, cut_into, die
from tests.flow.sink_rig import SinkRig, gated

REF = "invoiced:item:blue"
WHOLE: dict[str, Any] = {
    "name": "Widget", "description": "A blue one", "type": "product", "unit_cost": 5, "currency": "nok",
    "taxable": False, "discountable": True, "gl_account": "3000", "avalara_tax_code": "P0000000",
    "avalara_location_code": "HQ", "metadata": {"own": "kept", "shelf": "7"}, "taxes": [],
}  # fmt: skip


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink with an open gate, and one item with every field."""
    async with gated(tmp_path, invoiced(), "invoiced", "item") as made:
        assert (await made.system.user.post("/items", json={"id": "blue", **WHOLE})).status_code == 201
        yield made


@pytest.fixture
async def wire(rig: SinkRig) -> Interruptions:
    """A way to interrupt the sink's requests."""
    return await cut_into(rig)


async def item(rig: SinkRig) -> dict[str, Any]:
    """The item as a user sees it, without what the API sets."""
    answer = await rig.system.user.get("/items/blue")
    assert answer.status_code == 200, answer.text
    return {n: v for n, v in answer.json().items() if n not in {"id", "object", "created_at", "updated_at"}}


def price(rig: SinkRig, cost: str = "7.5", **more: Any) -> Command:
    given: dict[str, Any] = {
        "ref": REF, "values": {"unit_cost": Decimal(cost)}, "expected": {"unit_cost": Decimal(5)},
    }  # fmt: skip
    return rig.command(**(given | more))


async def cut_off(rig: SinkRig, wire: Interruptions) -> None:
    """A price change was cut off by a crash: the item is deleted, another worker has taken over."""
    wire.plan("DELETE", "after", die)
    rig.hand(price(rig))
    await rig.died(LeaseError)
    assert (await rig.system.user.get("/items/blue")).status_code == 404
    await rig.open(epoch=3)
