"""Organisations as both systems show them: the images that the measured events carry."""

from datetime import UTC, datetime, timedelta
from typing import Any

Image = dict[str, Any]

CITIES = (
    ("Hamburg", "20457", "DE", "eur"),
    ("Bergen", "5003", "NO", "nok"),
    ("Austin", "78701", "US", "usd"),
)
#: Names that an Invoiced customer shows beside the synchronised ones.
UNSYNCED: Image = {
    "object": "customer",
    "type": "company",
    "autopay": False,
    "autopay_delay_days": -1,
    "bill_to_parent": False,
    "consolidated": False,
    "owner": None,
    "credit_hold": False,
    "credit_limit": None,
    "chase": True,
    "chasing_cadence": None,
    "next_chase_step": None,
    "taxable": True,
    "taxes": [],
    "avalara_entity_use_code": None,
    "avalara_exemption_number": None,
    "sign_up_page": None,
    "sign_up_url": None,
    "ach_gateway": None,
    "cc_gateway": None,
    "disabled_payment_methods": [],
    "payment_source": None,
}


def rfc3339(at_ms: int) -> str:
    """A time as the CRM writes it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03}Z"


def in_invoiced(number: int, at_ms: int) -> Image:
    """Customer `number` of Invoiced, a company with most of its properties filled in."""
    city, postal_code, country, currency = CITIES[number % len(CITIES)]
    return {
        **UNSYNCED,
        "id": number,
        "name": f"Organisation {number:07} Logistics",
        "number": f"B{number:07}",
        "email": f"accounts@organisation{number:07}.example",
        "phone": f"+49 40 {number:07}",
        "attention_to": "Accounts payable",
        "address1": f"Harbour Street {number % 900 + 1}",
        "address2": None,
        "city": city,
        "state": None,
        "postal_code": postal_code,
        "country": country,
        "language": "en",
        "currency": currency,
        "payment_terms": "NET 30",
        "tax_id": f"{country}{number:09}",
        "notes": None,
        "parent_customer": None,
        "active": True,
        "metadata.website": f"https://organisation{number:07}.example",
        "metadata.fax": None,
        "metadata.crm_id": None,
        "statement_url": f"https://bench.invoiced.example/statements/{number:07}",
        "statement_pdf_url": f"https://bench.invoiced.example/statements/{number:07}/pdf",
        "created_at": at_ms // 1000,
        "updated_at": at_ms // 1000,
    }


def in_crm(number: int, values: Image, at_ms: int) -> Image:
    """The CRM's record after a create with these values."""
    empty = dict.fromkeys(
        (
            "AttentionTo",
            "StreetAddress2",
            "State",
            "Language",
            "PaymentTerms",
            "Description",
            "Fax",
            "ParentId",
        )
    )
    return {
        **empty,
        "Id": f"C{number:07}",
        "Version": 1,
        "CreatedAt": rfc3339(at_ms),
        "UpdatedAt": rfc3339(at_ms),
        "IsDeleted": False,
        "IsActive": True,
        **values,
    }
