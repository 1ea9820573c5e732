"""Who stands where before Tandem is started: on both sides, on one, and one that nobody can tell apart."""

from collections.abc import Iterator
from dataclasses import dataclass

Where = str


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation as its sales people know it."""

    name: str
    number: str | None
    email: str | None
    phone: str | None
    street: str
    city: str
    postal_code: str
    country: str
    currency: str
    tax_id: str | None = None
    terms: str | None = None
    website: str | None = None

    def invoiced(self) -> dict[str, object]:
        """As a customer of Invoiced."""
        return {
            "name": self.name,
            "number": self.number,
            "type": "company",
            "email": self.email,
            "phone": self.phone,
            "address1": self.street,
            "city": self.city,
            "postal_code": self.postal_code,
            "country": self.country,
            "currency": self.currency.lower(),
            "tax_id": self.tax_id,
            "payment_terms": self.terms,
            "metadata": {"website": self.website} if self.website else {},
        }

    def crm(self) -> dict[str, object]:
        """As a Customer of the CRM."""
        return {
            "Name": self.name,
            "CustomerNumber": self.number,
            "Email": self.email,
            "Phone": self.phone,
            "StreetAddress1": self.street,
            "City": self.city,
            "ZipCode": self.postal_code,
            "Country": self.country,
            "Currency": self.currency,
            "OrganizationNumber": self.tax_id,
            "PaymentTerms": self.terms,
            "Website": self.website,
        }


BOTH = (
    Organisation(
        "Nordwind Logistik GmbH", "1001", "rechnung@nordwind.example", "+49 40 5550101", "Hafenstraße 12",
        "Hamburg", "20457", "DE", "EUR", "DE811234567", "NET 30", "https://nordwind.example",
    ),
    Organisation(
        "Fjällräven Bygg AB", "1002", "ekonomi@fjallbygg.example", "+46 8 5550102", "Sveavägen 44",
        "Stockholm", "11134", "SE", "SEK", "556677-8899", "NET 30",
    ),
    Organisation(
        "Bergen Sjømat AS", "1003", "faktura@bergensjomat.example", "+47 55 550103", "Bryggen 3",
        "Bergen", "5003", "NO", "NOK", "912345678", "NET 14",
    ),
    Organisation(
        "Harper & Lane LLC", "1004", "ap@harperlane.example", "+1 512 555 0104", "200 Congress Ave",
        "Austin", "78701", "US", "USD", None, "NET 45",
    ),
)  # fmt: skip
INVOICED_ONLY = (
    Organisation(
        "Maison Lefèvre SARL", "1005", "compta@lefevre.example", "+33 1 55500105", "8 rue de Rivoli",
        "Paris", "75004", "FR", "EUR", "FR40303265045",
    ),
    Organisation(
        "Kyoto Ceramics KK", "1006", "keiri@kyotoceramics.example", "+81 75 5550106", "Gion 5-1",
        "Kyoto", "6050001", "JP", "JPY",
    ),
)  # fmt: skip
CRM_ONLY = (
    Organisation(
        "Atelier Verde Lda", None, "geral@atelierverde.example", "+351 21 5550107", "Rua Augusta 99",
        "Lisboa", "1100048", "PT", "EUR", "PT501964843", "NET 30",
    ),
    Organisation(
        "O'Brien Dairy Ltd", "1008", "accounts@obriendairy.example", "+353 1 5550108", "14 Abbey Street",
        "Dublin", "D01", "IE", "EUR",
    ),
)  # fmt: skip
# The same number in both systems, but another name and no organisation number: a person has to decide.
AMBIGUOUS = (
    Organisation("Sunrise Trading Co", "1009", None, None, "1 Dock Road", "London", "E16 1AH", "GB", "GBP"),
    Organisation("Moonlight Imports", "1009", None, None, "77 Quay Street", "Leeds", "LS1 4BT", "GB", "GBP"),
)


def in_invoiced() -> Iterator[dict[str, object]]:
    """The customers Invoiced begins with."""
    return (one.invoiced() for one in (*BOTH, *INVOICED_ONLY, AMBIGUOUS[0]))


def in_crm() -> Iterator[dict[str, object]]:
    """The Customers the CRM begins with."""
    return (one.crm() for one in (*BOTH, *CRM_ONLY, AMBIGUOUS[1]))
