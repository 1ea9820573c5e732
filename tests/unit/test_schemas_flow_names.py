"""What a flow says of the two APIs: fields they have, values there are, types that fit, and creates that belong."""

from pathlib import Path

import pytest

from schemas.flow_file import OWN_FLOWS, FlowError, load_flows
from schemas.profile_file import OWN_PROFILES, load_profile

MISTAKES = [
    (
        "product",
        "crm: UnitPrice",
        "crm: UnitPrise",
        ("crm 'UnitPrise' of 'unit_cost' is no field of the CRM's product; did you mean 'UnitPrice'? A field of your "
        "own is declared in the CRM's profile (TANDEM_CRM__PROFILE): entities.product.properties: {UnitPrise: UnitPrise}"),
    ),
    ("product", "crm: LedgerAccount", "crm: ledgerAccount", "did you mean 'LedgerAccount'?"),
    (
        "product",
        "invoiced: unit_cost",
        "invoiced: unitcost",
        ("invoiced 'unitcost' of 'unit_cost' is no field of Invoiced's item; did you mean 'unit_cost'? "
        "A custom field is `metadata.<its id>`"),
    ),
    ("product", "invoiced: gl_account", "invoiced: metdata.gl", "item; did you mean 'metadata.gl'? A custom"),
    ("product", "invoiced: gl_account", "invoiced: xyz", "is no field of Invoiced's item; nearest: "),
    ("product", "  crm: [product]", "  crm: [prodct]", "barrier.crm has 'prodct', no entity of the CRM; did you"),
    ("person", "when: {type: [person]}", "when: {type: []}", "invoiced.when.type lists no value"),
    ("person", "[FirstName, LastName]", "[LastName, FirstName]", "the wrong way round: write [FirstName, Last"),
    ("person", "[IsActive, IsDeleted]", "[IsDeleted, IsActive]", "the wrong way round: write [IsActive, IsDel"),
    ("contact", "invoiced: title", "invoiced: metadata.title", "Contacts have no custom fields"),
    (
        "contact",
        "{CustomerId: filled}",
        "{CustomrId: filled}",
        "crm.when.CustomrId is no field of the CRM's contact; did you mean 'CustomerId'?",
    ),
    (
        "person",
        "create: {type: person}",
        "create: {typ: person, type: person}",
        "invoiced.create.typ is no field of Invoiced's customer; did you mean 'type'?",
    ),
    ("product", "entity: item", "entity: items", "invoiced.entity is 'items'; did you mean 'item'?"),
    ("product", "invoiced: [item]", "invoiced: [item, items]", "barrier.invoiced has 'items', no entity of"),
    (
        "person",
        "when: {type: [person]}",
        "when: {type: [persn]}",
        "invoiced.when.type has 'persn', which no customer of Invoiced has; did you mean 'person'?",
    ),
    (
        "person",
        "create: {type: person}",
        "create: {type: persn}",
        "invoiced.create.type has 'persn', which no customer of Invoiced has; did you mean 'person'?",
    ),
    (
        "person",
        "create: {type: person}",
        "create: {type: company}",
        ("invoiced.when asks for type person, but invoiced.create writes 'company': what this flow makes would not "
        "belong to it; write `create: {type: person}`"),
    ),
    ("person", "  create: {type: person}\n", "", "but invoiced.create leaves it out: what this flow makes"),
    ("person", "when: {CustomerId: empty}", "when: {CustomerId: filled}", "crm.when asks for CustomerId filled"),
    (
        "person",
        "when: {CustomerId: empty}",
        "when: {CustomerId: empty}\n  create: {CustomerId: '7'}",
        "crm.when asks for CustomerId empty, but crm.create writes '7'",
    ),
    (
        "product",
        "  entity: item\n",
        '  entity: item\n  create: {taxable: "true"}\n',
        "invoiced.create.taxable is 'true', but holds a yes/no",
    ),
    (
        "product",
        "  entity: item\n",
        "  entity: item\n  when: {taxable: [yes]}\n",
        "invoiced.when.taxable lists ['yes'], but holds a yes/no; ask whether it is empty or filled",
    ),
    (
        "contact",
        "refers: customer",
        "refers: product",
        ("'customer' refers to the flow 'product', of item in Invoiced, but 'customer' there names a customer; "
        "write `refers: customer`"),
    ),
    ("contact", "refers: customer", "refers: person", "of contact in the CRM, but 'CustomerId' there names a"),
    (
        "product",
        "crm: Name}",
        "crm: Name, type: decimal}",
        "'name' is decimal, but 'name' of Invoiced's item holds a text; write `type: text`, or leave the type out",
    ),
    ("product", "crm: UnitPrice, type: decimal", "crm: UnitPrice", "holds a number; write `type: decimal`"),
    ("product", "crm: IsTaxable, type: boolean", "crm: IsTaxable", "holds a yes/no; write `type: boolean`"),
    (
        "contact",
        "invoiced: title, crm: Title",
        "invoiced: updated_at, crm: Title",
        "holds a time; write `type: instant`",
    ),
    ("contact", "crm: Title}", "crm: Title, type: reference, refers: customer}", "is reference, but 'title'"),
]  # fmt: skip


