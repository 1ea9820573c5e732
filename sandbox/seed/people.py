"""Who is billed in their own name, and who works where, before Tandem is started."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is a customer in their own name. `given` may be empty."""

    given: str
    family: str
    number: str | None
    email: str | None
    phone: str | None
    street: str
    city: str
    postal_code: str
    country: str
    currency: str
    language: str | None = None
    notes: str | None = None

    @property
    def name(self) -> str:
        """Both names, joined."""
        return f"{self.given} {self.family}".strip()

    def invoiced(self) -> dict[str, object]:
        """As a customer of Invoiced."""
        return {
            "name": self.name,
            "number": self.number,
            "type": "person",
            "email": self.email,
            "phone": self.phone,
            "address1": self.street,
            "city": self.city,
            "postal_code": self.postal_code,
            "country": self.country,
            "currency": self.currency.lower(),
            "language": self.language,
            "notes": self.notes,
        }

    def crm(self) -> dict[str, object]:
        """As a Contact of the CRM that belongs to no Customer."""
        return {
            "FirstName": self.given or None,
            "LastName": self.family,
            "ContactNumber": self.number,
            "Email": self.email,
            "Phone": self.phone,
            "StreetAddress1": self.street,
            "City": self.city,
            "ZipCode": self.postal_code,
            "Country": self.country,
            "Currency": self.currency,
            "Language": self.language,
            "Description": self.notes,
        }


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at an organisation, which is told by its name."""

    organisation: str
    given: str
    family: str
    title: str | None
    department: str | None
    email: str | None
    phone: str | None
    country: str
    primary: bool = False

    @property
    def name(self) -> str:
        """Both names, joined."""
        return f"{self.given} {self.family}".strip()

    def invoiced(self) -> dict[str, object]:
        """As a contact of an Invoiced customer."""
        return {
            "name": self.name,
            "title": self.title,
            "department": self.department,
            "email": self.email,
            "phone": self.phone,
            "primary": self.primary,
            "country": self.country,
        }

    def crm(self) -> dict[str, object]:
        """As a Contact of the CRM, its `CustomerId` yet to be filled in."""
        return {
            "FirstName": self.given or None,
            "LastName": self.family,
            "Title": self.title,
            "Department": self.department,
            "Email": self.email,
            "Phone": self.phone,
            "IsPrimary": self.primary,
            "Country": self.country,
        }


PERSONS_BOTH = (
    # Their family names have two words: only the CRM knows where one ends and the other begins.
    Person(
        "Maria José", "Oliveira Santos", "P-201", "mj.oliveira@mail.example", "+351 91 5550201",
        "Rua das Flores 21", "Porto", "4050262", "PT", "EUR", "pt",
    ),
    Person(
        "Astrid", "van den Berg", "P-202", "astrid@vandenberg.example", "+31 6 55550202",
        "Prinsengracht 263", "Amsterdam", "1016 GV", "NL", "EUR", "nl",
    ),
    Person(
        "Tom", "Whitaker", "P-203", "tom.whitaker@mail.example", "+1 415 555 0203",
        "1 Market Street", "San Francisco", "94105", "US", "USD", "en", "Pays by cheque.",
    ),
)  # fmt: skip
PERSONS_INVOICED_ONLY = (
    Person("", "Björk", "P-204", "bjork@mail.example", None, "Laugavegur 8", "Reykjavík", "101", "IS", "ISK", "is"),
    Person(
        "Yuki", "Tanaka", "P-205", "yuki@tanaka.example", "+81 3 55550205",
        "Ginza 4-6", "Tokyo", "1040061", "JP", "JPY", "ja",
    ),
)  # fmt: skip
PERSONS_CRM_ONLY = (
    Person(
        "Seán", "Ó Briain", None, "sean.obriain@mail.example", "+353 87 5550206",
        "3 Shop Street", "Galway", "H91", "IE", "EUR", "ga",
    ),
)  # fmt: skip
# One number, two people: nobody but a person can tell whether one of them was mistyped.
PERSONS_AMBIGUOUS = (
    Person("Chris", "Morgan", "P-207", None, None, "9 Mill Lane", "York", "YO1 7HY", "GB", "GBP"),
    Person("Jordan", "Blake", "P-207", None, None, "40 High Street", "Bath", "BA1 1AA", "GB", "GBP"),
)

CONTACTS_BOTH = (
    Contact("Nordwind Logistik GmbH", "Jürgen", "Weiß", "Leiter Buchhaltung", "Finanzen",
            "j.weiss@nordwind.example", "+49 40 5550111", "DE", primary=True),
    Contact("Fjällräven Bygg AB", "Åsa", "Lindqvist", "Ekonomichef", "Ekonomi",
            "asa@fjallbygg.example", "+46 8 5550112", "SE", primary=True),
    Contact("Harper & Lane LLC", "Dana Lee", "Harper", "Partner", None, "dana@harperlane.example", None, "US"),
)  # fmt: skip
# The last of each stands below an organisation that the other system has not heard of.
CONTACTS_INVOICED_ONLY = (
    Contact("Bergen Sjømat AS", "Ingrid", "Haugen", "Innkjøp", None, "ingrid@bergensjomat.example",
            "+47 55 550113", "NO"),
    Contact("Maison Lefèvre SARL", "Hélène", "Dupont", "Comptable", "Comptabilité",
            "helene@lefevre.example", "+33 1 55500115", "FR", primary=True),
)  # fmt: skip
CONTACTS_CRM_ONLY = (
    Contact("Nordwind Logistik GmbH", "Ayşe", "Demir", "Disposition", "Logistik",
            "a.demir@nordwind.example", "+49 40 5550114", "DE"),
    Contact("Atelier Verde Lda", "Rui", "Costa", "Gerente", None, "rui@atelierverde.example",
            "+351 21 5550117", "PT", primary=True),
)  # fmt: skip
# One mailbox, three names: which of the CRM's two the one in Invoiced is, if any, a person has to decide.
CONTACTS_AMBIGUOUS = (
    Contact("Harper & Lane LLC", "Front", "Desk", None, None, "desk@harperlane.example", None, "US"),
    Contact("Harper & Lane LLC", "Pat", "Nguyen", "Receptionist", None, "desk@harperlane.example", None, "US"),
    Contact("Harper & Lane LLC", "Lou", "Ferreira", "Receptionist", None, "desk@harperlane.example", None, "US"),
)  # fmt: skip


def persons_in_invoiced() -> Iterator[dict[str, object]]:
    """The persons Invoiced begins with, as customers."""
    return (one.invoiced() for one in (*PERSONS_BOTH, *PERSONS_INVOICED_ONLY, PERSONS_AMBIGUOUS[0]))


def persons_in_crm() -> Iterator[dict[str, object]]:
    """The persons the CRM begins with, as Contacts of no Customer."""
    return (one.crm() for one in (*PERSONS_BOTH, *PERSONS_CRM_ONLY, PERSONS_AMBIGUOUS[1]))


def contacts_in_invoiced() -> Iterator[tuple[str, dict[str, object]]]:
    """The contacts Invoiced begins with, each with the name of its organisation."""
    people = (*CONTACTS_BOTH, *CONTACTS_INVOICED_ONLY, CONTACTS_AMBIGUOUS[0])
    return ((one.organisation, one.invoiced()) for one in people)


def contacts_in_crm() -> Iterator[tuple[str, dict[str, object]]]:
    """The Contacts of Customers the CRM begins with, each with the name of its organisation."""
    people = (*CONTACTS_BOTH, *CONTACTS_CRM_ONLY, *CONTACTS_AMBIGUOUS[1:])
    return ((one.organisation, one.crm()) for one in people)
