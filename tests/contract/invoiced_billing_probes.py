"""What each switch about line items and invoices shows in both positions."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.contract.invoiced_records import (
    create,
    create_invoice,
    create_item,
    create_line,
    later,
    told,
)

Api = httpx.AsyncClient
Probe = Callable[[Api], Awaitable[Any]]
INVOICE = "/invoices/1"


async def read(api: Api, path: str = INVOICE) -> Any:
    """A record as it is now."""
    return (await api.get(path)).json()


async def patched(api: Api, invoice: dict[str, Any], change: dict[str, Any]) -> int:
    """The status of an invoice's PATCH."""
    await create(api)
    await create_invoice(api, **invoice)
    return (await api.patch(INVOICE, json=change)).status_code


async def paid(api: Api, amount: int = 10) -> dict[str, Any]:
    """A customer's invoice of 10 after a payment a minute later."""
    await create(api)
    await create_invoice(api)
    await later(api, 60)
    return dict((await api.post(f"{INVOICE}/pay", json={"amount": amount})).json())


async def unquantified(api: Api) -> int:
    """The status of a line without a quantity."""
    await create(api)
    return (await api.post("/customers/1/line_items", json={"name": "A"})).status_code


async def resold(api: Api) -> tuple[int, str]:
    """The status of a line's PATCH with another item, and what the line sells afterwards."""
    await create(api)
    for id_ in ("one", "two"):
        await create_item(api, id=id_)
    await create_line(api, catalog_item="one")
    status = (await api.patch("/customers/1/line_items/1", json={"catalog_item": "two"})).status_code
    return status, (await read(api, "/customers/1/line_items/1"))["catalog_item"]


async def stranger(api: Api) -> tuple[int, list[int]]:
    """The status of a PATCH naming a line nobody knows, and the lines afterwards."""
    status = await patched(api, {}, {"items": [{"id": 9, "name": "A"}]})
    return status, [line["id"] for line in (await read(api))["items"]]


async def order(api: Api) -> list[int]:
    """The lines after a PATCH that turns them round."""
    await patched(api, {"items": [{"unit_cost": 1}, {}]}, {"items": [{"id": 2}, {"id": 1}]})
    return [line["id"] for line in (await read(api))["items"]]


async def billed_ids(api: Api) -> list[int]:
    """The lines of an invoice made of pending ones."""
    await create(api)
    await create_line(api)
    invoice = await api.post("/customers/1/invoices", json={})
    return [line["id"] for line in invoice.json()["items"]]


async def billed_events(api: Api) -> list[str]:
    """What is told of pending lines that become an invoice's."""
    await billed_ids(api)
    return [event["type"] for event in await told(api, "line_item")]


async def due(api: Api) -> bool:
    """Whether a date a day later moves the due date."""
    await create(api)
    before = await create_invoice(api, payment_terms="NET 7")
    await api.patch(INVOICE, json={"date": before["date"] + 86_400})
    return bool((await read(api))["due_date"] != before["due_date"])


async def redrafted(api: Api) -> tuple[int, bool]:
    """The status of draft:true on an issued invoice, and whether it is one afterwards."""
    return await patched(api, {}, {"draft": True}), (await read(api))["draft"]


async def closed_edit(api: Api) -> int:
    """The status of a metadata-only PATCH of a paid invoice."""
    await paid(api)
    return (await api.patch(INVOICE, json={"metadata": {"a": "1"}})).status_code


async def voided_edit(api: Api) -> tuple[int, str]:
    """The status of a metadata-only PATCH of a voided invoice, and the invoice's afterwards."""
    await create(api)
    await create_invoice(api)
    await api.post(f"{INVOICE}/void")
    answer = await api.patch(INVOICE, json={"metadata": {"a": "1"}})
    return answer.status_code, (await read(api))["status"]


async def nothing_owed(api: Api) -> tuple[bool, str]:
    """Whether an invoice of nothing is paid, and its status."""
    await create(api)
    invoice = await create_invoice(api, items=[])
    return invoice["paid"], invoice["status"]


async def written_off(api: Api) -> str:
    """The status of an unpaid invoice that was closed."""
    await patched(api, {}, {"closed": True})
    return str((await read(api))["status"])


async def void(api: Api, amount: int) -> tuple[int, Any, int]:
    """The status of voiding, the balance afterwards, and what is applied to the invoice."""
    await create(api)
    await create_invoice(api)
    if amount:
        await api.post(f"{INVOICE}/pay", json={"amount": amount})
    status = (await api.post(f"{INVOICE}/void")).status_code
    payments = (await api.get("/payments")).json()
    return status, (await read(api))["balance"], sum(len(each["applied_to"]) for each in payments)


