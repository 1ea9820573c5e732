"""The table of entities: a sibling joins by a line in ENTITIES and its properties."""

from .entity import Entity
from .kinds import Flag, Instant, Money, Property, Reference, Text
from .nested import Lines, Part
from .orders import draft_is_left, one_buyer
from .totals import own_totals

EMAIL = r"[^@ \t\r\n]+@[^@ \t\r\n]+\.[^@ \t\r\n]+"

EXTERNAL_ID: Property = Text(255, shortest=1)
NUMBER = Text(64, shortest=1)
CURRENCY = Text(3, pattern="[A-Z]{3}", means="three upper-case letters (ISO 4217), such as EUR")

REACHED: dict[str, Property] = {
    "Email": Text(254, pattern=EMAIL, means="an e-mail address such as a@b.example"),
    "Phone": Text(64),
    "AttentionTo": Text(255),
    "StreetAddress1": Text(255),
    "StreetAddress2": Text(255),
    "ZipCode": Text(32),
    "City": Text(255),
    "State": Text(100),
    "Country": Text(2, pattern="[A-Z]{2}", means="two upper-case letters (ISO 3166-1), such as SE"),
}
BILLED: dict[str, Property] = {
    "Language": Text(2, pattern="[a-z]{2}", means="two lower-case letters (ISO 639-1), such as sv"),
    "Currency": CURRENCY,
    "PaymentTerms": Text(64),
    "Description": Text(10_000),
}

CUSTOMERS = Entity(
    path="customers",
    prefix="CUS",
    natural="CustomerNumber",
    owner="ParentId",
    filters={"CustomerNumber": "natural"},
    properties={
        "Name": Text(255, shortest=1, required=True),
        "CustomerNumber": NUMBER,
        **REACHED,
        "Fax": Text(64),
        "Website": Text(255),
        **BILLED,
        "OrganizationNumber": Text(64),
        "ParentId": Reference("customers", tree=True),
        "IsActive": Flag(default=True),
    },
)

CONTACTS = Entity(
    path="contacts",
    prefix="CON",
    natural="ContactNumber",
    owner="CustomerId",
    filters={"ContactNumber": "natural", "CustomerId": "owner"},
    properties={
        "FirstName": Text(255),
        "LastName": Text(255, shortest=1, required=True),
        "ContactNumber": NUMBER,
        "Title": Text(255),
        "Department": Text(255),
        **REACHED,
        **BILLED,
        "IsPrimary": Flag(default=False),
        "CustomerId": Reference("customers"),
        "IsActive": Flag(default=True),
    },
)

PRODUCTS = Entity(
    path="products",
    prefix="PRO",
    natural="ProductCode",
    filters={"ProductCode": "natural"},
    properties={
        "ProductCode": NUMBER,
        "Name": Text(255, shortest=1, required=True),
        "Description": Text(10_000),
        "UnitPrice": Money(),
        "Currency": CURRENCY,
        "Category": Text(100),
        "IsTaxable": Flag(default=True),
        "IsDiscountable": Flag(default=True),
        "LedgerAccount": Text(64),
        "IsActive": Flag(default=True),
    },
)

LINES = Lines(
    prefix="LIN",
    properties={
        "ProductId": Reference("products"),
        "Name": Text(255),
        "Description": Text(10_000),
        "Quantity": Money(),
        "UnitPrice": Money(),
        "DiscountAmount": Money(),
        "IsTaxable": Flag(default=True),
        "IsDiscountable": Flag(default=True),
        "LineTotal": Money(),
    },
)
ADDRESS = Part(
    {
        "Name": Text(255),
        "AttentionTo": Text(255),
        **{name: REACHED[name] for name in ("StreetAddress1", "StreetAddress2", "City", "State")},
        **{name: REACHED[name] for name in ("ZipCode", "Country")},
    }
)

ORDERS = Entity(
    path="orders",
    prefix="ORD",
    natural="OrderNumber",
    owner="CustomerId",
    filters={"OrderNumber": "natural", "CustomerId": "owner", "ContactId": "contact"},
    properties={
        "OrderNumber": NUMBER,
        "CustomerId": Reference("customers"),
        "ContactId": Reference("contacts"),
        "Name": Text(255),
        "Currency": CURRENCY,
        "OrderDate": Instant(),
        "DueDate": Instant(),
        "PaymentTerms": Text(64),
        "CustomerReference": Text(255),
        "Notes": Text(10_000),
        "ShippingAddress": ADDRESS,
        "DiscountAmount": Money(),
        "TaxAmount": Money(),
        "IsDraft": Flag(default=True),
        "Status": Text(64),
        "Subtotal": Money(),
        "TotalAmount": Money(),
        "BalanceDue": Money(),
        "IsPaid": Flag(default=False),
        "InvoiceUrl": Text(2048),
        "Lines": LINES,
    },
    rules=(one_buyer, draft_is_left, own_totals),
)

ENTITIES = {entity.path: entity for entity in (CUSTOMERS, CONTACTS, PRODUCTS, ORDERS)}
