"""The catalogue item, whole: every field of the fact sheet's section 2.4."""

from dataclasses import replace

from sandbox.invoiced.entity import Entity
from sandbox.invoiced.fields import Field

UNDOCUMENTED = ("gl_account", "avalara_tax_code", "avalara_location_code")  # whether they can be updated

FIELDS = (
    Field("id", access="create"),
    Field("object", access="read", start="item"),
    Field("name", required=True),
    Field("description", limit=65_535),
    Field("type"),
    Field("currency", "currency", access="create"),
    Field("unit_cost", "number", start=0, access="create"),
    Field("taxable", "boolean", start=True, access="create"),
    Field("discountable", "boolean", start=True, access="create"),
    Field("taxes", "list", start=[], access="create"),
    Field("gl_account"),
    Field("avalara_tax_code"),
    Field("avalara_location_code"),
    Field("metadata", "map", start={}),
    Field("created_at", "integer", access="read"),
    Field("updated_at", "integer", access="read"),
)

ITEM = Entity("item", FIELDS, {})
# several archived items may have had one id: they are kept under keys of their own
ARCHIVED = replace(ITEM, name="archived_item", key_is_id=False)
