"""One full example of a change of each of the customer's siblings: contacts, items, products."""

from decimal import Decimal

from schemas.records import Change, Image, Source

_AT = 1_767_319_445_678
_SEEN = "2026-01-02T02:04:05.678Z"


def _change(ref: str, after: Image) -> Change:
    system, entity, number = ref.split(":", 2)
    source = Source(system=system, entity=entity, id=number, read_at=_AT, epoch=1, updated_at=_AT)
    return Change(op="c", ref=ref, version=_AT, source=source, observed_at=_AT + 5, after=after)


INVOICED_CONTACT = _change(
    "invoiced:contact:91",
    {
        "id": 91,
        "object": "contact",
        "customer": 4711,
        "name": "Åsa  Lindqvist",
        "title": "Controller",
        "department": None,
        "email": "asa@acme.example",
        "phone": "+47 22 00 00 01",
        "primary": True,
        "city": "Oslo",
        "country": "NO",
        "sms_enabled": False,
        "role": {"id": 3},
        "created_at": 1_700_000_000,
        "updated_at": 1_767_319_445,
    },
)
INVOICED_ITEM = _change(
    "invoiced:item:PUMP-40",
    {
        "id": "PUMP-40",
        "object": "item",
        "name": "Pump 40 l/min",
        "description": None,
        "type": "product",
        "unit_cost": Decimal("1249.9"),
        "currency": "nok",
        "taxable": True,
        "discountable": False,
        "taxes": [{"id": "vat", "amount": Decimal("25.5")}],
        "gl_account": "3000",
        "created_at": 1_700_000_000,
        "updated_at": 1_767_319_445,
        "metadata.weight": Decimal("12.5"),
    },
)
CRM_CONTACT = _change(
    "crm:contact:CON00000001",
    {
        "Id": "CON00000001",
        "ExternalId": None,
        "Version": 1,
        "CreatedAt": _SEEN,
        "UpdatedAt": _SEEN,
        "IsDeleted": False,
        "IsActive": True,
        "FirstName": "Åsa",
        "LastName": "Lindqvist",
        "ContactNumber": None,
        "IsPrimary": True,
        "CustomerId": "CUS00000001",
        "Birthday": "1980-02-29",
    },
)
CRM_PRODUCT = _change(
    "crm:product:PRO00000001",
    {
        "Id": "PRO00000001",
        "ExternalId": "inst:invoiced:item:PUMP-40",
        "Version": 3,
        "CreatedAt": _SEEN,
        "UpdatedAt": _SEEN,
        "IsDeleted": False,
        "IsActive": True,
        "ProductCode": "PUMP-40",
        "Name": "Pump 40 l/min",
        "UnitPrice": "1249.90",
        "Currency": "NOK",
        "IsTaxable": True,
    },
)

SIBLING_CHANGES: dict[str, Change] = {
    "invoiced.contact": INVOICED_CONTACT,
    "invoiced.item": INVOICED_ITEM,
    "crm.contact": CRM_CONTACT,
    "crm.product": CRM_PRODUCT,
}
