"""The contact, whole: every field of the fact sheet's section 2.2, the extras seen live included."""

from sandbox.invoiced.entity import Entity
from sandbox.invoiced.fields import Field

PARENT = ("customer", "customer_id")  # seen live, absent from the documentation's samples

FIELDS = (
    Field("id", "integer", access="read"),
    Field("object", access="read", start="contact"),
    Field("customer", "integer", access="read"),
    Field("customer_id", "integer", access="read"),
    Field("name"),
    Field("title"),
    Field("department"),
    Field("email", "email"),
    Field("phone"),
    Field("primary", "boolean", start=True),
    Field("sms_enabled", "boolean", start=False),
    Field("send_new_invoices", "boolean", start=False),
    Field("role"),
    Field("address1"),
    Field("address2"),
    Field("city"),
    Field("state"),
    Field("postal_code"),
    Field("country", "country"),
    Field("created_at", "integer", access="read"),
    Field("updated_at", "integer", access="read"),
)

CONTACT = Entity("contact", FIELDS, {"customer": "customer"})
