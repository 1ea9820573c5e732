"""How far a flow is behind its source, from what is forwarded and what stands there."""

from ops.lag import feeds, with_lag
from schemas.topics import Topics
from tests.property.configs import ALL_FLOWS as FLOWS

FEEDS = feeds([flow for flow in FLOWS if flow.name == "customer"], Topics(prefix="t."))
ROWS = [
    {"flow": "customer", "direction": direction, "lag": 0, "in_flight": 3}
    for direction in ("to-crm", "to-invoiced")
]
ENDS = {
    "t.invoiced.customer/0": 10,
    "t.invoiced.customer/3": 7,
    "t.crm.customer/0": 5,
    "t.crm.customer2/0": 9,
}


def test_lag_is_counted_by_source() -> None:
    """Each direction counts what stands in its own source's topic, over all partitions, and keeps the rest."""
    rows = with_lag(ROWS, FEEDS, {"t.invoiced.customer/0": 8, "t.crm.customer/0": 5}, ENDS)

    assert [row["lag"] for row in rows] == [2 + 7, 0]
    assert [row["in_flight"] for row in rows] == [3, 3]


def test_a_position_may_be_newer_than_the_ends() -> None:
    """The ends are read before the worker answers: what it has forwarded since is no negative lag."""
    rows = with_lag(ROWS, FEEDS, dict.fromkeys(ENDS, 99), ENDS)

    assert [row["lag"] for row in rows] == [0, 0]


def test_a_flow_only_the_worker_knows() -> None:
    """A flow that is not in this command's settings is shown as the worker says it."""
    assert with_lag([{"flow": "new", "direction": "to-crm", "lag": 4}], FEEDS, {}, ENDS)[0]["lag"] == 4
