"""Planned faults of `/_sandbox`: what each kind does to the application and to its client."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.control import Clock, Faults, wrap

faults = Faults()
kept: list[Any] = []


async def notes(request: Request) -> Response:
    """An application that keeps what it is sent and shows it; `late_event` makes it show nothing."""
    if request.method == "POST":
        kept.append(await request.json())
    late = faults.take("late_event", request)
    return JSONResponse([] if late else kept, 201 if request.method == "POST" else 200)


@pytest_asyncio.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    """A client of that application behind the layer."""
    kept.clear()
    faults.remove()
    app = wrap(
        Starlette(
            routes=[Route("/notes", notes, methods=["GET", "POST"]), Route("/other", notes, methods=["POST"])]
        ),
        data_dir=None,
        actor=lambda request: request.headers.get("key"),
        error=lambda status, message, param: JSONResponse({"said": message, "param": param}, status),
        switches={},
        reset_data=kept.clear,
        clock=Clock(),
        faults=faults,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        yield client


async def plan(api: httpx.AsyncClient, kind: str, **fault: Any) -> str:
    """Plans a fault."""
    response = await api.post("/_sandbox/faults", json={"kind": kind, **fault})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def last(api: httpx.AsyncClient) -> dict[str, Any]:
    """The last entry of the request log."""
    return dict((await api.get("/_sandbox/requests")).json()["requests"][-1])


async def hits(api: httpx.AsyncClient) -> list[int]:
    """How often each fault has hit."""
    return [fault["hits"] for fault in (await api.get("/_sandbox/faults")).json()["faults"]]


async def test_an_error_is_answered_in_the_applications_words_and_nothing_is_applied(
    api: httpx.AsyncClient,
) -> None:
    """Status, refused property and Retry-After are those of the fault; the log says which fault it was."""
    planned = await plan(api, "error", status=422, param="Name", message="no", retry_after=7)
    response = await api.post("/notes", json=1)
    entry = await last(api)

    assert (response.status_code, response.json()) == (422, {"said": "no", "param": "Name"})
    assert response.headers["Retry-After"] == "7"
    assert (entry["fault"], entry["applied"], entry["status"], kept) == (planned, False, 422, [])


async def test_a_throttle_is_429_unless_told_otherwise(api: httpx.AsyncClient) -> None:
    """It carries no Retry-After of its own, as some APIs do not."""
    await plan(api, "throttle")
    response = await api.get("/notes")

    assert (response.status_code, response.headers.get("Retry-After")) == (429, None)


@pytest.mark.parametrize(("kind", "applied"), [("lose_response", True), ("drop_connection", False)])
async def test_a_cut_connection_leaves_the_client_without_an_answer(
    api: httpx.AsyncClient, kind: str, applied: bool
) -> None:
    """Only the log tells whether the write was applied."""
    await plan(api, kind)
    with pytest.raises(httpx.TransportError):
        await api.post("/notes", json=1)
    entry = await last(api)

    assert (entry["applied"], entry["status"], kept) == (applied, None, [1] if applied else [])


async def test_bad_json_is_applied_but_cannot_be_read(api: httpx.AsyncClient) -> None:
    """Status and content type are as usual, the body is cut."""
    await plan(api, "bad_json")
    response = await api.post("/notes", json=1)

    assert (response.status_code, response.headers["content-type"]) == (201, "application/json")
    with pytest.raises(ValueError, match="Expecting"):
        response.json()
    assert (await last(api))["applied"] is True


async def test_a_delay_comes_before_the_application(api: httpx.AsyncClient) -> None:
    """The answer takes at least that long, and another fault may follow it."""
    await plan(api, "delay", delay_ms=120)
    await plan(api, "error")
    response = await api.get("/notes")

    assert response.elapsed.total_seconds() >= 0.12
    assert response.status_code == 500
    assert (await last(api))["fault"].split(",")[0].startswith("delay")


async def test_a_stale_read_waits_for_a_read_that_has_an_older_answer(api: httpx.AsyncClient) -> None:
    """Without history of its own the application's answer before the present one is shown, once."""
    await plan(api, "stale_read")
    first = (await api.get("/notes")).json()
    unused = await hits(api)
    await api.post("/notes", json=1)
    seen = [(await api.get("/notes")).json() for _ in range(2)]

    assert (first, unused, seen, await hits(api)) == ([], [0], [[], [1]], [1])


