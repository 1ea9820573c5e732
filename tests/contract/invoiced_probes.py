"""What each switch about contacts and items shows in both positions."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from tests.contract.invoiced_records import create, create_contact, create_item

Api = httpx.AsyncClient
Probe = Callable[[Api], Awaitable[Any]]
CONTACTS = "/customers/1/contacts"


async def contact(api: Api, name: str, **fields: Any) -> Any:
    """What a new contact shows in one field; "absent" if it does not show it."""
    await create(api, country="NO")
    return (await create_contact(api, **fields)).get(name, "absent")


async def unnamed(api: Api) -> int:
    """The status of a contact without a name."""
    await create(api)
    return (await api.post(CONTACTS, json={"phone": "1"})).status_code


async def moved_by_patch(api: Api) -> tuple[int, int]:
    """The status of a contact's PATCH with another customer, and whose contact it is afterwards."""
    await create(api)
    await create(api)
    await create_contact(api)
    status = (await api.patch(f"{CONTACTS}/1", json={"customer": 2})).status_code
    return status, (await api.get(f"{CONTACTS}/1")).json()["customer"]


async def one_more(api: Api) -> int:
    """The status of contact 101."""
    await create(api)
    for _ in range(100):
        await create_contact(api)
    return (await api.post(CONTACTS, json={"name": "A"})).status_code


async def parent_touched(api: Api) -> list[bool]:
    """Whether creating, editing and deleting a contact move its customer's `updated_at`."""
    last = (await create(api))["updated_at"]
    seen: list[bool] = []
    for minute, (method, path) in enumerate(
        (("POST", CONTACTS), ("PATCH", f"{CONTACTS}/1"), ("DELETE", f"{CONTACTS}/1")), start=1
    ):
        await api.post("/_sandbox/clock", json={"offset_s": 60 * minute})
        await api.request(method, path, json={"name": f"N{minute}"} if method != "DELETE" else None)
        now = (await api.get("/customers/1")).json()["updated_at"]
        seen.append(now != last)
        last = now
    return seen


async def followed(api: Api) -> tuple[list[str], bool]:
    """What a merge and a delete tell of contacts, and whether the merge moved the contact's `updated_at`."""
    await create(api)
    await create(api)
    made = await create_contact(api, customer=2)
    await api.post("/_sandbox/clock", json={"offset_s": 60})
    await api.post("/customers/1/merge", json={"customer": 2})
    kept = (await api.get(f"{CONTACTS}/1")).json()["updated_at"] == made["updated_at"]
    await api.delete("/customers/1")
    told = (await api.get("/events?type=contact")).json()
    return [each["type"].partition(".")[2] for each in told], kept


async def after_merge(api: Api) -> list[int]:
    """The winner's contacts after a merge."""
    await create(api)
    await create(api)
    await create_contact(api)
    await create_contact(api, customer=2)
    await api.post("/customers/1/merge", json={"customer": 2})
    return [each["id"] for each in (await api.get(CONTACTS)).json()]


async def item_status(api: Api, **fields: Any) -> int:
    """The status of a create."""
    return (await api.post("/items", json={"name": "A", **fields})).status_code


async def item_patch(api: Api, **fields: Any) -> tuple[int, Any]:
    """The status of an item's PATCH, and what the item shows of it."""
    await create_item(api, id="sku")
    status = (await api.patch("/items/sku", json=fields)).status_code
    return status, (await api.get("/items/sku")).json()[next(iter(fields))]


async def archived(api: Api) -> list[str]:
    """What `archived=1` lists of a deleted item and a present one."""
    await create_item(api, id="gone")
    await create_item(api, id="here")
    await api.delete("/items/gone")
    return [each["id"] for each in (await api.get("/items?archived=1")).json()]


async def restarted(api: Api) -> bool:
    """Whether an item created again has a new `created_at`."""
    first = await create_item(api, id="sku")
    await api.delete("/items/sku")
    await api.post("/_sandbox/clock", json={"offset_s": 60})
    return bool((await create_item(api, id="sku"))["created_at"] != first["created_at"])


async def bounded(api: Api) -> tuple[int, int]:
    """How many items two bounds leave that no item is within."""
    at = (await create_item(api))["updated_at"]
    after, before = await api.get(f"/items?updated_after={at}"), await api.get(f"/items?updated_before={at}")
    return len(after.json()), len(before.json())


SIBLINGS: dict[str, tuple[Probe, Any, Any]] = {
    "contact_names_customer": (lambda api: contact(api, "customer"), 1, "absent"),
    "contact_name_required": (unnamed, 400, 201),
    "contact_primary_default": (lambda api: contact(api, "primary"), True, False),
    "contact_country_inherited": (lambda api: contact(api, "country"), "NO", None),
    "contact_parent_refused": (moved_by_patch, (400, 1), (200, 1)),
    "contacts_limited": (one_more, 400, 201),
    "contact_edit_keeps_customer": (parent_touched, [False] * 3, [True] * 3),
    "contacts_follow_silently": (followed, (["created"], True), (["deleted", "updated", "created"], False)),
    "merge_moves_contacts": (after_merge, [1, 2], [1]),
    "item_id_generated": (item_status, 201, 400),
    "item_id_checked": (lambda api: item_status(api, id="a b"), 400, 201),
    "create_only_refused": (lambda api: item_patch(api, unit_cost=5), (400, 0), (200, 0)),
    "item_accounting_writable": (lambda api: item_patch(api, gl_account="7"), (200, "7"), (400, None)),
    "item_delete_archives": (archived, ["gone"], ["here"]),
    "item_created_at_restarts": (restarted, True, False),
    "items_updated_after_ignored": (bounded, (1, 1), (0, 0)),
}
