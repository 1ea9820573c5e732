"""The totals of an order as a CRM that computes them does; exact, rounded half up to the currency's places; pure."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from .errors import invalid
from .kinds import Money
from .switches import TOTALS_COMPUTED

# ISO 4217: places by currency; every other one has two.
PLACES = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
EXACT = Context(prec=200)  # a product has twice the digits of an amount


def own_totals(_: Any, after: dict[str, Any], switches: Mapping[str, bool]) -> dict[str, Any]:
    """With the switch on, the document with totals of the CRM's own; whatever was sent for them is gone."""
    if not switches[TOTALS_COMPUTED]:
        return after
    places = PLACES.get(after["Currency"], 2)
    lines = [
        {**line, "LineTotal": _amount(f"Lines.{index}.LineTotal", _times(line), places)}
        for index, line in enumerate(after["Lines"])
    ]
    subtotal = _sum(line["LineTotal"] for line in lines)
    discounts = _sum([after["DiscountAmount"], *(line["DiscountAmount"] for line in lines)])
    total = EXACT.add(EXACT.subtract(subtotal, discounts), Decimal(after["TaxAmount"] or 0))
    return {
        **after,
        "Lines": lines,
        "Subtotal": _amount("Subtotal", subtotal, places),
        "TotalAmount": _amount("TotalAmount", total, places),
    }


def _times(line: Mapping[str, Any]) -> Decimal:
    """Quantity times UnitPrice; a line without a quantity counts once, one without a price nothing."""
    quantity = "1" if line["Quantity"] is None else line["Quantity"]
    return EXACT.multiply(Decimal(quantity), Decimal(line["UnitPrice"] or 0))


def _sum(amounts: Any) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, Decimal(amount or 0))
    return total


def _amount(name: str, value: Decimal, places: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT)
    text = f"{abs(rounded) if rounded.is_zero() else rounded:f}"
    if re.fullmatch(Money().pattern, text) is None:
        raise invalid(name, f"{name} would be {text[:60]}; send smaller quantities or prices")
    return text
