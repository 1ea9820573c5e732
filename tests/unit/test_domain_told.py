"""What an operator is told: who cannot be logged in to, which values were refused, and what a late decision does."""

from typing import Any

from msgspec.structs import replace

from schemas.records import Question, Result, Unreadable
from tests.property.scenes import HERE, THERE, conflicts, edit, empty, linked, organisation, shows
from tests.property.world import ALL_FLOWS, CONFIG, World, policy


def _ask(world: World, what: str, **args: Any) -> dict[str, Any]:
    world.append(Question(f"q{len(world.log)}", what, args))
    world.fold()
    found: dict[str, Any] = world.control[f"{CONFIG.tenant}|answer"]["answer"]
    return found


def _state(world: World) -> dict[str, tuple[str, str | None]]:
    return {one["direction"]: (one["state"], one["cause"]) for one in _ask(world, "status")["flows"]}


def test_a_refused_login_fails_its_direction_until_it_is_taken() -> None:
    """Nothing can be written where nobody is let in: the direction says so, and its source says why."""
    world = linked()
    world.append(Unreadable(THERE, "customer", "login refused: 401", page="login"))
    world.fold()

    assert _state(world) == {"to-crm": ("failed", "login refused: 401"), "to-invoiced": ("running", None)}
    causes = {one["system"]: one["cause"] for one in _ask(world, "status")["sources"]}
    assert causes == {HERE: None, THERE: "login refused: 401"}

    world.append(Unreadable(THERE, "customer", "", page="login"))
    world.fold()
    assert _state(world)["to-crm"] == ("running", None)


def test_events_nobody_can_read_are_every_source_s_cause() -> None:
    """Where a system's events are not to be had nothing of it is read: each of its sources says why."""
    world = linked()
    world.append(Unreadable(HERE, "events", "GET /events: ConnectError", page="live"))
    world.fold()

    causes = {one["system"]: one["cause"] for one in _ask(world, "status")["sources"]}
    assert causes == {HERE: "GET /events: ConnectError", THERE: None}


def _answered(world: World, **said: Any) -> None:
    """The CRM's connector says something to the command under way, without carrying it out."""
    (command,) = world.sinks[THERE].commands
    world.sinks[THERE].commands.clear()
    about = (command.id, "default", command.link_id, THERE, command.revision)
    world.append(Result(*about, read_at=world.now, verb=command.verb, ref=command.ref, **said))
    world.fold()


def test_a_refused_login_of_a_write_fails_its_direction() -> None:
    """Reading goes well and nothing can be written: direction, link and status say what was told, and since when."""
    world = linked()
    edit(world, HERE, city="Bremen")
    world.go(HERE)
    told = "login refused: PATCH /customers/c1: 403 read-only"
    _answered(world, outcome="retry_at", cause="login", message=told, retry_at=world.now + 9_000)

    state, cause = _state(world)["to-crm"]
    assert (state, str(cause).startswith(f"crm: {told}; since 20")) == ("failed", True)
    assert _state(world)["to-invoiced"] == ("running", None)
    assert _ask(world, "status")["retrying_why"] == f"customer to-crm: {told}"
    assert _ask(world, "link", ref="crm:customer:c1")["cause"] == f"crm: {told}; it is tried again"

    world.settle()
    assert shows(world, THERE, "City") == "Bremen"
    assert (_state(world)["to-crm"], _ask(world, "link", ref="crm:customer:c1")["cause"]) == (
        ("running", None),
        None,
    )


def test_a_write_that_is_tried_again_says_why() -> None:
    """An API that is down is no refused login: the direction runs, the link and the status name the last attempt."""
    world = linked()
    edit(world, HERE, city="Bremen")
    world.go(HERE)
    _answered(world, outcome="retry_at", cause="unreachable", message="GET /customers/c1: ConnectError")

    assert _state(world)["to-crm"] == ("running", None)
    assert "ConnectError" in _ask(world, "link", ref="crm:customer:c1")["cause"]


def test_what_is_parked_again_is_as_old_as_it_was() -> None:
    """A replay that fails keeps since when it is parked and counts its attempts; one that succeeds forgets both."""
    world = linked()
    edit(world, HERE, city="Nowhere")
    world.go(HERE)
    _answered(world, outcome="refused", cause="whole", message="no", attempts=2)
    (first,) = _ask(world, "parked")["parked"]

    world.tick(60_000)
    world.decide("parked.replay", id=first["id"])
    world.fold()
    assert _ask(world, "parked")["parked"] == []
    _answered(world, outcome="refused", cause="whole", message="no")

    (after,) = _ask(world, "parked")["parked"]
    assert (after["first_at"], after["attempts"]) == (first["first_at"], 3)


