"""How an event looks to a reader, on the Events API and in a webhook alike; pure."""

from collections.abc import Mapping
from typing import Any

from sandbox.invoiced.exact_json import dumps

COLUMNS = "id, type, at, origin, document, previous"
NOBODY: Mapping[str, Any] = {
    "id": -2,
    "email": None,
    "first_name": None,
    "last_name": None,
    "two_factor_enabled": False,
    "registered": True,
    "created_at": None,
    "updated_at": None,
}
PERSON = {**NOBODY, "id": 6849, "email": "user@example.com", "first_name": "Uma", "last_name": "User"}
USERS = {"api": dumps(NOBODY), "team": dumps(PERSON)}


def event_text(row: tuple[Any, ...], switches: Mapping[str, bool]) -> str:
    """An event's JSON, put together from the stored texts without parsing them."""
    id_, kind, at, origin, document, previous = row
    inside = beside = ""
    if previous is not None and switches["invoiced.previous_inside_data"]:
        inside = f',"previous":{previous}'
    elif previous is not None:
        beside = f',"previous":{previous}'
    return (
        f'{{"id":{id_},"object":"event","type":"{kind}","timestamp":{at},'
        f'"data":{{"object":{document}{inside}}}{beside},"user":{USERS[origin]}}}'
    )
