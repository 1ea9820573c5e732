"""APIs that fail: each fault meets one record, which heals or is listed; all others go on; nothing is tried for ever."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from msgspec import Struct

from tests.flow.customer_api import SYSTEMS, Fault, Name, other
from tests.flow.installation import Installation, Marks, Pair

CLIENT_TIMEOUT_MS = 10_000


class Passing(Struct, frozen=True):
    """A fault of writes to one record that passes by itself. `most`: writes it may cost."""

    name: str
    kind: str
    most: int
    conditions: dict[str, Any]


PASSING = (
    Passing("429 with Retry-After", "throttle", 3, {"retry_after": 1, "times": 2}),
    Passing("429 without", "throttle", 3, {"times": 2}),
    Passing("500", "error", 4, {"status": 500, "times": 3}),
    Passing("503 with Retry-After", "error", 2, {"status": 503, "retry_after": 1, "times": 1}),
    Passing("cut before", "drop_connection", 3, {"times": 2}),
    Passing("cut after", "lose_response", 1, {"times": 1}),
    Passing("bad JSON", "bad_json", 1, {"times": 1}),
    Passing("time-out", "delay", 2, {"delay_ms": CLIENT_TIMEOUT_MS + 1_000, "times": 1}),
)
CASES = [(fault, there) for fault in PASSING for there in SYSTEMS]
named = pytest.mark.parametrize(
    ("fault", "there"), CASES, ids=[f"{fault.name} from {there}" for fault, there in CASES]
)


class Struck(Struct, frozen=True):
    """All records whose writes fail at once, where the logs stood before, and the faults."""

    since: Marks
    pairs: dict[tuple[str, Name], Pair]
    faults: dict[tuple[str, Name], Fault]


def writes_to(installation: Installation, pair: Pair, system: Name) -> str:
    """The path of one record, as a fault's condition."""
    return f"^/customers/{pair.on(system)}$"


@pytest.fixture(scope="module")
def struck(installation: Installation, pair: Callable[[], Pair]) -> Iterator[Struck]:
    """Every passing fault in both directions at once, each for a record of its own, and the edits that meet them."""
    pairs = {(fault.name, there): pair() for fault, there in CASES}
    since, faults = installation.marks(), dict[tuple[str, Name], Fault]()
    with ExitStack() as stack:
        for fault, there in CASES:
            path = writes_to(installation, pairs[fault.name, there], there)
            planned = installation.api(there).fault(fault.kind, path, method="PATCH", **fault.conditions)
            faults[fault.name, there] = stack.enter_context(planned)
        for (name, there), one in pairs.items():
            here = other(there)
            installation.api(here).edit(one.on(here), city=name)
        yield Struck(since, pairs, faults)


@pytest.mark.parametrize("here", SYSTEMS)
def test_others_go_on(
    installation: Installation, struck: Struck, pair: Callable[[], Pair], here: Name
) -> None:
    """While writes to other records fail, wait and time out, an edit arrives as ever."""
    one = pair()
    installation.api(here).edit(one.on(here), city="Gets Through")

    installation.until_both(one, city="Gets Through")

    timed_out = struck.pairs["time-out", other(here)]
    assert installation.shown(timed_out, "city")[other(here)] == {"city": "Lund"}


@named
def test_what_passes_heals(installation: Installation, struck: Struck, fault: Passing, there: Name) -> None:
    """The edit arrives once the fault has passed, after a bounded number of writes and without a word in any list."""
    one, here = struck.pairs[fault.name, there], other(there)

    installation.until_both(one, city=fault.name)

    assert struck.faults[fault.name, there].hits() == fault.conditions["times"]
    writes = installation.writes_about(struck.since, there, one.on(there))
    assert 1 <= len(writes) <= fault.most
    assert installation.writes_about(struck.since, here, one.on(here)) == []
    assert installation.link(here, one.on(here))["state"] == "linked"


