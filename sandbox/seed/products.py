"""What is sold, before Tandem is started."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """One thing on the price list. `price` is as the CRM's users typed it, zeros included."""

    code: str
    name: str
    price: str
    currency: str
    category: str
    description: str | None = None
    account: str | None = None
    taxable: bool = True
    discountable: bool = True

    def invoiced(self) -> dict[str, object]:
        """As an item of Invoiced's catalogue; its price is a JSON number."""
        return {
            "id": self.code,
            "name": self.name,
            "description": self.description,
            "type": self.category,
            "unit_cost": Decimal(self.price),
            "currency": self.currency.lower(),
            "taxable": self.taxable,
            "discountable": self.discountable,
            "gl_account": self.account,
        }

    def crm(self) -> dict[str, object]:
        """As a Product of the CRM."""
        return {
            "ProductCode": self.code,
            "Name": self.name,
            "Description": self.description,
            "UnitPrice": self.price,
            "Currency": self.currency,
            "Category": self.category,
            "IsTaxable": self.taxable,
            "IsDiscountable": self.discountable,
            "LedgerAccount": self.account,
        }


PRODUCTS_BOTH = (
    Product("PUMP-40", "Pump 40 l/min", "1249.90", "EUR", "product", "Cast iron, 400 V", "3000"),
    Product("VALVE-DN25", "Valve DN 25", "84.50", "EUR", "product", None, "3000"),
    Product(
        "INSTALL-H", "Installation, per hour", "95.00", "EUR", "service", None, "3100", discountable=False
    ),
)
PRODUCTS_INVOICED_ONLY = (
    Product("SUPPORT-Y", "Support, per year", "1200", "EUR", "service", "Weekdays 8 to 17", "3200"),
)
PRODUCTS_CRM_ONLY = (
    Product("HOSE-10M", "Hose 10 m", "39.95", "EUR", "product"),
    # A cable is sold by the metre, and a metre costs less than a cent's worth can tell.
    Product("CABLE-M", "Cable, per metre", "0.1275", "EUR", "product", None, "3000", taxable=False),
)
# One name, two codes: two of a kind or one mistyped, only a person knows.
PRODUCTS_AMBIGUOUS = (
    Product("FILTER-S", "Filter, small", "12.00", "EUR", "product"),
    Product("FILTR-S", "Filter, small", "12.40", "EUR", "product"),
)


def products_in_invoiced() -> Iterator[dict[str, object]]:
    """The items Invoiced begins with."""
    return (one.invoiced() for one in (*PRODUCTS_BOTH, *PRODUCTS_INVOICED_ONLY, PRODUCTS_AMBIGUOUS[0]))


def products_in_crm() -> Iterator[dict[str, object]]:
    """The Products the CRM begins with."""
    return (one.crm() for one in (*PRODUCTS_BOTH, *PRODUCTS_CRM_ONLY, PRODUCTS_AMBIGUOUS[1]))
