"""What a write makes of one line item, wherever it lives; pure."""

from collections.abc import Mapping
from typing import Any

from sandbox.invoiced.adjustments import OF_A_LINE, TAXES, adjusted
from sandbox.invoiced.currencies import product
from sandbox.invoiced.errors import InvalidError
from sandbox.invoiced.moment import Moment
from sandbox.invoiced.records import Document
from sandbox.invoiced.writing import given, starting_values, written

from .fields import FIELDS

FILLED = ("name", "description", "type", "unit_cost", "taxable", "discountable")  # from the catalogue item
ADJUSTED = frozenset(kind.name for kind in OF_A_LINE)
NUMBERS = ("quantity", "unit_cost")


def created(body: Mapping[str, Any], item: Document | None, moment: Moment) -> Document:
    """A new line, without stamps; `item` is what the catalogue has under its `catalog_item`."""
    start = {**starting_values(FIELDS), "id": moment.next_id("line_item")}
    fields = given(body)
    if "quantity" not in fields and not moment.switches["invoiced.line_quantity_default"]:
        raise InvalidError("quantity can not be blank", "quantity")
    if item is not None:
        start |= {name: item[name] for name in FILLED} | adjusted(start, _taxes(item), (TAXES,), moment)
    return _written(start, fields, moment)


def changed(before: Document, body: Mapping[str, Any], moment: Moment) -> Document:
    """A line after a write; what it sells stays."""
    asked = body.get("catalog_item", before["catalog_item"]) or None
    if asked != before["catalog_item"] and moment.switches["invoiced.catalog_item_fixed"]:
        raise InvalidError(
            "catalog_item of a line cannot be changed; leave the line out and send another", "catalog_item"
        )
    fields = {name: value for name, value in body.items() if name != "catalog_item"}
    return _written(before, fields, moment)


def priced(line: Document, currency: str) -> Document:
    """A line with its amount in this currency."""
    return {**line, "amount": product(line["quantity"], line["unit_cost"], currency)}


def _written(before: Document, body: Mapping[str, Any], moment: Moment) -> Document:
    own = {name: value for name, value in body.items() if name not in ADJUSTED}
    after = written(FIELDS, before, own, moment.switches)
    for name, start in zip(NUMBERS, (1, 0), strict=True):
        if after[name] is None:
            after[name] = start
    after |= adjusted(before, body, OF_A_LINE, moment)
    return priced(after, moment.currency)


def _taxes(item: Document) -> dict[str, Any]:
    return {"taxes": item["taxes"]}
