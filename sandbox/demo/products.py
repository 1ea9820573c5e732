"""What the story tells of products: the catalogue of one system is the price list of the other."""

from decimal import Decimal
from typing import Any

from sandbox.demo.report import Step
from sandbox.demo.stage import Stage
from sandbox.seed.products import PRODUCTS_BOTH, PRODUCTS_CRM_ONLY, PRODUCTS_INVOICED_ONLY

ITEMS, PRODUCTS = "items", "products"
PUMP, VALVE = PRODUCTS_BOTH[0], PRODUCTS_BOTH[1]


def plain(number: object) -> str:
    """A price without the zeros at its end."""
    return format(Decimal(str(number)).normalize(), "f")


def _ids(stage: Stage) -> dict[str, Any]:
    return {one["ProductCode"]: one["Id"] for one in stage.crm.every(PRODUCTS)}


def joined(stage: Stage) -> Step:
    """Products of both sides are joined by their code, those of one side are created on the other, to the last decimal."""
    known = (*PRODUCTS_BOTH, *PRODUCTS_INVOICED_ONLY, *PRODUCTS_CRM_ONLY)
    wanted = {one.code: plain(one.price) for one in known}

    def look() -> list[dict[str, str]]:
        here = {one["id"]: plain(one["unit_cost"]) for one in stage.invoiced.every(ITEMS)}
        there = {one["ProductCode"]: plain(one["UnitPrice"]) for one in stage.crm.every(PRODUCTS)}
        return [{code: found[code] for code in wanted if code in found} for found in (here, there)]

    return stage.until("Products: joined by code or created, prices exact", [wanted, wanted], look)


def priced(stage: Stage) -> Step:
    """Invoiced cannot change a price: the item is made anew under its code, with all that nobody maps."""
    stage.invoiced.patch(PUMP.code, ITEMS, metadata={"shelf": "B7"})
    stage.crm.patch(_ids(stage)[PUMP.code], PRODUCTS, UnitPrice="1299.90")

    def look() -> list[Any]:
        found = stage.invoiced.http.get(f"/{ITEMS}/{PUMP.code}")
        item = found.json() if found.is_success else {}
        return [plain(item.get("unit_cost", 0)), item.get("metadata")]

    return stage.until("A price changed in the CRM", ["1299.9", {"shelf": "B7"}], look)


def withdrawn(stage: Stage) -> Step:
    """A Product that is deleted leaves the catalogue; its return brings it back under its code."""
    there = _ids(stage)[VALVE.code]
    stage.crm.delete(there, PRODUCTS)
    gone = stage.until(
        "A product withdrawn", 404, lambda: stage.invoiced.http.get(f"/{ITEMS}/{VALVE.code}").status_code
    )
    stage.crm.patch(there, PRODUCTS, IsDeleted=False)
    back = stage.until(
        "A product withdrawn, and back under its code",
        200,
        lambda: stage.invoiced.http.get(f"/{ITEMS}/{VALVE.code}").status_code,
    )
    return Step(back.name, ok=True, expected=200, actual=200, seconds=round(gone.seconds + back.seconds, 3))
