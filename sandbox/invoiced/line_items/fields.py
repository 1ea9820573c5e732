"""The line item, whole: every field of the fact sheet's section 2.5; it has two homes and one shape."""

from sandbox.invoiced.entity import Entity
from sandbox.invoiced.fields import Field

CUSTOMER = Field("customer", "integer", access="read")  # of a pending line only
FIELDS = (
    Field("id", "integer", access="read"),
    Field("object", access="read", start="line_item"),
    Field("catalog_item", access="create"),
    Field("type"),
    Field("name"),
    Field("description", limit=65_535),
    Field("quantity", "number", start=1),
    Field("unit_cost", "number", start=0),
    Field("amount", "number", access="read", start=0),
    Field("discountable", "boolean", start=True),
    Field("discounts", "list", access="read", start=[]),
    Field("taxable", "boolean", start=True),
    Field("taxes", "list", access="read", start=[]),
    Field("plan", access="read"),
    Field("subscription", "integer", access="read"),
    Field("period_start", "integer", access="read"),
    Field("period_end", "integer", access="read"),
    Field("prorated", "boolean", access="read", start=False),
    Field("metadata", "map", start={}),
    Field("created_at", "integer", access="read"),
    Field("updated_at", "integer", access="read"),
)

LINE_ITEM = Entity("line_item", (FIELDS[0], FIELDS[1], CUSTOMER, *FIELDS[2:]), {"customer": "customer"})
