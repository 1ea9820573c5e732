"""Invoices and orders in a flow: the fields both have, nested ones among them, and what their references name."""

from pathlib import Path

import pytest

from schemas.api_fields import Api
from schemas.flow_file import OWN_FLOWS, FlowError, load_flows
from schemas.profile_file import load_profile

ORDER = """name: order
version: 1
invoiced: {entity: invoice, create: {draft: true, calculate_taxes: false}}
crm: {entity: order, when: {CustomerId: filled}}
barrier: {invoiced: [invoice], crm: [order]}
properties:
  - {name: number, invoiced: number, crm: OrderNumber}
  - {name: city, invoiced: ship_to.city, crm: ShippingAddress.City}
  - {name: recipient, invoiced: ship_to.name, crm: ShippingAddress.Name}
  - {name: cost_centre, invoiced: metadata.cost_centre, crm: CustomerReference}
  - {name: draft, invoiced: draft, crm: IsDraft, type: boolean}
  - {name: total, invoiced: total, crm: TotalAmount, type: decimal, direction: to-crm}
  - {name: url, invoiced: url, crm: InvoiceUrl, direction: to-crm}
  - {name: customer, invoiced: customer, crm: CustomerId, type: reference, refers: customer, required: true}
rules: []
policy: {delete: ignore}
"""
MISTAKES = [
    ("ship_to.city", "ship_to.town", "'ship_to.town' of 'city' is no field of Invoiced's invoice; "),
    ("ship_to.city", "ship_to.citty", "did you mean 'ship_to.city'?"),
    ("ship_to.city", "shipto.city", "did you mean 'ship_to.city'?"),
    ("ship_to.city", "ship_to", "'ship_to' of 'city' is no field"),
    ("metadata.cost", "metdata.cost", "did you mean 'metadata.cost_centre'?"),
    ("ShippingAddress.City", "ShippingAddress.Citty", "did you mean 'ShippingAddress.City'?"),
    ("ShippingAddress.City", "ShippingAdress.City", "did you mean 'ShippingAddress.City'?"),
    ("ShippingAddress.City", "ShippingAddress.city", "did you mean 'ShippingAddress.City'?"),
    ("crm: ShippingAddress.City}", "crm: ShippingAddress.City, type: decimal}", "holds a text; write `type: text`"),
    ("crm: OrderNumber", "crm: Lines", "'Lines' of the CRM's order holds a list; write `type: amount`"),
    ("number, invoiced: number", "number, invoiced: items", "'items' of Invoiced's invoice holds a list; write `type: amount`"),
    ("crm: OrderNumber", "crm: DueDate", "holds a time; write `type: instant`"),
    ("refers: customer", "refers: product", "but 'customer' there names a customer; write `refers: customer`"),
    ("crm: CustomerId, type", "crm: ContactId, type", "but 'ContactId' there names a contact"),
]  # fmt: skip


def folder(tmp_path: Path, text: str) -> Path:
    """Tandem's own flows and one of orders."""
    for each in OWN_FLOWS.glob("*.yaml"):
        (tmp_path / each.name).write_text(each.read_text())
    (tmp_path / "order.yaml").write_text(text)
    return tmp_path


def test_a_flow_of_orders_is_right(tmp_path: Path) -> None:
    """Nested fields are named with dots, a person's orders by ContactId, and Tandem's own profile has the path."""
    own = ORDER.replace("CustomerId: filled", "ContactId: filled").replace("CustomerId,", "ContactId,")
    person = own.replace("refers: customer", "refers: person")

    assert "order" in [flow.name for flow in load_flows(folder(tmp_path, ORDER), load_profile())]
    assert "order" in [flow.name for flow in load_flows(folder(tmp_path, person), load_profile())]


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES, ids=[new for _, new, _ in MISTAKES])
def test_what_no_order_has_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A misspelt field is told with the one that was meant, a list or a time with what may be done with it."""
    assert old in ORDER
    with pytest.raises(FlowError) as caught:
        load_flows(folder(tmp_path, ORDER.replace(old, new, 1)))

    assert [problem for problem in caught.value.problems if message in problem.message], str(caught.value)
    assert {Path(problem.file).name for problem in caught.value.problems} == {"order.yaml"}


@pytest.mark.parametrize(
    ("system", "entity", "name", "kind"),
    [
        ("invoiced", "invoice", "ship_to.postal_code", "text"),
        ("invoiced", "invoice", "items", "list"),
        ("invoiced", "invoice", "shipping", "list"),
        ("invoiced", "invoice", "due_date", "time"),
        ("invoiced", "invoice", "balance", "number"),
        ("invoiced", "invoice", "customer", "reference"),
        ("invoiced", "invoice", "late_fees", None),
        ("crm", "order", "ShippingAddress.ZipCode", "text"),
        ("crm", "order", "Lines", "list"),
        ("crm", "order", "TaxAmount", "number"),
        ("crm", "order", "ContactId", "reference"),
    ],
)
def test_what_a_field_holds(system: str, entity: str, name: str, kind: str | None) -> None:
    """Each field is known with its kind, those within nested objects, too."""
    api = Api()

    assert api.knows(system, entity, name)  # type: ignore[arg-type]  # one of the two
    assert api.kind(system, entity, name) == kind  # type: ignore[arg-type]  # likewise


LINES = [
    ("invoiced: items", "invoiced: item", "lines.invoiced is 'item', no list of lines of Invoiced's invoice; did you mean 'items'?"),
    ("crm: Lines", "crm: Notes", "lines.crm is 'Notes', no list of lines of the CRM's order; did you mean 'Lines'?"),
    ("invoiced: unit_cost", "invoiced: unit_price", "'unit_price' of 'unit_cost' is no field of Invoiced's invoice.items; did you mean 'unit_cost'?"),
    ("crm: UnitPrice", "crm: UnitPrise", "'UnitPrise' of 'unit_cost' is no field of the CRM's order.Lines; did you mean 'UnitPrice'?"),
    ("crm: Quantity, type: decimal", "crm: Quantity", "'quantity' is text, but 'quantity' of Invoiced's invoice.items holds a number; write `type: decimal`"),
    ("type: reference, refers: product", "type: reference, refers: customer", "but 'catalog_item' there names a item; write `refers: product`"),
    ("type: reference, refers: product", "type: reference, refers: produce", "refers to the flow 'produce', which is in no file; did you mean 'product'?"),
    ("crm: Name}\n    - {name: description", "crm: Quantity}\n    - {name: description", "crm 'Quantity' of 'quantity' is already kept in step by 'name'"),
    ("name: taxable", "name: quantity", "name 'quantity' stands twice"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), LINES, ids=[new for _, new, _ in LINES])
def test_what_no_line_has_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The lines of Tandem's own flow of orders, with one mistake: told with its line and its cure, like any other."""
    text = (OWN_FLOWS / "order.yaml").read_text()
    head, lines = text.split("\nlines:\n")
    assert old in lines
    with pytest.raises(FlowError) as caught:
        load_flows(folder(tmp_path, f"{head}\nlines:\n{lines.replace(old, new, 1)}"))

    (found,) = [problem for problem in caught.value.problems if message in problem.message]
    begun = text[: text.index("\nlines:\n")].count("\n") + 2
    assert found.line > begun
