"""A state that has missed part of its log writes nothing; where nothing is left to tell edits by, a person opens it."""

import json
from typing import Any

from schemas.records import Decision, Event, Restore
from streams.domain.catching_up import begin
from streams.domain.step import progress, step
from streams.domain.tenant_row import Tenant, decode_tenant
from tests.property.rows import Rows
from tests.property.world import CONFIG


def tenant(rows: Rows) -> Tenant:
    return decode_tenant(rows.data[b"default|control|tenant"])


def fold(rows: Rows, offset: int, body: Any) -> None:
    rows.apply(step(rows, Event(f"e{offset}", "default", 2_000 + offset, offset, body), CONFIG))


def test_a_gap_begins_catching_up_and_leaves_the_gates_to_be_read_back() -> None:
    """With the gate on `auto`: nothing is opened or closed by it, and control shows that it is on."""
    rows = Rows()
    effects = begin(rows, CONFIG, "state lost", 1_000, ("log", 7))
    rows.apply(effects)

    said = {output.key: output.record for output in effects.outputs}
    assert list(said) == ["default|catching_up"]
    assert json.loads(said["default|catching_up"].json)["state"] == "begun"  # type: ignore[union-attr]  # a Control
    assert tenant(rows).gates == {}
    assert progress(rows, CONFIG, 7)["catching_up"] is True


def test_where_nothing_was_published_a_person_opens_the_gates() -> None:
    """No base is left anywhere: what differs must not be written by a first match nobody has looked at."""
    rows = Rows()
    rows.apply(begin(rows, CONFIG, "state lost", 1_000, ("log", 7), remembered=False))

    held = tenant(rows).gates
    assert {state for state, _ in held.values()} == {"held"}
    assert all("state lost" in cause for _, cause in held.values())


def test_decisions_wait_until_their_rows_are_back() -> None:
    """Before the end of what is read back any decision is refused; after it gates may be turned, links may not."""
    rows = Rows()
    rows.apply(begin(rows, CONFIG, "state lost", 1_000, ("log", 7)))
    run = tenant(rows).catching_up
    assert run is not None
    approve = {"flow": "customer"}
    fold(rows, 8, Decision("d1", "gate.approve", approve))
    fold(rows, 9, Restore("", {"ends": []}, "over", run.id))
    fold(rows, 10, Decision("d2", "gate.approve", approve))
    fold(rows, 11, Decision("d3", "links.unlink", {"link_id": "x"}))

    done = [json.loads(rows.data[f"default|control|decision|d{n}".encode()]) for n in (1, 2, 3)]
    assert [one["done"] for one in done] == [False, True, False]
    assert "catching up" in done[2]["outcome"]


def test_another_run_brings_nothing_back() -> None:
    """What a run appended that was begun and lost is not taken for the present one's."""
    rows = Rows()
    rows.apply(begin(rows, CONFIG, "state lost", 1_000, ("log", 7)))
    fold(rows, 8, Restore("customer|to-crm", {"state": "paused"}, "gate", "another"))
    fold(rows, 9, Restore("", {"ends": []}, "over", "another"))

    after = tenant(rows)
    assert after.gates == {}
    assert after.catching_up is not None
    assert after.catching_up.told == -1
