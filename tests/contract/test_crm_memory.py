"""What the reference CRM remembers: answers by Idempotency-Key, older images, and all of it after a restart."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.crm import create_app

KEY = {"Idempotency-Key": "k1"}
DAY_S = 24 * 3600


def client(data_dir: Path | None = None) -> httpx.AsyncClient:
    """A client of a CRM that keeps its data there."""
    headers = {"Authorization": "Bearer crm-tandem"}
    transport = httpx.ASGITransport(create_app(data_dir))
    return httpx.AsyncClient(transport=transport, base_url="http://crm", headers=headers)


async def total(crm: httpx.AsyncClient) -> str:
    """How many customers there are."""
    return str((await crm.get("/customers")).headers["X-Total-Count"])


async def test_a_repeated_key_repeats_the_answer_and_creates_once() -> None:
    """The second POST is answered like the first, says so, and is logged as not applied."""
    async with client() as crm:
        first, again = [await crm.post("/customers", json={"Name": "A"}, headers=KEY) for _ in range(2)]
        log = (await crm.get("/_sandbox/requests?writes=1")).json()["requests"]

        assert (first.status_code, first.json()) == (again.status_code, again.json())
        assert first.headers["Location"] == again.headers["Location"]
        assert (again.headers["Idempotent-Replayed"], await total(crm)) == ("true", "1")
        assert [(entry["applied"], entry["idempotency_key"]) for entry in log] == [
            (True, "k1"),
            (False, "k1"),
        ]


async def test_a_key_is_for_one_request() -> None:
    """The same key with another body is refused, for it would hide a write."""
    async with client() as crm:
        await crm.post("/customers", json={"Name": "A"}, headers=KEY)
        other = await crm.post("/customers", json={"Name": "B"}, headers=KEY)

        assert (other.status_code, other.json()["Error"]["Code"]) == (422, "idempotency_key_reused")
        assert await total(crm) == "1"


@pytest.mark.parametrize("key", [b"", b"a b", b"x" * 256, b"\xe5"])
async def test_a_key_of_another_form_is_refused(key: bytes) -> None:
    """A key is visible ASCII, as the contract says; nothing is written under another one."""
    async with client() as crm:
        refused = await crm.post("/customers", json={"Name": "A"}, headers=[(b"Idempotency-Key", key)])

        assert (refused.status_code, refused.json()["Error"]["Code"]) == (400, "malformed")
        assert await total(crm) == "0"


async def test_a_refusal_is_not_remembered() -> None:
    """What failed may be tried again with its key once the cause is gone."""
    async with client() as crm:
        await crm.post("/customers", json={"Name": "A", "ExternalId": "x"})
        body = {"Name": "B", "ExternalId": "x"}
        refused = await crm.post("/customers", json=body, headers=KEY)
        await crm.patch("/customers/CUS00000001", json={"ExternalId": None})
        taken = await crm.post("/customers", json=body, headers=KEY)

        assert [refused.status_code, taken.status_code] == [409, 201]


async def test_a_key_is_forgotten_after_a_day() -> None:
    """23 hours later it still counts, 25 hours later it does not."""
    async with client() as crm:
        counts = []
        for hours in (0, 23, 25):
            await crm.post("/_sandbox/clock", json={"offset_s": hours * 3600})
            await crm.post("/customers", json={"Name": "A"}, headers=KEY)
            counts.append(await total(crm))

        assert counts == ["1", "1", "2"]


async def test_a_stale_read_shows_the_image_before_the_last_edit() -> None:
    """A read and a list both show the older image, with the ETag of then, so that If-Match fails."""
    async with client() as crm:
        at = (await crm.post("/customers", json={"Name": "A"})).headers["Location"]
        await crm.post("/customers", json={"Name": "never edited"})
        await crm.patch(at, json={"Name": "B"})
        await crm.post("/_sandbox/faults", json={"kind": "stale_read", "times": 2})
        read, listed = await crm.get(at), await crm.get("/customers")
        written = await crm.patch(at, json={"Name": "C"}, headers={"If-Match": read.headers["ETag"]})
        faults = (await crm.get("/_sandbox/faults")).json()["faults"]

        assert (read.json()["Name"], read.headers["ETag"]) == ("A", '"1"')
        assert {"A", "never edited"} == {record["Name"] for record in listed.json()}
        assert written.status_code == 412
        assert ((await crm.get(at)).json()["Name"], faults[0]["hits"]) == ("B", 2)


async def everything(crm: httpx.AsyncClient) -> list[Any]:
    """All a client can see: records, writes in the log, faults."""
    paths = ("customers", "contacts", "products", "orders")
    records = [(await crm.get(f"/{path}?include_deleted=1")).json() for path in paths]
    log = (await crm.get("/_sandbox/requests?writes=1")).json()["requests"]
    return [records, log, (await crm.get("/_sandbox/faults")).json()]


async def test_all_is_there_after_a_restart(tmp_path: Path) -> None:
    """Records, kept answers, log, faults and clock outlive the process; Ids go on."""
    async with client(tmp_path) as crm:
        first = await crm.post("/customers", json={"Name": "A"}, headers=KEY)
        await crm.delete(first.headers["Location"])
        await crm.post("/contacts", json={"LastName": "L", "CustomerId": "CUS00000001"})
        await crm.post("/products", json={"Name": "P", "UnitPrice": "12.50"})
        await crm.post("/orders", json={"ContactId": "CON00000001", "Lines": [{"Name": "L"}]})
        await crm.put("/_sandbox/switches", json={"crm.draft_returns": False})
        await crm.post("/_sandbox/faults", json={"kind": "delay", "delay_ms": 1, "path": "/orders"})
        await crm.post("/_sandbox/clock", json={"offset_s": DAY_S / 2})
        before = await everything(crm)
    async with client(tmp_path) as crm:
        after = await everything(crm)
        again = await crm.post("/customers", json={"Name": "A"}, headers=KEY)
        other = await crm.post("/customers", json={"Name": "B"})
        person = await crm.post("/contacts", json={"LastName": "M"})
        lines = (await crm.patch("/orders/ORD00000001", json={"Lines": [{}]})).json()["Lines"]

        assert before == after
        assert (person.json()["Id"], lines[0]["LineId"]) == ("CON00000002", "LIN00000002")
        assert not (await crm.get("/_sandbox/switches")).json()["crm.draft_returns"]
        assert (first.json(), "CUS00000002") == (again.json(), other.json()["Id"])
        assert (await crm.get("/_sandbox/clock")).json()["offset_s"] == DAY_S / 2


async def test_a_stale_read_knows_every_entity() -> None:
    """A contact and a product are shown as they were, too, each by its own Id."""
    async with client() as crm:
        for path, name in (("/contacts", "LastName"), ("/products", "Name")):
            at = (await crm.post(path, json={name: "A"})).headers["Location"]
            await crm.patch(at, json={name: "B"})
            await crm.post("/_sandbox/faults", json={"kind": "stale_read", "path": path, "times": 1})

            assert [(await crm.get(at)).json()[name] for _ in range(2)] == ["A", "B"]


async def test_a_stale_read_shows_the_lines_of_then() -> None:
    """An order is older as a whole, lines included."""
    async with client() as crm:
        await crm.post("/customers", json={"Name": "A"})
        at = (await crm.post("/orders", json={"CustomerId": "CUS00000001"})).headers["Location"]
        await crm.patch(at, json={"Lines": [{"Name": "L"}]})
        await crm.post("/_sandbox/faults", json={"kind": "stale_read"})

        assert [len((await crm.get(at)).json()["Lines"]) for _ in range(2)] == [0, 1]


async def test_reset_empties_the_crm_only_when_asked(tmp_path: Path) -> None:
    """Records stay by default; with `data` they go, and Ids are not given again."""
    async with client(tmp_path) as crm:
        await crm.post("/customers", json={"Name": "A"}, headers=KEY)
        await crm.post("/_sandbox/reset")
        kept = await total(crm)
        await crm.post("/_sandbox/reset", json={"what": ["data"]})
        emptied = await total(crm)
        new = await crm.post("/customers", json={"Name": "A"}, headers=KEY)

        assert (kept, emptied, new.json()["Id"]) == ("1", "0", "CUS00000002")
