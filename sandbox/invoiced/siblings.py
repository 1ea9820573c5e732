"""The objects Invoiced has and the simulator does not yet: each answers 501, so a gap is never taken for a 404."""

from .call import Answer, Call
from .endpoint import Handler
from .errors import NotYetError

METHODS = ("GET", "POST", "PATCH", "DELETE")
UNDER_CUSTOMERS = ("notes", "payment_sources", "emails", "letters")
UNDER_INVOICES = ("emails", "text_messages", "letters", "attachments", "payment_plan", "notes")
COLLECTIONS = (
    "estimates",
    "credit_notes",
    "subscriptions",
    "plans",
    "coupons",
    "tax_rates",
    "notes",
    "tasks",
    "custom_fields",
)


def refuse(call: Call) -> Answer:
    """Says what is missing."""
    what = call.request.url.path
    raise NotYetError(
        f"{what} exists in Invoiced, but this simulator does not imitate it yet; see its README"
    )


def table() -> list[tuple[str, str, Handler]]:
    """Method, path and handler of each; a sibling that joins takes its name off the lists above."""
    roots = [
        f"/customers/{{id}}/{name}" for name in (*UNDER_CUSTOMERS, "text_messages", "consolidate_invoices")
    ]
    roots += [f"/invoices/{{id}}/{name}" for name in UNDER_INVOICES]
    roots += [f"/{name}" for name in COLLECTIONS]
    return [
        (method, path, refuse)
        for root in roots
        for path in (root, root + "/{rest:path}")
        for method in METHODS
    ]
