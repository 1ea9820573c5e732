"""The payment, as the documentation shows it, with what it is applied to."""

from sandbox.invoiced.entity import Entity
from sandbox.invoiced.fields import Field

AMOUNT = Field("amount", "number", required=True)

FIELDS = (
    Field("id", "integer", access="read"),
    Field("object", access="read", start="payment"),
    Field("customer", "integer", access="read"),
    Field("date", "integer", required=True),
    Field("currency", "currency", access="read"),
    Field("amount", "number", access="read"),
    Field("balance", "number", access="read"),
    Field("method", start="other", required=True),
    Field("matched", "boolean", access="read"),
    Field("reference"),
    Field("source", access="read", start="api"),
    Field("notes", limit=65_535),
    Field("voided", "boolean", access="read", start=False),
    Field("ach_sender_id"),
    Field("charge", "object", access="read"),
    Field("applied_to", "list", access="read", start=[]),
    Field("pdf_url", access="read"),
    Field("metadata", "map", start={}),
    Field("created_at", "integer", access="read"),
    Field("updated_at", "integer", access="read"),
)

PAYMENT = Entity("payment", FIELDS, {"customer": "customer"})