def test_nothing_is_left_of_it(installation: Installation, struck: Struck) -> None:
    """When all faults have passed, and the write that timed out has arrived at last, all is quiet."""
    for there in SYSTEMS:
        late = struck.pairs["time-out", there].on(there)
        installation.until(2, lambda: len(installation.writes_about(struck.since, there, late)))  # noqa: B023  # at once
    for one in struck.pairs.values():
        installation.until({}, lambda one=one: installation.differences(one))  # type: ignore[misc]  # bound at once
    installation.quiet()


REFUSALS = {"crm": {"status": 422, "param": "City"}, "invoiced": {"status": 400, "param": "city"}}


@pytest.mark.parametrize("there", SYSTEMS)
def test_one_property_is_refused(installation: Installation, pair: Callable[[], Pair], there: Name) -> None:
    """A value the API refuses by name is flagged alone, the others arrive; a replay heals it once the API takes it."""
    one, here, since = pair(), other(there), installation.marks()
    refusal = REFUSALS[there]
    with installation.api(there).fault(
        "error", writes_to(installation, one, there), method="PATCH", message="not here", **refusal
    ) as fault:
        installation.api(here).edit(one.on(here), city="Refused")
        installation.until(1, fault.hits)
        installation.quiet()
        link = installation.link(here, one.on(here))
        refused = link["refused"][there]
        assert refused["city"][0] == "Refused"
        assert "not here" in refused["city"][1]
    assert len(installation.writes_about(since, there, one.on(there))) == 1
    installation.api(here).edit(one.on(here), phone="+46 7")
    installation.until(
        {"phone": "+46 7", "city": "Lund"}, lambda: installation.shown(one, "phone", "city")[there]
    )

    installation.ask("parked", "replay", f"{link['link_id']}:to-{there}")

    installation.until_both(one, city="Refused", phone="+46 7")
    assert installation.link(here, one.on(here))["refused"][there] == {}


def test_values_one_system_does_not_take(installation: Installation, pair: Callable[[], Pair]) -> None:
    """What only one system allows stays there, flagged with the other's own words; the rest of the edit arrives."""
    one, two = pair(), pair()
    installation.invoiced.edit(one.invoiced, email="clerk@intranet", city="Arrives")
    installation.crm.edit(two.crm, number="N" * 40, city="Arrives")

    for pair_ in (one, two):
        installation.until(
            {system: {"city": "Arrives"} for system in SYSTEMS},
            lambda pair_=pair_: installation.shown(pair_, "city"),  # type: ignore[misc]  # bound at once
        )
    installation.quiet()
    assert "email" in installation.link("crm", one.crm)["refused"]["crm"]
    assert "number" in installation.link("crm", two.crm)["refused"]["invoiced"]
    assert [*installation.differences(one)] == ["email"]
    assert [*installation.differences(two)] == ["number"]


@pytest.mark.parametrize("there", SYSTEMS)
def test_a_whole_write_is_refused(installation: Installation, pair: Callable[[], Pair], there: Name) -> None:
    """A refusal that names no property parks the wish after one write; a replay heals it when the fault is gone."""
    one, here, since = pair(), other(there), installation.marks()
    status = REFUSALS[there]["status"]
    with installation.api(there).fault(
        "error", writes_to(installation, one, there), method="PATCH", status=status, message="no"
    ):
        installation.api(here).edit(one.on(here), city="Parked")
        installation.until("parked", lambda: installation.link(here, one.on(here))["state"])
        installation.quiet()
    link_id = installation.link(here, one.on(here))["link_id"]
    listed = [entry for entry in installation.every("parked") if entry["link_id"] == link_id]
    assert [(entry["direction"], entry["flow"]) for entry in listed] == [(f"to-{there}", "customer")]
    assert "no" in listed[0]["message"]
    assert len(installation.writes_about(since, there, one.on(there))) == 1

    installation.ask("parked", "replay", listed[0]["id"])

    installation.until_both(one, city="Parked")
    assert not [entry for entry in installation.every("parked") if entry["link_id"] == link_id]
