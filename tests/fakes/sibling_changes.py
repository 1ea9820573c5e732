"""One full example of a change of each of the customer's siblings: contacts, items, products, invoices, orders."""

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
INVOICED_INVOICE = _change(
    "invoiced:invoice:501",
    {
        "id": 501,
        "object": "invoice",
        "customer": 4711,
        "number": "INV-0016",
        "currency": "nok",
        "date": 1_700_000_000,
        "due_date": None,
        "draft": False,
        "closed": False,
        "paid": False,
        "status": "sent",
        "items": [
            {
                "id": 7,
                "object": "line_item",
                "catalog_item": "PUMP-40",
                "name": "Pump 40 l/min",
                "quantity": Decimal("1.5"),
                "unit_cost": Decimal("1249.9"),
                "amount": Decimal("1874.85"),
                "taxable": True,
                "discounts": [],
                "taxes": [{"id": 3, "amount": Decimal("468.71")}],
                "metadata": {"tandem_line": "k1"},
                "created_at": 1_700_000_000,
            },
            {"id": 8, "name": "Freight", "quantity": 1, "unit_cost": 0, "margin": Decimal("0.1")},
        ],
        "subtotal": Decimal("1874.85"),
        "total": Decimal("2343.56"),
        "balance": Decimal("2343.56"),
        "discounts": [],
        "taxes": [],
        "payment_plan": None,
        "url": "https://acme.example/invoices/501",
        "ship_to.city": "Oslo",
        "metadata.crm_id": None,
        "created_at": 1_700_000_000,
        "updated_at": 1_767_319_445,
    },
)
CRM_ORDER = _change(
    "crm:order:ORD00000001",
    {
        "Id": "ORD00000001",
        "ExternalId": None,
        "Version": 2,
        "CreatedAt": _SEEN,
        "UpdatedAt": _SEEN,
        "IsDeleted": False,
        "OrderNumber": "INV-0016",
        "CustomerId": "CUS00000001",
        "ContactId": None,
        "Currency": "NOK",
        "OrderDate": _SEEN,
        "ShippingAddress.City": "Oslo",
        "TaxAmount": "468.71",
        "IsDraft": False,
        "Lines": [
            {
                "LineId": "LIN00000001",
                "ProductId": "PRO00000001",
                "Name": "Pump 40 l/min",
                "Quantity": "1.50",
                "UnitPrice": "1249.9",
                "DiscountAmount": None,
                "IsTaxable": True,
                "Position": 1,
                "Shelf": {"Row": 4},
            },
        ],
    },
)

SIBLING_CHANGES: dict[str, Change] = {
    "invoiced.contact": INVOICED_CONTACT,
    "invoiced.item": INVOICED_ITEM,
    "crm.contact": CRM_CONTACT,
    "crm.product": CRM_PRODUCT,
    "invoiced.invoice": INVOICED_INVOICE,
    "crm.order": CRM_ORDER,
}
