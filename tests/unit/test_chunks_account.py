"""What the worker tells of a tenant: its standing, its decisions, its lag and its size."""

import json
from pathlib import Path

import pytest
import structlog
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from schemas.records import Conflict, Control, Parked
from streams import account, levels
from streams.chunks import TopicPartition
from streams.domain.config import Config
from streams.domain.keys import control_key
from streams.domain.rows import encode
from streams.domain.tenant_row import Tenant
from streams.domain.view import Output
from tests.property.configs import ALL_FLOWS
from tests.unit.test_chunks_watchdog import LOG, TABLE, App, Positions

CONFIG = Config(tenant="default", flows=ALL_FLOWS, installation="here")
COUNTS = {
    "links|customer": 9,
    "parked|customer|to-crm": 2,
    "parked|customer|to-invoiced": 1,
    "link_review|customer|to-crm": 4,
    "waiting|customer|to-crm": 5,
    "waiting|customer|to-invoiced": 6,
    "no_flow|-|to-crm": 7,
}
GATES = {"customer|to-crm": ["open", ""], "customer|to-invoiced": ["tripped", "70 changes"]}


@pytest.fixture(autouse=True)
def logging() -> None:
    """Every level is told, whatever a test before this one in the same process has configured."""
    structlog.reset_defaults()


class OneRow:
    """A view that holds the tenant's row."""

    def __init__(self, tenant: Tenant) -> None:
        self._row = encode(tenant)

    def get(self, key: bytes) -> bytes | None:
        return self._row if key == control_key("default", "tenant") else None

    def scan(self, prefix: bytes, after: bytes | None, limit: int) -> list[tuple[bytes, bytes]]:
        raise AssertionError(f"a walk over {prefix!r} for each chunk would be too much ({after!r}, {limit})")


def value(sample: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(sample, labels)


def test_standing() -> None:
    """Links by what holds for them, parked wishes by direction, unlinked records over all flows, and the gates."""
    account.standing(OneRow(Tenant(counts=COUNTS, gates=GATES)), CONFIG)

    links = {
        state: value("tandem_links", flow="customer", state=state)
        for state in ("all", "parked", "review", "held")
    }
    assert links == {"all": 9, "parked": 3, "review": 4, "held": 0}
    assert value("tandem_parked", flow="customer", direction="to-invoiced") == 1
    assert (value("tandem_unlinked", state="waiting"), value("tandem_unlinked", state="no_flow")) == (11, 7)
    assert value("tandem_gate_open", flow="customer", direction="to-crm") == 1
    assert value("tandem_gate_open", flow="customer", direction="to-invoiced") == 0


def test_what_is_over_is_zero() -> None:
    """A list that has become empty is told as 0, not as it was last; what another worker holds is not told at all."""
    account.standing(OneRow(Tenant(counts=COUNTS, gates=GATES)), CONFIG)
    account.standing(OneRow(Tenant(counts={"links|customer": 9}, gates=GATES)), CONFIG)
    assert value("tandem_links", flow="customer", state="parked") == 0
    assert value("tandem_unlinked", state="no_flow") == 0

    account.silence()

    assert value("tandem_links", flow="customer", state="all") is None


@pytest.mark.parametrize(
    ("state", "event", "level"),
    [
        ("open", "gate.changed", "info"),
        ("held", "gate.changed", "info"),
        ("tripped", "breaker.tripped", "warning"),
    ],
)
def test_gates_are_told(state: str, event: str, level: str) -> None:
    """A gate that is turned is logged with its cause, a breaker as a warning of its own."""
    text = json.dumps({"state": state, "cause": "why"})
    with capture_logs() as logged:
        account.told(Output("control", "k", Control("default|gate|customer|to-crm", 1, text)))
        account.told(Output("control", "k", Control("default|answer", 1, "{}")))

    assert logged == [
        {"event": event, "log_level": level, "flow": "customer", "direction": "to-crm", "cause": "why"}
        | ({} if state == "tripped" else {"state": state})
    ]


def test_catching_up_is_told() -> None:
    """It is logged when it begins and when it is over; what lies between is logged by who reads back."""
    with capture_logs() as logged:
        for state in ("begun", "told", "over"):
            text = json.dumps({"id": "run", "state": state, "cause": "state lost"})
            account.told(Output("control", "k", Control("default|catching_up", 1, text)))

    assert [(one["event"], one["log_level"], one["cause"]) for one in logged] == [
        ("catching_up.begun", "warning", "state lost"),
        ("catching_up.over", "info", "state lost"),
    ]


def test_decisions_are_told_without_values() -> None:
    """A parked wish and a conflict are told by their ids and names; what the records hold is not."""
    secret = "Astrid Lindgren"
    parked = Parked("l:to-crm", "l", "customer", "to-crm", "refused", secret, 1, 1)
    conflict = Conflict("c", "l", "customer", "name", "newest", "crm", 1, secret, secret, secret)
    before = value("tandem_conflicts_total", flow="customer", winner="crm") or 0
    with capture_logs() as logged:
        account.told(Output("parked", "l:to-crm", parked))
        account.told(Output("parked", "l:to-crm", None))
        account.told(Output("conflicts", "l", conflict))

    assert [(one["event"], one["log_level"]) for one in logged] == [
        ("link.parked", "warning"),
        ("conflict.decided", "debug"),
    ]
    assert secret not in str(logged)
    assert value("tandem_conflicts_total", flow="customer", winner="crm") == before + 1


async def test_lag() -> None:
    """Behind is what is not fetched and what is not settled; a changelog is nobody's backlog."""
    app = App(Positions({LOG: 10, TABLE: 99, TopicPartition("new", 1): None}, {LOG: 8, TABLE: 0}))
    assert await levels.lags(app, app.ledger) == {LOG: 2}

    app.ledger.deliver(LOG, 5, 1)
    app.ledger.deliver(LOG, 8, 1)

    assert await levels.lags(app, app.ledger) == {LOG: 5}


def test_levels_of_what_is_held(tmp_path: Path) -> None:
    """Lag and size are told of what this worker holds, and no more of what it has given away."""
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").write_bytes(b"678")
    levels.tell_size(levels.sizes({3: tmp_path}))
    levels.tell_lag({LOG: 4})
    assert value("tandem_state_bytes", partition="3") == 8
    assert value("tandem_lag_entries", topic="log", partition="0") == 4

    levels.tell_size({})
    levels.tell_lag({})

    assert value("tandem_state_bytes", partition="3") is None
    assert value("tandem_lag_entries", topic="log", partition="0") is None