async def removed(api: Api) -> tuple[int, int, Any]:
    """The status of deleting an invoice paid in part, of reading it, and the payment's free money."""
    await paid(api, 4)
    status = (await api.delete(INVOICE)).status_code
    return status, (await api.get(INVOICE)).status_code, (await read(api, "/payments/1"))["balance"]


async def on_hold(api: Api) -> list[int]:
    """The status of an invoice of 10 to a customer on hold, and to one that may owe 9."""
    await create(api, credit_hold=True)
    await create(api, credit_limit=9)
    body = {"items": [{"unit_cost": 10}]}
    return [(await api.post("/invoices", json={"customer": each, **body})).status_code for each in (1, 2)]


async def payment_seen(api: Api) -> bool:
    """Whether a payment a minute later moves the invoice's `updated_at`."""
    invoice = await paid(api, 4)
    return bool(invoice["updated_at"] != invoice["created_at"])


async def payment_events(api: Api) -> list[str]:
    """What is told of an invoice paid in two parts."""
    await paid(api, 4)
    await api.post(f"{INVOICE}/pay")
    return [event["type"].partition(".")[2] for event in await told(api, "invoice")]


async def grown_old(api: Api) -> tuple[str, bool, list[str]]:
    """The status once the due date has passed, whether `updated_at` moved, and what is told."""
    await create(api)
    await create_invoice(api, payment_terms="NET 7")
    await later(api, 8 * 86_400)
    invoice = await read(api)
    moved = invoice["updated_at"] != invoice["created_at"]
    return invoice["status"], moved, [event["type"] for event in await told(api, "invoice")][:-1]


async def merged(api: Api) -> tuple[list[str], bool]:
    """What a merge tells of the loser's invoice, payment and pending line, and whether their stamps moved."""
    await create(api)
    await create(api)
    await create_invoice(api, 2)
    await api.post(f"{INVOICE}/pay", json={"amount": 4})
    await create_line(api, 2)
    before = len((await api.get("/events")).json())
    await later(api)
    await api.post("/customers/1/merge", json={"customer": 2})
    events = (await api.get("/events")).json()[:-before]
    invoice, line = await read(api), await read(api, "/customers/1/line_items/2")
    moved = {each["updated_at"] > each["created_at"] + 30 for each in (invoice, line)}
    return sorted(event["type"] for event in events), moved == {True}


BILLING: dict[str, tuple[Probe, Any, Any]] = {
    "line_quantity_default": (unquantified, 201, 400),
    "catalog_item_fixed": (resold, (400, "one"), (200, "one")),
    "unknown_line_refused": (stranger, (400, [1]), (200, [2])),
    "items_in_array_order": (order, [2, 1], [1, 2]),
    "billed_lines_keep_ids": (billed_ids, [1], [2]),
    "billed_lines_vanish_silently": (
        billed_events,
        ["line_item.created"],
        ["line_item.deleted", "line_item.created"],
    ),
    "due_date_follows": (due, True, False),
    "issued_stays_issued": (redrafted, (400, False), (200, True)),
    "closed_refuses_edits": (closed_edit, 400, 200),
    "voided_refuses_edits": (voided_edit, (400, "voided"), (200, "voided")),
    "paid_closes": (closed_edit, 400, 200),
    "zero_total_is_paid": (nothing_owed, (True, "paid"), (False, "not_sent")),
    "bad_debt_shown": (written_off, "bad_debt", "not_sent"),
    "void_refused": (lambda api: void(api, 4), (400, 6, 1), (200, 0, 0)),
    "void_empties_balance": (lambda api: void(api, 0), (200, 0, 0), (200, 10, 0)),
    "invoice_delete_refused": (removed, (400, 200, 0), (204, 404, 4)),
    "credit_blocks_invoices": (on_hold, [400, 400], [201, 201]),
    "payment_moves_updated_at": (payment_seen, True, False),
    "paid_is_an_update": (
        payment_events,
        ["updated", "updated", "created"],
        ["paid", "updated", "updated", "created"],
    ),
    "past_due_is_silent": (grown_old, ("past_due", False, []), ("past_due", True, ["invoice.updated"])),
    "merge_tells_invoices": (
        merged,
        (["customer.merged", "invoice.updated", "line_item.updated", "payment.updated"], True),
        (["customer.merged"], False),
    ),
}