@pytest.mark.parametrize(
    ("how", "given", "stored"),
    [
        ("trim", {"a": {"b": " x "}}, {"a": {"b": "x"}}),
        ("upper", {"a": [{"b": "X"}, {"b": "y"}]}, {"a": [{"b": "X"}, {"b": "Y"}]}),
        ("truncate:2", {"a": {"b": "xyz"}}, {"a": {"b": "xy"}}),
        ("round:1", {"a": {"b": "1.25"}}, {"a": {"b": "1.3"}}),
        ("round:0", {"a": {"b": 2.5}}, {"a": {"b": 3}}),
        ("drop", {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}),
    ],
)
async def test_a_normalised_field_is_changed_before_the_application_sees_it(
    api: httpx.AsyncClient, how: str, given: Any, stored: Any
) -> None:
    """Nested fields and those in lists too; the log keeps what the client sent."""
    await plan(api, "normalise", field="a.b", how=how)
    await api.post("/notes", json=given)

    assert (kept, (await last(api))["body"]) == ([stored], given)


async def test_a_normalisation_that_changes_nothing_has_not_hit(api: httpx.AsyncClient) -> None:
    """Bodies without the field, equal values and bodies that are not JSON leave the fault unused."""
    await plan(api, "normalise", field="a", how="trim")
    for body in ({"b": " x"}, {"a": "x"}, {"a": 1}):
        await api.post("/notes", json=body)

    assert (await hits(api), (await last(api))["fault"]) == ([0], None)


async def test_the_application_carries_out_event_faults(api: httpx.AsyncClient) -> None:
    """It takes them by kind and request; the log names them all the same."""
    planned = await plan(api, "late_event", path="^/notes$", actor="tandem")
    shown = [(await api.post("/notes", json=1, headers={"key": key})).json() for key in ("user", "tandem")]

    assert (shown, (await last(api))["fault"], await hits(api)) == ([[1], []], planned, [1])


async def test_a_fault_hits_only_what_it_names_and_only_so_often(api: httpx.AsyncClient) -> None:
    """Method, path, actor and times limit it; each hit is counted."""
    await plan(api, "error", method="POST|PATCH", path="^/notes", actor="tandem", times=2)
    tandem = {"key": "tandem"}
    missed = [
        (await api.get("/notes", headers=tandem)).status_code,
        (await api.post("/notes", json=1, headers={"key": "user"})).status_code,
        (await api.post("/other", json=1, headers=tandem)).status_code,
    ]
    posted = [(await api.post("/notes", json=1, headers=tandem)).status_code for _ in range(3)]

    assert (missed, posted, await hits(api)) == ([200, 201, 201], [500, 500, 201], [2])


async def test_faults_are_removed_one_by_one_or_all(api: httpx.AsyncClient) -> None:
    """A removed fault hits no more; an unknown id is told."""
    first, _ = await plan(api, "error"), await plan(api, "error")
    await api.delete(f"/_sandbox/faults/{first}")
    left = len(await hits(api))
    unknown = (await api.delete(f"/_sandbox/faults/{first}")).status_code
    await api.delete("/_sandbox/faults")

    assert (left, unknown, await hits(api)) == (1, 404, [])
    assert (await api.get("/notes")).status_code == 200


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("kind", {}),
        ("kind", {"kind": "explode"}),
        ("times", {"kind": "error", "times": 0}),
        ("status", {"kind": "error", "status": 200}),
        ("actor", {"kind": "error", "actor": "nobody"}),
        ("method", {"kind": "error", "method": "FETCH"}),
        ("path", {"kind": "error", "path": "("}),
        ("colour", {"kind": "error", "colour": 1}),
        ("delay_ms", {"kind": "delay"}),
        ("field", {"kind": "normalise", "how": "trim"}),
        ("how", {"kind": "normalise", "field": "a", "how": "shout"}),
        ("body", []),
    ],
)
async def test_a_fault_nobody_can_carry_out_is_refused(
    api: httpx.AsyncClient, where: str, fault: Any
) -> None:
    """The answer names the field, its value and the cure, and nothing is planned."""
    response = await api.post("/_sandbox/faults", json=fault)
    error = response.json()["error"]
    value = fault.get(where) if isinstance(fault, dict) else fault

    assert (response.status_code, error["where"], error["value"]) == (400, where, value)
    assert error["cure"]
    assert await hits(api) == []
