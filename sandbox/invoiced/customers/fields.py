"""The customer, whole: every field of the fact sheet's section 2.1, the extras seen live included."""

from sandbox.invoiced.entity import Entity
from sandbox.invoiced.fields import Field

TYPES = ("company", "person")
MORE_TYPES = ("government", "non_profit")
MIRRORS = {
    "owner_id": "owner",
    "ach_gateway_id": "ach_gateway",
    "cc_gateway_id": "cc_gateway",
    "late_fee_schedule_id": "late_fee_schedule",
    "network_connection_id": "network_connection",
}

FIELDS = (
    Field("id", "integer", access="read"),
    Field("object", access="read", start="customer"),
    Field("name", required=True),
    Field("number", limit=32),
    Field("type", "choice", start="company", required=True, choices=TYPES + MORE_TYPES),
    Field("email", "email"),
    Field("phone"),
    Field("attention_to"),
    Field("address1"),
    Field("address2"),
    Field("city"),
    Field("state"),
    Field("postal_code"),
    Field("country", "country"),
    Field("language", "language"),
    Field("currency", "currency"),
    Field("payment_terms"),
    Field("autopay", "boolean", start=False),
    Field("autopay_delay_days", "integer", start=-1),
    Field("payment_source", "object", access="read"),
    Field("parent_customer", "integer"),
    Field("bill_to_parent", "boolean", start=False),
    Field("consolidated", "boolean", start=False),
    Field("owner", "integer"),
    Field("owner_id", "integer", access="read"),
    Field("credit_hold", "boolean", start=False),
    Field("credit_limit", "number"),
    Field("chase", "boolean", start=True),
    Field("chasing_cadence", "integer"),
    Field("next_chase_step", "integer"),
    Field("taxable", "boolean", start=True),
    Field("taxes", "list", start=[]),
    Field("tax_id"),
    Field("avalara_entity_use_code"),
    Field("avalara_exemption_number"),
    Field("notes", limit=65_535),
    Field("sign_up_page", "integer"),
    Field("sign_up_url", access="read"),
    Field("statement_pdf_url", access="read"),
    Field("statement_url", access="read"),
    Field("ach_gateway", "integer"),
    Field("ach_gateway_id", "integer", access="read"),
    Field("cc_gateway", "integer"),
    Field("cc_gateway_id", "integer", access="read"),
    Field("disabled_payment_methods", "list", access="write", start=[]),
    Field("active", "boolean", start=True),
    Field("convenience_fee", "boolean", start=True),
    Field("late_fee_schedule", "integer"),
    Field("late_fee_schedule_id", "integer", access="read"),
    Field("network_connection", "integer", access="read"),
    Field("network_connection_id", "integer", access="read"),
    Field("metadata", "map", start={}),
    Field("created_at", "integer", access="read"),
    Field("updated_at", "integer", access="read"),
)

CUSTOMER = Entity("customer", FIELDS, {"parent_customer": "customer"})
