"""The invoice, whole: every field of the fact sheet's section 2.3, the extras seen live included."""

from sandbox.invoiced.entity import Entity
from sandbox.invoiced.fields import Field

HIDDEN = ("sent",)  # kept, never shown: `status` tells it
CURRENCY = Field("currency", "currency", required=True)
SHIP_TO = (
    Field("name"),
    Field("attention_to"),
    Field("address1"),
    Field("address2"),
    Field("city"),
    Field("state"),
    Field("postal_code"),
    Field("country", "country"),
)

FIELDS = (
    Field("id", "integer", access="read"),
    Field("object", access="read", start="invoice"),
    Field("customer", "integer", access="read"),
    Field("number", limit=32),
    Field("name", start="Invoice"),
    CURRENCY,
    Field("date", "integer", required=True),
    Field("due_date", "integer"),
    Field("payment_terms"),
    Field("purchase_order", limit=32),
    Field("draft", "boolean", start=False),
    Field("closed", "boolean", start=False),
    Field("paid", "boolean", access="read", start=False),
    Field("status", access="read", start="not_sent"),
    Field("items", "list", access="read", start=[]),
    Field("subtotal", "number", access="read", start=0),
    Field("discounts", "list", access="read", start=[]),
    Field("taxes", "list", access="read", start=[]),
    Field("shipping", "list", access="read", start=[]),
    Field("total", "number", access="read", start=0),
    Field("balance", "number", access="read", start=0),
    Field("ship_to", "object", access="read"),
    Field("autopay", "boolean", start=False),
    Field("attempt_count", "integer", access="read", start=0),
    Field("next_payment_attempt", "integer"),
    Field("subscription", "integer", access="read"),
    Field("subscription_id", "integer", access="read"),
    Field("payment_plan", "integer", access="read"),
    Field("notes", limit=65_535),
    Field("url", access="read"),
    Field("payment_url", access="read"),
    Field("pdf_url", access="read"),
    Field("csv_url", access="read"),
    Field("chase", "boolean", access="read", start=True),
    Field("late_fees", "boolean", access="read", start=True),
    Field("needs_attention", "boolean", access="read", start=False),
    Field("attachments", "list", access="write", start=[]),
    Field("disabled_payment_methods", "list", access="write", start=[]),
    Field("calculate_taxes", "boolean", access="write", start=True),
    Field("sent", "boolean", access="write", start=False),
    Field("metadata", "map", start={}),
    Field("created_at", "integer", access="read"),
    Field("updated_at", "integer", access="read"),
)

INVOICE = Entity("invoice", FIELDS, {"customer": "customer"})
