"""What a connector counts and logs while it polls and writes, with a user's words in every record."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests.flow.connector_rig import crm
from tests.flow.poller_rig import PollerRig
from tests.flow.sink_rig import SinkRig, add_crm, rename

SECRET = "Astrid Lindgren"
CRM = {"system": "crm", "entity": "customer"}
HTTP = {"system": "unnamed"}  # the rigs' client has no system's name


def value(sample: str, **labels: str) -> float:
    """What a sample counts up to now."""
    return REGISTRY.get_sample_value(sample, labels) or 0


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    """The lines of the test; whatever happens in it, no value of a record stands in them."""
    logging.getLogger("stamina").setLevel(
        logging.CRITICAL
    )  # silenced by `serve`, which these rigs do without
    with capture_logs() as lines:
        yield lines
    assert SECRET not in json.dumps(
        [line for line in lines if not line["event"].startswith("stamina")], default=str
    )


@pytest.fixture
async def poller(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller in front of a CRM with one record."""
    made = await PollerRig(tmp_path, crm(), "crm").open()
    assert (await made.system.user.post("/customers", json={"Name": SECRET})).is_success
    yield made
    await made.close()


@pytest.fixture
async def sink(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink with an open gate."""
    made = await SinkRig(tmp_path, crm(), "crm").open(seconds=1.0)
    await made.gate()
    yield made
    await made.close()


async def test_a_round_is_told(poller: PollerRig, logged: list[EventDict]) -> None:
    """What is read and published is counted, a passed round has a time and a duration, and news are a line in the log."""
    read = value("tandem_records_read_total", **CRM)
    published = value("tandem_changes_published_total", op="c", **CRM)
    rounds = value("tandem_poll_round_seconds_count", **CRM)
    asked = value("tandem_http_requests_total", kind="read", status="200", **HTTP)
    await poller.rounds(2)

    assert value("tandem_records_read_total", **CRM) - read >= 1
    assert value("tandem_changes_published_total", op="c", **CRM) - published == 1
    assert value("tandem_poll_round_seconds_count", **CRM) - rounds == 2
    assert value("tandem_http_requests_total", kind="read", status="200", **HTTP) - asked == 2
    assert value("tandem_poll_passed_timestamp_seconds", **CRM) > 1e9
    assert logged == [{"event": "poll.passed", "log_level": "info", "entity": "customer", "published": 1}]


async def test_a_scan_is_told(poller: PollerRig, logged: list[EventDict]) -> None:
    """A scan that has passed leaves its time; live rounds do not move it."""
    await poller.scan()
    passed = value("tandem_scan_passed_timestamp_seconds", **CRM)
    await poller.rounds(1)

    assert passed > 1e9
    assert value("tandem_scan_passed_timestamp_seconds", **CRM) == passed
    assert [line["event"] for line in logged] == ["scan.passed"]


async def test_an_outage_is_told_once(poller: PollerRig, logged: list[EventDict]) -> None:
    """A source that cannot be read is told when it begins and when it is over, by request and status alone."""
    refused = {"kind": "error", "method": "GET", "actor": "tandem", "message": f"{SECRET} is away"}
    await poller.system.fault(status=401, times=2, **refused)
    failed = value("tandem_http_requests_total", kind="read", status="401", **HTTP)
    await poller.rounds(3)

    assert [line["event"] for line in logged] == ["login.refused", "poll.recovered", "poll.passed"]
    assert logged[0]["error"] == "GET /customers: 401"
    assert value("tandem_http_requests_total", kind="read", status="401", **HTTP) - failed == 2


async def test_an_api_that_is_down_is_no_reason_to_restart(poller: PollerRig) -> None:
    """Each attempt to read is a sign of life, also one that fails: the round goes on."""
    client = poller.poller._streams["customer"].suspects._client
    await poller.system.fault(kind="error", status=401, method="GET", actor="tandem")
    before = client.live_read_at
    await poller.rounds(1)

    assert client.live_read_at > before
    assert poller.poller.begun_at > before


async def test_throttling_is_told(poller: PollerRig) -> None:
    """A request refused for coming too fast is counted, and the rate the budget has left is shown."""
    throttled = value("tandem_throttled_total", **HTTP)
    await poller.system.fault(kind="throttle", method="GET", actor="tandem", retry_after=0)
    await poller.rounds(1)

    assert value("tandem_throttled_total", **HTTP) - throttled == 1
    assert 0 < value("tandem_budget_requests_per_second", **HTTP) < 500


async def test_what_nobody_can_read_is_told(poller: PollerRig, logged: list[EventDict]) -> None:
    """A page cut in half is counted and told by its place."""
    unreadable = value("tandem_unreadable_total", **CRM)
    await poller.system.fault(kind="bad_json", method="GET", path="/customers", actor="tandem", times=3)
    await poller.rounds(1)

    assert value("tandem_unreadable_total", **CRM) - unreadable == 1
    [line] = [line for line in logged if line["event"] == "record.unreadable"]
    assert (line["log_level"], line["entity"], line["page"]) == ("warning", "customer", "live")


async def test_commands_are_told(sink: SinkRig, logged: list[EventDict]) -> None:
    """Each command is counted by what came of it, with its duration; those that go well are no lines in the log."""
    done = value("tandem_commands_total", system="crm", outcome="done")
    taken = value("tandem_command_seconds_count", system="crm")
    record = await add_crm(sink)
    await sink.send(rename(sink, record, SECRET))
    again = sink.command(ref=f"crm:customer:{record['Id']}", values={"Name": "B"}, expected={"Name": SECRET})
    await sink.send(again)  # of the same link: it begins when the first one has been measured

    assert value("tandem_commands_total", system="crm", outcome="done") - done == 2
    assert value("tandem_command_seconds_count", system="crm") - taken >= 1
    assert logged == []


async def test_a_refused_command_is_told_by_names(sink: SinkRig, logged: list[EventDict]) -> None:
    """What a system refused is told by the names of the properties, not by its words."""
    record = await add_crm(sink)
    refusal = {"status": 422, "param": "Name", "field": "Name", "message": f"{SECRET} is too long"}
    await sink.system.fault(kind="error", method="PATCH", actor="tandem", times=3, **refusal)
    result = await sink.send(rename(sink, record, SECRET))

    assert SECRET in str(result.refused)
    assert [(line["event"], line["properties"]) for line in logged] == [("command.refused", ["Name"])]


async def test_a_command_for_later_is_told(sink: SinkRig, logged: list[EventDict]) -> None:
    """A command that could not be applied in time is told with its cause."""
    record = await add_crm(sink)
    await sink.system.fault(kind="error", status=503, actor="tandem", times=99, message=f"{SECRET} is away")
    result = await sink.send(rename(sink, record, SECRET))

    assert result.outcome == "retry_at"
    [line] = logged
    assert (line["event"], line["link_id"], line["cause"]) == ("command.retry", "link", result.cause)


async def test_a_refused_login_of_a_write_is_told(sink: SinkRig, logged: list[EventDict]) -> None:
    """The status and the link are named, once; what waits behind it is told the same in its result."""
    record = await add_crm(sink)
    await sink.system.fault(kind="error", status=403, times=5, actor="tandem", message=f"not {SECRET}")

    results = [await sink.send(rename(sink, record)), await sink.send(rename(sink, record))]

    (told,) = [line for line in logged if line["event"] == "login.refused"]
    assert (told["status"], told["system"], told["link_id"]) == (403, "crm", results[0].link_id)
    assert ["403" in str(result.message) for result in results] == [True, True]
