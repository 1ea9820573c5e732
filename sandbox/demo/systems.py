"""Both systems as their users reach them, and the request log that tells Tandem's requests from theirs."""

from collections.abc import Mapping
from typing import Any, Self

import httpx
from msgspec import Struct

Record = dict[str, Any]


class System(Struct, frozen=True):
    """One API with a user's key."""

    name: str
    http: httpx.Client

    @classmethod
    def reach(cls, name: str, manifest: Mapping[str, Any]) -> Self:
        """The system as the sandbox's manifest names it."""
        key = str(manifest[f"{name}_user_api_key"])
        login = (key, "") if name == "invoiced" else None
        headers = {"Authorization": f"Bearer {key}"} if name == "crm" else {}
        return cls(
            name, httpx.Client(base_url=manifest[f"{name}_url"], auth=login, headers=headers, timeout=30)
        )

    def every(self, kind: str = "customers") -> list[Record]:
        """All records of a kind (the path of its list), archived ones too."""
        params: dict[str, str | int] = {"per_page": 100}
        if self.name == "crm":
            params["include_deleted"] = "true"
        found: list[Record] = self.http.get(f"/{kind}", params=params).raise_for_status().json()
        return found

    def named(self, name: str, kind: str = "customers") -> list[Record]:
        """The records of this name; a person's is made of two in the CRM."""
        return [one for one in self.every(kind) if name_of(one) == name]

    def get(self, record_id: object, kind: str = "customers") -> Record:
        found: Record = self.http.get(f"/{kind}/{record_id}").raise_for_status().json()
        return found

    def add(self, kind: str, **values: Any) -> Any:
        """A new record; its id."""
        made: Record = self.http.post(f"/{kind}", json=values).raise_for_status().json()
        return made["id" if self.name == "invoiced" else "Id"]

    def patch(self, record_id: object, kind: str = "customers", **values: Any) -> None:
        self.http.patch(f"/{kind}/{record_id}", json=values).raise_for_status()

    def delete(self, record_id: object, kind: str = "customers") -> None:
        self.http.delete(f"/{kind}/{record_id}").raise_for_status()

    def writes(self) -> int:
        """How often Tandem has written here."""
        return int(self.http.get("/_sandbox/counters").raise_for_status().json()["tandem"]["writes"])


def name_of(record: Mapping[str, Any]) -> str:
    """A record's name as people say it."""
    if "LastName" in record:
        return f"{record['FirstName'] or ''} {record['LastName']}".strip()
    return str(record["name"] if "name" in record else record["Name"])
