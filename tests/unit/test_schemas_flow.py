"""Flows: what the customer flow says, its defaults and its hash."""

from pathlib import Path

import pytest

from schemas.flow import Creation, Flow, Policy
from schemas.flow_file import flows_hash, load_flows
from schemas.flow_property import Property
from tests.unit.flow_text import EMPTY

ADDRESS = {"address1": "StreetAddress1", "address2": "StreetAddress2", "city": "City", "state": "State", "postal_code": "ZipCode", "country": "Country"}  # fmt: skip
HUMAN = {"name": ("FirstName", "LastName"), "email": "Email", "phone": "Phone", **ADDRESS}


def property_of(flow: Flow, name: str) -> Property:
    return next(each for each in flow.properties if each.name == name)


@pytest.fixture
def customer() -> Flow:
    """The customer flow as it ships."""
    return next(flow for flow in load_flows() if flow.name == "customer")


def test_the_customer_flow_keeps_every_property_of_the_design_in_step(customer: Flow) -> None:
    """All pairs of the design's customer row, and no others."""
    pairs = {each.invoiced: each.crm for each in customer.properties}

    assert pairs == {
        "name": "Name",
        "number": "CustomerNumber",
        "email": "Email",
        "phone": "Phone",
        "attention_to": "AttentionTo",
        "address1": "StreetAddress1",
        "address2": "StreetAddress2",
        "city": "City",
        "state": "State",
        "postal_code": "ZipCode",
        "country": "Country",
        "language": "Language",
        "currency": "Currency",
        "payment_terms": "PaymentTerms",
        "tax_id": "OrganizationNumber",
        "notes": "Description",
        "metadata.fax": "Fax",
        "metadata.website": "Website",
        "parent_customer": "ParentId",
        "active": ("IsActive", "IsDeleted"),
    }
    assert {each.direction for each in customer.properties} == {"both"}
    assert property_of(customer, "parent").refers == "customer"
    assert property_of(customer, "active").type == "archive"


def test_a_number_alone_is_no_proof(customer: Flow) -> None:
    """A number joins together with name or organisation number, e-mail only if unique; the rest is for people."""
    assert [(rule.keys, rule.verdict, rule.unique) for rule in customer.rules] == [
        (("number", "name"), "join", True),
        (("number", "tax_id"), "join", True),
        (("number",), "review", False),
        (("email",), "join", True),
        (("name", "postal_code"), "review", False),
    ]


def test_people_are_another_flow(customer: Flow) -> None:
    """Only organisations are picked, and only a company is made."""
    assert customer.invoiced.when == {"type": ("company", "government", "non_profit")}
    assert customer.invoiced.create == {"type": "company"}


def test_the_defaults_are_the_documented_ones(tmp_path: Path) -> None:
    """What a flow leaves out is as the design says."""
    (tmp_path / "tiny.yaml").write_text(EMPTY)

    (flow,) = load_flows(tmp_path)

    assert flow.policy == Policy(
        conflict="newest",
        tie="invoiced",
        first_match="invoiced",
        create=Creation(to_crm=True, to_invoiced=True),
        delete="ignore",
        rejected="flag",
    )
    each = flow.properties[0]
    assert (each.type, each.direction, each.conflict, each.on_far_edit) == (
        "text",
        "both",
        None,
        "restored",
    )


def test_the_hash_is_of_the_meaning(tmp_path: Path) -> None:
    """Comments, order of keys and layout do not change it; a policy does."""
    for folder, text in {
        "a": EMPTY,
        "b": "# said otherwise\n"
        + "\n".join(reversed(EMPTY.strip().splitlines())).replace(
            "{delete: ignore}", "{tie: invoiced, delete: ignore}"
        ),
        "c": EMPTY.replace("delete: ignore", "delete: ignore, tie: crm"),
    }.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tiny.yaml").write_text(text)

    a, b, c = (flows_hash(load_flows(tmp_path / folder)) for folder in "abc")

    assert a == b
    assert a != c


def test_a_flow_cannot_be_changed(customer: Flow) -> None:
    """What was checked stays as it was."""
    with pytest.raises(AttributeError):
        customer.version = 2  # type: ignore[misc]  # that it is refused is the point


def test_the_flows_of_persons_contacts_and_products_are_sound() -> None:
    """Every pair of the design's rows, read from the files as they will ship."""
    flows = {flow.name: flow for flow in load_flows()}
    pairs = {name: {each.invoiced: each.crm for each in flow.properties} for name, flow in flows.items()}
    assert pairs["person"] == {
        **HUMAN,
        "number": "ContactNumber",
        "language": "Language",
        "currency": "Currency",
        "payment_terms": "PaymentTerms",
        "notes": "Description",
        "active": ("IsActive", "IsDeleted"),
    }
    assert pairs["contact"] == {
        **HUMAN,
        "title": "Title",
        "department": "Department",
        "primary": "IsPrimary",
        "customer": "CustomerId",
        "": "IsDeleted",
    }
    assert pairs["product"] == {
        "id": "ProductCode",
        "name": "Name",
        "description": "Description",
        "unit_cost": "UnitPrice",
        "currency": "Currency",
        "type": "Category",
        "taxable": "IsTaxable",
        "discountable": "IsDiscountable",
        "gl_account": "LedgerAccount",
        "": "IsDeleted",
    }
    assert (flows["person"].crm.when, flows["contact"].crm.when) == (
        {"CustomerId": "empty"},
        {"CustomerId": "filled"},
    )
    assert flows["contact"].parent == "customer"
    assert property_of(flows["contact"], "customer").required
    assert property_of(flows["product"], "code").fixed
