"""What a write makes of an invoice's own fields; pure: its lines and amounts are put together elsewhere."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.invoiced.account import Account
from sandbox.invoiced.adjustments import OF_AN_INVOICE, adjusted
from sandbox.invoiced.errors import ConflictError, InvalidError
from sandbox.invoiced.fields import Field, read_value
from sandbox.invoiced.moment import Moment
from sandbox.invoiced.records import Document
from sandbox.invoiced.writing import given, starting_values, written

from .amounts import VOIDED
from .fields import FIELDS, SHIP_TO
from .terms import due_date

ADJUSTED = frozenset(kind.name for kind in OF_AN_INVOICE)
SENT, DRAFT, CLOSED = Field("sent", "boolean"), Field("draft", "boolean"), Field("closed", "boolean")
ADDRESS = Field("ship_to", "object")


def created(
    id_: int, body: Mapping[str, Any], customer: Document, account: Account, moment: Moment
) -> Document:
    """A new invoice, without lines and amounts; `number` may still be missing."""
    start = starting_values(FIELDS) | {
        "id": id_,
        "customer": customer["id"],
        "currency": moment.currency,
        "date": moment.now,
        "payment_terms": customer["payment_terms"],
        "autopay": customer["autopay"],
        "sent": False,
    }
    invoice = _written(start, given(body), moment)
    if invoice["due_date"] is None:
        invoice["due_date"] = due_date(invoice["date"], invoice["payment_terms"])
    return invoice | _addresses(id_, account)


def changed(before: Document, body: Mapping[str, Any], moment: Moment) -> Document:
    """An invoice after a write, lines and amounts as they were; raises where it may not be edited."""
    _check_editable(before, body, moment.switches)
    after = _written(before, body, moment)
    moved = any(after[name] != before[name] for name in ("date", "payment_terms"))
    if moved and "due_date" not in body and moment.switches["invoiced.due_date_follows"]:
        after["due_date"] = due_date(after["date"], after["payment_terms"])
    return after


def _check_editable(before: Document, body: Mapping[str, Any], switches: Mapping[str, bool]) -> None:
    id_ = before["id"]
    if before["status"] == VOIDED and switches["invoiced.voided_refuses_edits"]:
        raise ConflictError(f"Invoice {id_} is voided and cannot be changed")
    reopening = "closed" in body and not read_value(CLOSED, body["closed"], switches)
    if before["closed"] and not reopening and switches["invoiced.closed_refuses_edits"]:
        raise ConflictError(f"Invoice {id_} is closed and cannot be changed; reopen it with closed:false")
    drafting = not before["draft"] and bool(read_value(DRAFT, body.get("draft"), switches))
    if drafting and switches["invoiced.issued_stays_issued"]:
        raise InvalidError(f"Invoice {id_} is issued and cannot become a draft again", "draft")
    named = body.get("customer", before["customer"])
    if str(named) != str(before["customer"]) and switches["invoiced.create_only_refused"]:
        raise InvalidError("customer of an invoice cannot be changed; void it and create another", "customer")


def _written(before: Document, body: Mapping[str, Any], moment: Moment) -> Document:
    switches = moment.switches
    own = {name: value for name, value in body.items() if name not in ADJUSTED}
    after = written(FIELDS, before, own, switches) | adjusted(before, body, OF_AN_INVOICE, moment)
    if "sent" in body:
        after["sent"] = bool(read_value(SENT, body["sent"], switches))
    if "ship_to" in body:
        after["ship_to"] = _ship_to(read_value(ADDRESS, body["ship_to"], switches), switches)
    return after


def _ship_to(address: Mapping[str, Any] | None, switches: Mapping[str, bool]) -> Document | None:
    if not address:
        return None
    return written(SHIP_TO, starting_values(SHIP_TO), address, switches)


def _addresses(id_: int, account: Account) -> dict[str, str]:
    token = hashlib.sha256(f"{account.site} invoice {id_}".encode()).hexdigest()[:24]
    url = f"{account.site}/invoices/{token}"
    return {"url": url, "payment_url": f"{url}/payment", "pdf_url": f"{url}/pdf", "csv_url": f"{url}/csv"}