def folder(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """Tandem's own flows with one thing said otherwise; the file that says it."""
    for each in OWN_FLOWS.glob("*.yaml"):
        (tmp_path / each.name).write_text(each.read_text())
    path = tmp_path / f"{name}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("name", "old", "new", "message"), MISTAKES, ids=[f"{name} {new.strip()}" for name, _, new, _ in MISTAKES]
)
def test_what_no_api_would_take_is_refused(
    tmp_path: Path, name: str, old: str, new: str, message: str
) -> None:
    """One mistake in one of our flows is one line: its file, its line, what stands there and the cure."""
    path = folder(tmp_path, name, old, new)

    with pytest.raises(FlowError) as caught:
        load_flows(tmp_path)

    found = [problem for problem in caught.value.problems if message in problem.message]
    assert len(found) == 1, str(caught.value)
    assert found[0].file == str(path)
    said = new.strip().splitlines()[-1].strip() if new else "when: {type: [person]}"
    assert said in path.read_text().splitlines()[found[0].line - 1]
    together = [problem for problem in caught.value.problems if problem not in found]
    assert all("may belong" in problem.message for problem in together), str(caught.value)


def test_a_misspelt_condition_is_not_told_as_two_flows_of_one_record(tmp_path: Path) -> None:
    """What a `when` asks is unknown: whether two flows would take one record is not said of it."""
    folder(tmp_path, "contact", "{CustomerId: filled}", "{CustomrId: filled}")

    with pytest.raises(FlowError) as caught:
        load_flows(tmp_path)

    assert len(caught.value.problems) == 1


RIGHT = [
    ("product", "invoiced: unit_cost, crm: UnitPrice, type: decimal", "invoiced: metadata.net, crm: UnitPrice, type: decimal"),
    ("contact", "crm: Title}", "crm: Title, direction: to-crm}"),
    ("contact", "invoiced: title, crm: Title}", "invoiced: updated_at, crm: Title, direction: to-crm}"),
    ("product", "  entity: item\n", "  entity: item\n  when: {type: [service]}\n"),
    ("person", "create: {to_crm: on, to_invoiced: on}", "create: {to_crm: on, to_invoiced: off}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new"), RIGHT, ids=[new.strip() for _, _, new in RIGHT])
def test_what_the_apis_do_take_is_left_alone(tmp_path: Path, name: str, old: str, new: str) -> None:
    """Custom fields of Invoiced, a time read as text, and a `when` whose field a property fills."""
    folder(tmp_path, name, old, new)

    assert len(load_flows(tmp_path)) == len(load_flows())


@pytest.mark.parametrize(
    ("profile", "properties", "refused"),
    [
        ("reference", "", True),
        ("reference", ", properties: {Shade: colour}", False),
        ("other", "", False),
        ("other", ", properties: {Size: size}", True),
        ("other", ", properties: {Shade: colour}", False),
    ],
)
def test_a_field_of_ones_own_is_declared_in_the_profile(
    tmp_path: Path, profile: str, properties: str, *, refused: bool
) -> None:
    """A CRM has the fields of the reference and those its profile declares; one that declares none may have any."""
    (tmp_path / "flows").mkdir()
    own = folder(tmp_path / "flows", "product", "crm: Category", "crm: Shade")
    described = (OWN_PROFILES / "reference.yaml").read_text().replace("name: reference", f"name: {profile}")
    text = described.replace("{ProductCode: ProductCode}", "{ProductCode: ProductCode}" + properties)
    (tmp_path / "crm.yaml").write_text(text)
    read = load_profile(str(tmp_path / "crm.yaml"))

    if not refused:
        assert len(load_flows(tmp_path / "flows", read)) == len(load_flows())
        return
    with pytest.raises(FlowError, match=r"product\.yaml:\d+: crm 'Shade' of 'type' is no field") as caught:
        load_flows(tmp_path / "flows", read)
    assert [problem.file for problem in caught.value.problems] == [str(own)]
