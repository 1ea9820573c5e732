"""What the story tells of orders: sold in the CRM, billed and paid in Invoiced, the same to the cent on both sides."""

from decimal import Decimal
from typing import Any

from sandbox.demo.products import PRODUCTS, PUMP, VALVE, plain
from sandbox.demo.report import Step
from sandbox.demo.stage import Stage
from sandbox.demo.systems import Record
from sandbox.seed.organisations import BOTH

INVOICES, ORDERS = "invoices", "orders"
REFERENCE = "PO-4711"
Line = tuple[str, str, str]
FREIGHT = "Freight to Hamburg"


def _order(stage: Stage) -> Record:
    return next(one for one in stage.crm.every(ORDERS) if one["CustomerReference"] == REFERENCE)


def _invoice(stage: Stage) -> Record:
    """The invoice of the order; nothing while there is none."""
    found = [one for one in stage.invoiced.every(INVOICES) if one["purchase_order"] == REFERENCE]
    return found[0] if len(found) == 1 else {}


def _billed(invoice: Record) -> list[Line]:
    items = invoice.get("items", [])
    return sorted((one["name"], plain(one["quantity"]), plain(one["unit_cost"])) for one in items)


def _ordered(order: Record) -> list[Line]:
    return sorted((one["Name"], plain(one["Quantity"]), plain(one["UnitPrice"])) for one in order["Lines"])


def _both(stage: Stage) -> list[list[Line]]:
    return [_billed(_invoice(stage)), _ordered(_order(stage))]


def _owed(stage: Stage) -> tuple[list[str], list[str]]:
    """Total and balance of both sides."""
    here, there = _invoice(stage), _order(stage)
    return (
        [plain(here[name]) for name in ("total", "balance")],
        [plain(there[name] or 0) for name in ("TotalAmount", "BalanceDue")],
    )


def made(stage: Stage) -> Step:
    """An order of two products becomes a draft invoice for the same customer, with their items and prices."""
    there = {one["ProductCode"]: one for one in stage.crm.every(PRODUCTS)}
    lines = [
        {"ProductId": one["Id"], "Name": one["Name"], "Quantity": quantity, "UnitPrice": one["UnitPrice"]}
        for one, quantity in ((there[PUMP.code], "2"), (there[VALVE.code], "12"))
    ]
    buyer = stage.crm.named(BOTH[0].name)[0]["Id"]
    stage.crm.add(ORDERS, CustomerId=buyer, CustomerReference=REFERENCE, Currency="EUR", Lines=lines)
    customer = stage.invoiced.named(BOTH[0].name)[0]["id"]

    def look() -> list[Any]:
        invoice = _invoice(stage)
        items = sorted(str(one["catalog_item"]) for one in invoice.get("items", []))
        numbered = bool(invoice) and _order(stage)["OrderNumber"] == invoice["number"]
        return [invoice.get("draft"), invoice.get("customer"), items, numbered]

    wanted = [True, customer, sorted((PUMP.code, VALVE.code)), True]
    return stage.until("An order of the CRM: a draft invoice, and its number back", wanted, look)


def edited(stage: Stage) -> Step:
    """Finance changes a quantity while sales adds a line: both stand on both sides."""
    invoice, order = _invoice(stage), _order(stage)
    kept = [{"LineId": one["LineId"]} for one in order["Lines"]]
    first, *rest = invoice["items"]
    stage.crm.patch(
        order["Id"], ORDERS, Lines=[*kept, {"Name": FREIGHT, "Quantity": "1", "UnitPrice": "89.50"}]
    )
    stage.invoiced.patch(
        invoice["id"], INVOICES, items=[{"id": first["id"], "quantity": 3}, *({"id": o["id"]} for o in rest)]
    )
    lines = {(name, quantity, price) for name, quantity, price in _billed(invoice) if name != first["name"]}
    wanted = sorted(lines | {(first["name"], "3", plain(first["unit_cost"])), (FREIGHT, "1", "89.5")})
    return stage.until(
        "Lines edited on both sides: every edit, each line once", [wanted, wanted], lambda: _both(stage)
    )


def issued(stage: Stage) -> Step:
    """Sales issues the order: the invoice is a draft no longer, and both owe the same to the cent."""
    stage.crm.patch(_order(stage)["Id"], ORDERS, IsDraft=False)

    def look() -> list[Any]:
        here, there = _owed(stage)
        return [_invoice(stage)["draft"], here == there]

    return stage.until("Issued in the CRM", [False, True], look)


def paid(stage: Stage) -> Step:
    """Finance has it paid: the order is paid and closed."""
    stage.invoiced.http.post(f"/{INVOICES}/{_invoice(stage)['id']}/pay", json={}).raise_for_status()

    def look() -> list[Any]:
        order = _order(stage)
        return [order["IsPaid"], order["Status"], Decimal(str(order["BalanceDue"] or 0))]

    return stage.until("Paid in Invoiced: the order is paid and closed", [True, "paid", Decimal(0)], look)
