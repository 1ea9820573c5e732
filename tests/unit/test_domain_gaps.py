"""A state that has missed part of its log holds every direction, until a person opens it."""

from schemas.records import Decision, Event
from streams.domain.catching_up import close
from streams.domain.rows import decode_tenant
from streams.domain.step import step
from tests.property.rows import Rows
from tests.property.world import CONFIG


def test_a_gap_closes_what_was_open_and_approval_opens_it_again() -> None:
    """With the gate on `auto` everything is open; after a gap nothing is, and it says why."""
    rows = Rows()
    rows.apply(close(rows, CONFIG, "log trimmed", 1_000))
    held = decode_tenant(rows.data[b"default|control|tenant"]).gates

    approve = Event("e1", "default", 2_000, 0, Decision("d1", "gate.approve", {"flow": "customer"}))
    rows.apply(step(rows, approve, CONFIG))
    opened = decode_tenant(rows.data[b"default|control|tenant"]).gates

    assert {state for state, _ in held.values()} == {"held"}
    assert all("log trimmed" in cause for _, cause in held.values())
    assert {state for state, _ in opened.values()} == {"open"}
