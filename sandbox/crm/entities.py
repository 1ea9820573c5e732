"""The table of entities: a sibling joins by a line in ENTITIES and its properties."""

from .entity import Entity, Flag, Property, Reference, Text

EMAIL = r"[^@ \t\r\n]+@[^@ \t\r\n]+\.[^@ \t\r\n]+"

EXTERNAL_ID: Property = Text(255, shortest=1)

CUSTOMERS = Entity(
    path="customers",
    prefix="CUS",
    natural="CustomerNumber",
    owner="ParentId",
    filters={"CustomerNumber": "natural"},
    properties={
        "Name": Text(255, shortest=1, required=True),
        "CustomerNumber": Text(64, shortest=1),
        "Email": Text(254, pattern=EMAIL, means="an e-mail address such as a@b.example"),
        "Phone": Text(64),
        "Fax": Text(64),
        "Website": Text(255),
        "AttentionTo": Text(255),
        "StreetAddress1": Text(255),
        "StreetAddress2": Text(255),
        "ZipCode": Text(32),
        "City": Text(255),
        "State": Text(100),
        "Country": Text(2, pattern="[A-Z]{2}", means="two upper-case letters (ISO 3166-1), such as SE"),
        "Language": Text(2, pattern="[a-z]{2}", means="two lower-case letters (ISO 639-1), such as sv"),
        "Currency": Text(3, pattern="[A-Z]{3}", means="three upper-case letters (ISO 4217), such as EUR"),
        "PaymentTerms": Text(64),
        "OrganizationNumber": Text(64),
        "Description": Text(10_000),
        "ParentId": Reference("customers", tree=True),
        "IsActive": Flag(default=True),
    },
)

ENTITIES = {entity.path: entity for entity in (CUSTOMERS,)}
NOT_YET = ("contacts", "products", "orders")
