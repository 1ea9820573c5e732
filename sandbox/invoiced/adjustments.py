"""The discounts, taxes and shipping of a line or an invoice: written as amounts or as ids, read as objects; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .currencies import Number, rounded, total_of
from .errors import InvalidError
from .fields import Field, read_value
from .moment import Moment
from .records import Document

AMOUNT = Field("amount", "number", start=0)
EXPIRES = Field("expires", "integer")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One kind: its list, what its entries are, where the rate behind one is named, which way it counts."""

    name: str
    object: str
    rate: str
    sign: int


DISCOUNTS = Adjustment("discounts", "discount", "coupon", -1)
TAXES = Adjustment("taxes", "tax", "tax_rate", 1)
SHIPPING = Adjustment("shipping", "shipping", "shipping_rate", 1)
OF_A_LINE = (DISCOUNTS, TAXES)
OF_AN_INVOICE = (DISCOUNTS, TAXES, SHIPPING)


def adjusted(
    record: Document, body: Mapping[str, Any], kinds: Sequence[Adjustment], moment: Moment
) -> dict[str, list[Document]]:
    """The lists a write sets: each is the new full set, an entry with an id the record knows keeps it."""
    return {
        kind.name: _entries(kind, record[kind.name], body[kind.name], moment)
        for kind in kinds
        if kind.name in body
    }


def extra(record: Document, kinds: Sequence[Adjustment]) -> Number:
    """What all of them add to an amount, or take from it."""
    return total_of(kind.sign * entry["amount"] for kind in kinds for entry in record[kind.name])


def _entries(kind: Adjustment, present: list[Document], written: Any, moment: Moment) -> list[Document]:
    if written is None or written == "":
        return []
    if not isinstance(written, list):
        raise InvalidError(f"{kind.name} must be a list", kind.name)
    known = {str(entry["id"]): entry for entry in present}
    return [_entry(kind, known, each, moment) for each in written]


def _entry(kind: Adjustment, known: Mapping[str, Document], written: Any, moment: Moment) -> Document:
    fields = _fields(kind, written)
    before = known.get(str(fields.get("id")))
    start = {"object": kind.object, "amount": 0, kind.rate: None}
    entry = dict(before) if before is not None else {"id": moment.next_id("adjustment"), **start}
    if kind is DISCOUNTS:
        entry.setdefault("expires", None)
    if "amount" in fields:
        amount = read_value(AMOUNT, fields["amount"], moment.switches) or 0
        entry["amount"] = rounded(amount, moment.currency)
    if kind.rate in fields:
        entry[kind.rate] = _rate(kind, fields[kind.rate], moment.switches)
    if kind is DISCOUNTS and "expires" in fields:
        entry["expires"] = read_value(EXPIRES, fields["expires"], moment.switches)
    return entry


def _fields(kind: Adjustment, written: Any) -> Mapping[str, Any]:
    """An entry, whether it came as an object, as the id of a rate or as the rate itself."""
    if isinstance(written, dict) and written.get("object") == kind.rate:
        return {kind.rate: written.get("id")}
    if isinstance(written, dict):
        return written
    if isinstance(written, str | int) and not isinstance(written, bool):
        return {kind.rate: written}
    raise InvalidError(f"{kind.name} must hold objects or ids of a {kind.rate}", kind.name)


def _rate(kind: Adjustment, written: Any, switches: Mapping[str, bool]) -> Any:
    id_ = written.get("id") if isinstance(written, dict) else written
    if id_ is None or id_ == "":
        return None
    if isinstance(id_, bool | list | dict):
        raise InvalidError(f"{kind.rate} must be an id", kind.name)
    if not switches["invoiced.taxes_as_objects"]:
        return str(id_)
    return {"id": str(id_), "object": kind.rate, "name": str(id_)}
