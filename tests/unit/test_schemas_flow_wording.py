"""What is said of a mistake fits it: the line that is wrong, what is wrong with it, and the cure for just that."""

from pathlib import Path

import pytest

from schemas.flow_file import OWN_FLOWS, FlowError, load_flows

PRODUCT = (OWN_FLOWS / "product.yaml").read_text()

WORDINGS = [
    ("\nversion: 1\n", "\nversion: 1\nversion: 1\n", "the key 'version' stands twice; keep one of the two"),
    ("  crm: [product]\n", "\tcrm: [product]\n", "a tab stands here; indent by spaces"),
    (
        "crm: Description}",
        "crm: Description",
        "the { opened here is not closed (line 20 does not belong in it); write }",
    ),
    ("invoiced: description, crm", "invoiced: description crm", "a comma is missing between two entries of"),
    ("[item]", "[item", "the [ opened here is not closed (line 13 does not belong in it); write ]"),
    ("crm: Description}", 'crm: "Description}', "a quote is opened here and never closed; close it"),
    ("\nversion: 1\n", "\nversion 1\n", "this line is no `name: value`; write the colon"),
    ("\nversion: 1\n", "\n version: 1\n", "indented unlike its neighbours"),
    ("crm: Description}", "crm: @Description}", "no text begins with a bare @; put it in quotes"),
    ("crm: Description}", "crm: *Description}", "put '*Description' in quotes"),
    ("\nversion: 1\n", "\nversion: 1\x01\n", "holds the control character '\\x01'"),
    ("type: decimal", "type: money", "properties[3].type has 'money'; did you mean 'decimal'?"),
    ("type: decimal", "type: number", "properties[3].type has 'number'; did you mean 'decimal'?"),
    ("type: decimal", "lens: decimal", "properties[3].lens is unknown here; did you mean 'type'?"),
    (
        "  entity: item\n",
        "  entity: item\n  when: {type: service}\n",
        "invoiced.when.type has 'service'; write a list of values: [service], or one of: empty, filled",
    ),
    (
        "  entity: item\n",
        "  entity: item\n  when: {type: filed}\n",
        "invoiced.when.type has 'filed'; did you mean 'filled'?",
    ),
    ("fixed: true", 'fixed: "true"', "properties[0].fixed is the text 'true'; write it without quotes"),
    ("version: 1", "version: '1'", "version is the text '1'; write it without quotes"),
]


@pytest.mark.parametrize(
    ("old", "new", "message"), WORDINGS, ids=[message[:40] for _, _, message in WORDINGS]
)
def test_each_mistake_has_its_own_cure(tmp_path: Path, old: str, new: str, message: str) -> None:
    """One line for one mistake: it stands in the line that is wrong, and its cure would mend it."""
    assert old in PRODUCT
    text = PRODUCT.replace(old, new, 1)
    path = tmp_path / "product.yaml"
    path.write_text(text)

    with pytest.raises(FlowError) as caught:
        load_flows(tmp_path)

    (problem,) = caught.value.problems
    assert message in problem.message
    assert new.strip("\n").splitlines()[-1].strip() in text.splitlines()[problem.line - 1]


def test_a_byte_that_is_no_utf_8_is_found(tmp_path: Path) -> None:
    """The line is named in which a file was saved otherwise, and what to save it as."""
    (tmp_path / "a.yaml").write_bytes(b"name: a\n# f\xfcr alle\nversion: 1\n")

    with pytest.raises(FlowError, match=r"a\.yaml:2: is no UTF-8: the byte 0xfc .*save the file as UTF-8"):
        load_flows(tmp_path)
