"""What a running installation tells of itself: metrics, health, logs without a record's values, poisoned entries."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from confluent_kafka import Producer

from schemas.signals import MetricName
from tests.flow.customer_api import Record
from tests.flow.first_records import whole
from tests.flow.installation import Installation, Pair

# Told only when something goes wrong, or two people edit the same property.
RARE = {
    "tandem_throttled_total",
    "tandem_unreadable_total",
    "tandem_conflicts_total",
    "tandem_poisoned_total",
}


def manifest(installation: Installation) -> Any:
    """How a program finds what runs."""
    return json.loads((installation.root / ".tandem" / "sandbox.json").read_text())


def logs(installation: Installation) -> Iterator[Path]:
    """The logs of Tandem's own processes."""
    found = manifest(installation)
    yield from (Path(found["log_dir"]) / f"{name}.log" for name in found["health"])


def append(installation: Installation, value: bytes) -> None:
    """Something that is no entry, put into the log by hand."""
    found = manifest(installation)
    producer = Producer({"bootstrap.servers": found["kafka"]})
    producer.produce(f"{found['topic_prefix']}sync.in", value, b"default", partition=0)
    producer.flush()


def parked(installation: Installation, text: str) -> list[Record]:
    """The poisoned entries whose message has this text."""
    return [one for one in installation.every("parked", "--cause", "poison") if text in one["message"]]


def test_a_poisoned_entry_is_listed_tried_again_and_given_up(installation: Installation) -> None:
    """A record nobody can read stands in the list by its place, moves to a new place when it is replayed in vain, and goes."""
    mark = uuid.uuid4().bytes[:8]
    append(installation, mark)
    installation.until(1, lambda: len(parked(installation, mark.hex())))
    [first] = parked(installation, mark.hex())
    place = first["origin"]
    assert first["id"] == f"event:{place['topic']}/{place['partition']}/{place['offset']}"
    assert installation.ask("parked", "show", first["id"])["cause"] == "poison"

    installation.ask("parked", "replay", first["id"])
    installation.until(1, lambda: len(parked(installation, mark.hex())))
    [second] = parked(installation, mark.hex())
    assert second["origin"]["offset"] > place["offset"]
    code, answer = installation.tandem("parked", "replay", first["id"])
    assert (code, first["id"] in answer["error"]["message"]) == (1, True)

    installation.ask("parked", "discard", second["id"])
    assert parked(installation, mark.hex()) == []


def test_every_metric_is_served(installation: Installation) -> None:
    """Each metric of the list has a sample at one of the processes, but those that tell of trouble."""
    installation.settle()
    pages = [httpx.get(f"{url}/metrics").text for url in manifest(installation)["health"].values()]
    served = {
        name
        for name in get_args(MetricName)
        if re.search(rf"^{name}(_count)?{{", "\n".join(pages), re.MULTILINE)
    }

    assert set(get_args(MetricName)) - served <= RARE


def test_every_process_lives_and_is_ready(installation: Installation) -> None:
    """Beside its metrics each process says that it moves and does its part."""
    for url in manifest(installation)["health"].values():
        assert httpx.get(f"{url}/live").json() == {"live": True, "reason": None}
        assert httpx.get(f"{url}/ready").json() == {"ready": True, "reason": None}


@pytest.fixture
def planted(installation: Installation, pair: Callable[[], Pair]) -> str:
    """A word in every value of an organisation whose records met everything that is logged."""
    mark = uuid.uuid4().hex[:10]
    quoted = {"message": f"office@{mark}.example.com is refused", "times": 1}
    down = {"status": 503, **quoted, "times": 6}
    with installation.invoiced.fault("error", "^/customers$", method="GET", **down) as fault:
        installation.until(6, fault.hits)
    with (
        installation.invoiced.fault("error", "/customers", method="POST", status=503, **quoted),
        installation.crm.fault("bad_json", "^/customers$", method="GET", times=5),
    ):
        installation.crm.create(**whole(mark))
        installation.born(f"Organisation {mark}", "crm")
    known = pair()
    refused = {"status": 422, "param": "email", "field": "Email", **quoted}
    for api, there in ((installation.crm, installation.invoiced), (installation.invoiced, installation.crm)):
        with there.fault("error", "/customers", method="PATCH", **refused) as fault:
            api.edit(known.on(api.name), email=f"{api.name}@{mark}.example.com", phone=f"+46 8 555 {mark}")
            installation.until(1, fault.hits)
    append(installation, f"Organisation {mark}".encode())
    installation.until(1, lambda: len(parked(installation, "".join(f"{byte:02x}" for byte in b"Organisa"))))
    installation.settle()
    return mark


def test_no_value_of_a_record_is_logged(installation: Installation, planted: str) -> None:
    """What a record holds stands in no log, though it was created, retried, refused, unreadable and poisoned."""
    said = {path.name: path.read_text() for path in logs(installation)}
    events = {json.loads(line)["event"] for text in said.values() for line in text.splitlines()}

    assert {
        "event.poisoned",
        "command.refused",
        "link.parked",
        "gate.changed",
        "poll.passed",
        "poll.failing",
    } <= events
    assert [name for name, text in said.items() if planted in text] == []
    assert [name for name, text in said.items() if "\x1b" in text] == []