def test_a_refused_value_is_listed_with_its_cause() -> None:
    """The rest of the record is in step; the link is found by what was refused, and counted."""
    world = linked()
    world.apis[THERE].refuse = lambda name, _: name == "City"
    edit(world, HERE, city="Nowhere", notes="taken")
    world.settle()

    (listed,) = _ask(world, "links", state="refused")["links"]
    assert listed["state"] == "linked"
    assert listed["cause"].startswith("crm refused city: ")
    assert shows(world, THERE, "Description") == "taken"
    counts = {one["direction"]: one["refused"] for one in _ask(world, "status")["flows"]}
    assert counts == {"to-crm": 1, "to-invoiced": 0}
    assert _ask(world, "links", state="normalised")["links"] == []


def _decided(world: World) -> str:
    """A conflict that Invoiced has won."""
    edit(world, THERE, City="Lost")
    edit(world, HERE, city="Won")
    world.settle()
    assert (conflicts(world, "city"), shows(world, THERE, "City")) == (["invoiced"], "Won")
    return next(one.id for one in world.conflicts if one.property == "city")


def test_a_conflict_says_what_became_of_it() -> None:
    """Decided by the policy first; once a person has resolved it, that is told with the side that was taken."""
    world = linked(flows=CONFIG.flows, tie_ms=100_000)
    found = _decided(world)
    (before,) = _ask(world, "conflicts")["conflicts"]

    world.decide("conflicts.resolve", id=found, take=THERE)
    world.settle()
    (after,) = _ask(world, "conflicts")["conflicts"]

    assert (before["state"], before["resolved"]) == ("decided", None)
    assert (after["state"], after["resolved"]["take"]) == ("resolved", THERE)


def test_a_conflict_that_waits_for_a_person_is_open() -> None:
    """With `manual` nobody wins: open until it is resolved."""
    world = linked(flows=policy(conflict="manual"), tie_ms=100_000)
    edit(world, THERE, City="B")
    edit(world, HERE, city="A")
    world.settle()

    assert [one["state"] for one in _ask(world, "conflicts")["conflicts"]] == ["open"]


def test_a_plan_names_the_records() -> None:
    """The record that would be written and its counterpart by their refs, a parent by its ref instead of an id."""
    world = World(replace(CONFIG, flows=ALL_FLOWS))
    world.turn()
    for number in (1, 2):
        organisation(world, HERE, number)
    world.settle()
    world.decide("pause", flow="customer")
    edit(world, HERE, parent_customer="2")
    world.turn()

    (one,) = _ask(world, "plan")["plan"]
    assert (one["invoiced"], one["crm"]) == ("invoiced:customer:1", "crm:customer:c1")
    assert one["values"] == {"parent": {"from": None, "to": "crm:customer:c2"}}
    held = {
        gate["direction"]: gate["held"] for gate in _ask(world, "gate")["gate"] if gate["flow"] == "customer"
    }
    assert held == {"to-crm": 1, "to-invoiced": 0}


def test_what_lost_a_conflict_can_be_brought_back() -> None:
    """A person takes the value that lost: it stands on both sides, and can be taken back once more."""
    world = linked(flows=CONFIG.flows, tie_ms=100_000)
    found = _decided(world)

    world.decide("conflicts.resolve", id=found, take=THERE)
    world.settle()
    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == ("Lost", "Lost")

    world.decide("conflicts.resolve", id=found, take=HERE)
    world.settle()
    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == ("Won", "Won")


def test_a_decision_too_late_undoes_no_edit() -> None:
    """Edited since: neither of the old values comes back."""
    world = linked(flows=CONFIG.flows, tie_ms=100_000)
    found = _decided(world)
    edit(world, THERE, City="Since")
    world.settle()

    world.decide("conflicts.resolve", id=found, take=THERE)
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == ("Since", "Since")


def test_archives_of_new_links_count_for_the_breaker() -> None:
    """What a first match writes is not counted; that records go out of use is, however new their links are."""
    world = empty(delete_links=0, delete_share=0.0, breaker_ms=86_400_000)
    organisation(world, HERE, 1)
    organisation(world, THERE, 1)
    world.settle()
    assert world.link(f"{HERE}:customer:1").joined
    edit(world, THERE, IsDeleted=True)
    world.settle()

    assert shows(world, HERE, "active") is True
    assert _state(world)["to-invoiced"][0] == "tripped"
