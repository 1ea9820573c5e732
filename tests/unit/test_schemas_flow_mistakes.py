"""Every mistake one can make in writing a flow is named with its place, its value and its cure."""

from pathlib import Path

import pytest

from schemas.flow_file import OWN_FLOWS, FlowError, load_flows
from tests.unit.flow_text import EMPTY

CUSTOMER = (OWN_FLOWS / "customer.yaml").read_text()


MISTAKES = [
    ("name: customer\n", "nmae: customer\n", "nmae is unknown here; did you mean 'name'?"),
    ("version: 1\n", "", "version is missing; add it"),
    ("version: 1\n", "version: 0\n", "version is 0; count from 1"),
    ("version: 1\n", "version: one\n", "version is 'one'; write a whole number"),
    ("version: 1\n", "version: 1\nversion: 2\n", "is no YAML: the key 'version' stands twice; keep one"),
    ("version: 1\n", "version: [1\n", "is no YAML"),
    ("crm: City}", "crm: City, typ: text}", "properties[7].typ is unknown here; did you mean 'type'?"),
    ("crm: City}", "crm: 7}", "properties[7].crm is 7; write a text"),
    ("crm: City}", "crm: Name}", "crm 'Name' of 'city' is already kept in step by 'name'; remove one"),
    (
        "{name: state, invoiced: state",
        "{name: state, invoiced: city",
        "properties: invoiced 'city' stands twice",
    ),
    ("{name: city,", "{name: name,", "properties: name 'name' stands twice; rename or remove one"),
    ("crm: City}", "crm: City, required: true}", "'city' is required but text; only a reference can be"),
    ("crm: City}", "crm: City, requird: true}", "properties[7].requird is unknown here; did you mean"),
    ("crm: City}", "crm: [City, Town]}", "crm is ['City', 'Town'], but 'city' is text; name one"),
    ("crm: City}", "crm: City, type: name}", "crm is 'City'; a name has two: [FirstName, LastName]"),
    ("crm: City}", "crm: City, fixed: true, direction: to-crm}", "'city' is fixed, but going to-crm"),
    ("invoiced: city, crm: City}", "crm: City}", "'city' has no name in Invoiced; add `invoiced: <name>`"),
    ("when: {type: [company", "when: {parent: full, type: [company", "invoiced.when.parent has 'full'"),
    ("version: 1\n", "version: 1\nparent: parent\n", "parent is 'parent', which is no required reference"),
    (
        "refers: customer}",
        "refers: customer, required: true}",
        "'parent' closes a ring of required references, customer → customer",
    ),
    ("crm: City}", "crm: City, direction: to_crm}", "direction has 'to_crm'; did you mean 'to-crm'?"),
    ("crm: City}", "crm: City, conflict: newset}", "conflict has 'newset'; did you mean 'newest'?"),
    ("crm: City}", "crm: City, on_far_edit: ignore}", "on_far_edit has 'ignore'; did you mean 'ignored'?"),
    (
        "crm: City}",
        "crm: City, refers: customer}",
        "'city' has refers but is text; make it `type: reference`",
    ),
    ("type: email}", "type: mail}", "properties[2].type has 'mail'; did you mean 'email'?"),
    ("type: email}", "type: moment}", "properties[2].type has 'moment'; "),
    (
        "crm: ParentId, type: reference, refers: customer}",
        "crm: ParentId, type: reference}",
        "'parent' is a reference to nothing",
    ),
    (
        "refers: customer}",
        "refers: custmer}",
        "refers to the flow 'custmer', which is in no file; did you mean 'customer'?",
    ),
    ("crm: [IsActive, IsDeleted], type: archive", "crm: IsDeleted, type: archive", "an archive names two"),
    (
        "keys: [number, name]",
        "keys: [number, nmae]",
        "rule 'number-and-name' names the unknown property 'nmae'; did you mean 'name'?",
    ),
    ("keys: [email]", "keys: []", "rule 'email' has no keys"),
    ("keys: [email]", "keys: email", "rules[3].keys is 'email'; write a list: [a, b]"),
    ("{name: email, keys", "{name: number-alone, keys", "rules: name 'number-alone' stands twice"),
    (
        "keys: [number], verdict: review",
        "keys: [number], verdict: maybe",
        "rules[2].verdict has 'maybe'; known: join, review",
    ),
    ("  conflict: newest\n", "  conflict: latest\n", "policy.conflict has 'latest'"),
    ("  tie: invoiced\n", "  tie: invoicd\n", "policy.tie has 'invoicd'; did you mean 'invoiced'?"),
    (
        "  first_match: invoiced\n",
        "  first_match: manual\n",
        "policy.first_match has 'manual'; known: invoiced, crm, newest",
    ),
    ("to_crm: on", "to_crm: later", "policy.create.to_crm is 'later'; write true or false"),
    ("  delete: archive\n", "  delete: archived\n", "policy.delete has 'archived'; did you mean 'archive'?"),
    ("  rejected: flag\n", "  rejected: flags\n", "policy.rejected has 'flags'; did you mean 'flag'?"),
    ("  crm: [customer]\n", "  crm: [contact]\n", "barrier.crm lacks 'customer', the flow's own entity"),
    (
        "  crm: [customer]\n",
        "  crm: [customer]\n  sap: [customer]\n",
        "barrier.sap has 'sap'; known: invoiced, crm",
    ),
    ("crm:\n  entity: customer\n", "crm: customer\n", "crm is 'customer'; write a mapping"),
    (
        "crm: City}",
        "crm: City, on_far_edit: ignored}",
        "on_far_edit of 'city' is 'ignored', but it goes both ways",
    ),
    (
        "crm: City}",
        "crm: City, direction: to-crm, conflict: crm}",
        "conflict of 'city' is 'crm', but it only goes to-crm: one side always wins",
    ),
    (
        "keys: [email], verdict: join, unique: true}",
        "keys: [email], verdict: join}",
        "rule 'email' joins what is not unique",
    ),
    (
        "type: archive}",
        "type: archive, conflict: manual}",
        "conflict of 'active' is 'manual', but in use or not is one of two",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "message"), MISTAKES, ids=[message[:40] for _, _, message in MISTAKES]
)
def test_a_mistake_is_named_with_its_line_and_cure(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Each mistake is one line: the file, the line it stands in, the value, what to write instead."""
    assert CUSTOMER.count(old) >= 1
    text = CUSTOMER.replace(old, new, 1)
    path = tmp_path / "customer.yaml"
    path.write_text(text)

    with pytest.raises(FlowError) as caught:
        load_flows(tmp_path)

    matching = [problem for problem in caught.value.problems if message in problem.message]
    assert len(matching) == 1, str(caught.value)
    assert str(matching[0]).startswith(f"{path}:{matching[0].line}: ")
    if new and "missing" not in message and "no YAML" not in message and "lacks" not in message:
        word = new.strip().split("\n")[-1].strip().split(",")[0].split("}")[0]
        assert word.strip(" {[") in text.splitlines()[matching[0].line - 1]


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    """Nobody corrects one mistake only to meet the next."""
    (tmp_path / "a.yaml").write_text(
        EMPTY.replace("version: 1", "version: x").replace("rules: []", "rule: []")
    )
    (tmp_path / "b.yaml").write_text(EMPTY.replace("crm: Name", "crm: Name, type: txt"))

    with pytest.raises(FlowError) as caught:
        load_flows(tmp_path)

    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0].removeprefix(f"{tmp_path}/") for line in lines] == [
        "a.yaml:1",
        "a.yaml:2",
        "a.yaml:7",
        "b.yaml:6",
    ]


def test_two_files_with_one_name_are_refused(tmp_path: Path) -> None:
    """The second file names the first."""
    (tmp_path / "a.yaml").write_text(EMPTY)
    (tmp_path / "b.yaml").write_text(EMPTY)

    with pytest.raises(
        FlowError, match=r"b\.yaml:1: the flow 'tiny' already stands in .*a\.yaml; rename one"
    ):
        load_flows(tmp_path)


@pytest.mark.parametrize("text", ["", "- a\n", "just words\n"])
def test_a_file_that_is_no_flow_is_named(tmp_path: Path, text: str) -> None:
    """An empty file, a list or a text is refused with how to begin."""
    (tmp_path / "a.yaml").write_text(text)

    with pytest.raises(FlowError, match=r"a\.yaml:1: is empty or no mapping; begin with `name: …`"):
        load_flows(tmp_path)


def test_a_flow_without_properties_is_refused(tmp_path: Path) -> None:
    """A flow that keeps nothing in step is a mistake."""
    (tmp_path / "a.yaml").write_text(EMPTY.replace("[{name: name, invoiced: name, crm: Name}]", "[]"))

    with pytest.raises(FlowError, match="properties is empty"):
        load_flows(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A folder without flows is most likely the wrong one."""
    with pytest.raises(FlowError, match="holds no flow"):
        load_flows(tmp_path)


POLICIES = [
    ("delete: archive", "no property says that a record is deleted; add one of `type: archive`"),
    ("delete: unlink", "policy.delete is 'unlink', but no property says that a record is deleted"),
    ("delete: delete", "or write `delete: ignore`"),
    ("rejected: revert, delete: ignore", "no property goes both ways: nothing may be set back"),
    (
        "create: {to_invoiced: on}, delete: ignore",
        "policy.create.to_invoiced is on, but every property goes to-crm",
    ),
]


@pytest.mark.parametrize(("policy", "message"), POLICIES, ids=[policy for policy, _ in POLICIES])
def test_a_policy_that_this_flow_cannot_keep_to_is_refused(tmp_path: Path, policy: str, message: str) -> None:
    """A value that would be taken and then do nothing is a mistake, with its line and what to write instead."""
    text = EMPTY.replace("crm: Name}", "crm: Name, direction: to-crm}")
    path = tmp_path / "tiny.yaml"
    path.write_text(text.replace("policy: {delete: ignore}", f"policy: {{{policy}}}"))

    with pytest.raises(FlowError) as caught:
        load_flows(tmp_path)

    assert [one.line for one in caught.value.problems if message in one.message] == [8]


def test_a_flow_that_says_nothing_of_deletes_is_told_to(tmp_path: Path) -> None:
    """The default, archive, cannot be kept to without a property that says so."""
    (tmp_path / "tiny.yaml").write_text(EMPTY.replace("policy: {delete: ignore}\n", ""))

    with pytest.raises(FlowError, match=r"tiny\.yaml:1: policy\.delete is 'archive', but no property"):
        load_flows(tmp_path)
