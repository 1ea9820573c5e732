"""An edit that shows itself in the answer of another command replaces a decision that is still on its way."""

from schemas.flow_file import load_flows
from schemas.records import Result
from streams.domain.rows import Flight, LinkRow, Side
from streams.domain.settling import settle, take_image

(FLOW,) = (flow for flow in load_flows() if flow.name == "customer")


def _flight(**values: str) -> Flight:
    return Flight("c", 1, "update", dict(values), {}, dict(values), 0, 0)


def _answer(system: str, **image: str) -> Result:
    return Result("c", "default", "L", system, 1, "done", 2_000, image=image, updated_at=2_000)


def test_the_later_edit_is_still_an_edit_after_the_decision_has_landed() -> None:
    """The base of the edited side is what was decided, not what its user has written since."""
    invoiced = Side(ref="invoiced:customer:1", seen={"notes": "decided"}, base={"notes": "decided"})
    crm = Side(ref="crm:customer:1", seen={"notes": "old"}, base={"notes": "old"})
    row = LinkRow("L", "customer", 1, invoiced, crm, forced={"notes": ["decided", ["crm"]]})

    row = take_image(
        FLOW, row, "invoiced", _flight(city="Oslo"), _answer("invoiced", notes="later", city="Oslo")
    )
    row = settle(FLOW, row, "crm", _flight(notes="decided"), _answer("crm", Description="decided"))

    assert "notes" not in row.forced
    assert row.invoiced.seen["notes"] == "later"
    assert row.invoiced.base["notes"] == "decided"
