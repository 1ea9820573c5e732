"""Events of the Invoiced simulator: what is told, in which order, and to whom late or twice."""

from typing import Any

import httpx


async def events(invoiced: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    """The events a list shows."""
    answer = await invoiced.get("/events", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


async def test_a_life_is_told_newest_first(invoiced: httpx.AsyncClient) -> None:
    """Created, updated with the old values of what changed, deleted with the last image."""
    created = (await invoiced.post("/customers", json={"name": "A", "phone": "1"})).json()
    updated = (
        await invoiced.patch("/customers/1", json={"name": "B", "phone": "1", "metadata": {"k": "v"}})
    ).json()
    await invoiced.delete("/customers/1")
    told = await events(invoiced)

    assert [each["type"] for each in told] == ["customer.deleted", "customer.updated", "customer.created"]
    assert [each["object"] for each in told] == ["event"] * 3
    assert told[2]["data"] == {"object": created}
    assert told[1]["data"] == {"object": updated, "previous": {"name": "A", "metadata": {}}}
    assert told[0]["data"] == {"object": updated}
    assert (await invoiced.get(f"/events/{told[1]['id']}")).json() == told[1]
    assert (await invoiced.get("/events/99")).status_code == 404


async def test_events_are_found_by_object_type_time_and_origin(invoiced: httpx.AsyncClient) -> None:
    """Each filter keeps what it names; dates are inclusive."""
    await invoiced.post("/customers", json={"name": "A"})
    await invoiced.post("/_sandbox/clock", json={"offset_s": 60})
    await invoiced.post("/customers", json={"name": "B"}, auth=("inv-tandem", ""))
    second, first = await events(invoiced)

    assert await events(invoiced, related_to="customer,1") == [first]
    assert await events(invoiced, start_date=second["timestamp"]) == [second]
    assert await events(invoiced, end_date=first["timestamp"]) == [first]
    assert await events(invoiced, type="invoice") == []
    assert len(await events(invoiced, type="customer", **{"filter[type]": "customer.created"})) == 2
    assert await events(invoiced, **{"from": "api"}) == [second]
    assert await events(invoiced, **{"from": "team"}) == [first]
    assert (first["user"]["id"], second["user"]["id"]) == (6849, -2)
    assert (await invoiced.get("/events?related_to=customer")).json()["param"] == "related_to"
    assert (await invoiced.get("/events?from=nowhere")).json()["param"] == "from"


async def test_events_are_paged(invoiced: httpx.AsyncClient) -> None:
    """A page says how many there are and where the next one is."""
    for number in range(3):
        await invoiced.post("/customers", json={"name": f"N{number}"})
    answer = await invoiced.get("/events?per_page=2")

    assert answer.headers["X-Total-Count"] == "3"
    assert 'rel="next"' in answer.headers["Link"]
    assert [each["id"] for each in answer.json()] == [3, 2]


async def test_a_planned_late_event_appears_in_its_old_place(invoiced: httpx.AsyncClient) -> None:
    """A reader that has seen the later event finds the earlier one below it only after the delay."""
    await invoiced.post("/_sandbox/faults", json={"kind": "late_event", "delay_ms": 60_000})
    await invoiced.post("/customers", json={"name": "A"})
    await invoiced.post("/customers", json={"name": "B"})
    seen = await events(invoiced)
    await invoiced.post("/_sandbox/clock", json={"offset_s": 61})
    later = await events(invoiced)

    assert [each["id"] for each in seen] == [2]
    assert [each["id"] for each in later] == [2, 1]


async def test_setting_the_clock_back_hides_nothing(invoiced: httpx.AsyncClient) -> None:
    """What was told stays told; a later edit with an older stamp stands below it."""
    await invoiced.post("/customers", json={"name": "A"})
    await invoiced.post("/_sandbox/clock", json={"offset_s": -3600})
    await invoiced.post("/customers", json={"name": "B"})

    assert [each["id"] for each in await events(invoiced)] == [1, 2]


async def test_a_planned_duplicate_shows_twice(invoiced: httpx.AsyncClient) -> None:
    """The same event stands in the list two times, under one id."""
    await invoiced.post("/_sandbox/faults", json={"kind": "duplicate_event", "path": "/customers/1"})
    await invoiced.post("/customers", json={"name": "A"})
    await invoiced.patch("/customers/1", json={"name": "B"})
    told = await events(invoiced)

    assert [each["type"] for each in told] == ["customer.updated", "customer.updated", "customer.created"]
    assert told[0] == told[1]


async def test_a_refused_write_tells_nothing(invoiced: httpx.AsyncClient) -> None:
    """No event without a change: the write and its event stand or fall together."""
    await invoiced.post("/customers", json={"name": "A"})
    await invoiced.patch("/customers/1", json={"name": "B", "parent_customer": 404})

    assert len(await events(invoiced)) == 1
