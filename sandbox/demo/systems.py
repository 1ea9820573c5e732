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

    def customers(self) -> list[Record]:
        """All customers, archived ones too."""
        params: dict[str, str | int] = {"per_page": 100}
        if self.name == "crm":
            params["include_deleted"] = "true"
        found: list[Record] = self.http.get("/customers", params=params).raise_for_status().json()
        return found

    def named(self, name: str) -> list[Record]:
        """The customers of this name."""
        key = "name" if self.name == "invoiced" else "Name"
        return [one for one in self.customers() if one[key] == name]

    def get(self, record_id: object) -> Record:
        found: Record = self.http.get(f"/customers/{record_id}").raise_for_status().json()
        return found

    def patch(self, record_id: object, **values: Any) -> None:
        self.http.patch(f"/customers/{record_id}", json=values).raise_for_status()

    def delete(self, record_id: object) -> None:
        self.http.delete(f"/customers/{record_id}").raise_for_status()

    def writes(self) -> int:
        """How often Tandem has written here."""
        return int(self.http.get("/_sandbox/counters").raise_for_status().json()["tandem"]["writes"])
