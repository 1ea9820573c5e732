"""The rules of an order beside what its properties accept; pure."""

from collections.abc import Mapping
from typing import Any

from .errors import invalid
from .switches import DRAFT_RETURNS

Before = Mapping[str, Any] | None


def one_buyer(before: Before, after: dict[str, Any], _: Mapping[str, bool]) -> dict[str, Any]:
    """Exactly one of CustomerId and ContactId names who ordered."""
    customer, contact = after["CustomerId"], after["ContactId"]
    if customer is None and contact is None:
        cure = "send the Id of a customer, or that of a contact as ContactId"
        raise invalid("CustomerId", f"CustomerId and ContactId are both null; {cure}")
    if customer is not None and contact is not None:
        name = "CustomerId" if before is not None and before["CustomerId"] is None else "ContactId"
        told = f"CustomerId {customer!r} and ContactId {contact!r} both name who ordered"
        raise invalid(name, f"{told}; send null for one of them in the same request")
    return after


def draft_is_left(before: Before, after: dict[str, Any], switches: Mapping[str, bool]) -> dict[str, Any]:
    """An issued order becomes a draft again only where the switch allows it."""
    returns = before is not None and after["IsDraft"] and not before["IsDraft"]
    if returns and not switches[DRAFT_RETURNS]:
        raise invalid("IsDraft", "IsDraft was set to false and stays so; leave it out")
    return after
