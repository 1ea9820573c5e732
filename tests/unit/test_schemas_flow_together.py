"""Mistakes no flow could tell alone: flows that wait for one another, and records two flows would take."""

from pathlib import Path

import pytest

from schemas.flow_file import FlowError, load_flows
from tests.unit.flow_text import EMPTY

RINGS = """name: {name}
version: 1
invoiced: {{entity: {name}}}
crm: {{entity: {name}}}
barrier: {{invoiced: [{name}], crm: [{name}]}}
properties: [{{name: up, invoiced: up, crm: Up, type: reference, refers: {up}, required: true}}]
rules: []
policy: {{delete: ignore}}
"""


def test_flows_that_wait_for_one_another_are_refused(tmp_path: Path) -> None:
    """A ring of required references over several files: nothing of it would ever be made."""
    for name, up in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.yaml").write_text(RINGS.format(name=name, up=up))

    with pytest.raises(
        FlowError, match=r"a\.yaml:6: 'up' closes a ring of required references, a → b → c → a"
    ):
        load_flows(tmp_path)


def test_a_record_that_two_flows_would_take_is_refused(tmp_path: Path) -> None:
    """Two flows of one entity must say which records are whose."""
    here = EMPTY.replace("{delete: ignore}", "{delete: ignore, create: {to_crm: off}}")
    for name, flow, presence in (("a", "tiny", "empty"), ("b", "other", "filled")):
        text = here.replace(
            "crm: {entity: customer}", f"crm: {{entity: customer, when: {{ParentId: {presence}}}}}"
        )
        (tmp_path / f"{name}.yaml").write_text(text.replace("tiny", flow))

    with pytest.raises(
        FlowError, match=r"b\.yaml:3: invoiced customer may belong to 'tiny' as well"
    ) as caught:
        load_flows(tmp_path)
    assert len(caught.value.problems) == 1, "in the CRM they are told apart"
