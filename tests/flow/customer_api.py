"""Both systems as their users reach them, under one set of names, and the log of who asked them for what."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, Self

import httpx
from msgspec import Struct

Name = Literal["invoiced", "crm"]
Record = dict[str, Any]
SYSTEMS: tuple[Name, Name] = ("invoiced", "crm")
# Our name → Invoiced's, the CRM's: design §7, row `customer`. `active` and `parent` are shown by `show`.
PROPERTIES: dict[str, tuple[str, str]] = {
    "name": ("name", "Name"),
    "number": ("number", "CustomerNumber"),
    "email": ("email", "Email"),
    "phone": ("phone", "Phone"),
    "attention_to": ("attention_to", "AttentionTo"),
    "address1": ("address1", "StreetAddress1"),
    "address2": ("address2", "StreetAddress2"),
    "city": ("city", "City"),
    "state": ("state", "State"),
    "postal_code": ("postal_code", "ZipCode"),
    "country": ("country", "Country"),
    "language": ("language", "Language"),
    "currency": ("currency", "Currency"),
    "payment_terms": ("payment_terms", "PaymentTerms"),
    "tax_id": ("tax_id", "OrganizationNumber"),
    "notes": ("notes", "Description"),
    "fax": ("metadata.fax", "Fax"),
    "website": ("metadata.website", "Website"),
    "parent": ("parent_customer", "ParentId"),
}


def other(system: Name) -> Name:
    """The opposite side."""
    return "crm" if system == "invoiced" else "invoiced"


class Api(Struct, frozen=True):
    """One system with a user's key."""

    name: Name
    http: httpx.Client

    @classmethod
    def reach(cls, name: Name, manifest: Mapping[str, Any]) -> Self:
        """The system as the sandbox's manifest names it."""
        key = str(manifest[f"{name}_user_api_key"])
        login = (key, "") if name == "invoiced" else None
        headers = {"Authorization": f"Bearer {key}"} if name == "crm" else {}
        url = manifest[f"{name}_url"]
        # Before the server's own five seconds: it may just be closing.
        limits = httpx.Limits(keepalive_expiry=3.0)
        return cls(name, httpx.Client(base_url=url, auth=login, headers=headers, timeout=60, limits=limits))

    @property
    def id_field(self) -> str:
        return "id" if self.name == "invoiced" else "Id"

    def ref(self, record_id: object) -> str:
        """The record's name in Tandem."""
        return f"{self.name}:customer:{record_id}"

    def body(self, **values: Any) -> Record:
        """Values under our names, as this system's JSON; any other name is the system's own."""
        body: Record = {}
        for name, value in values.items():
            own = PROPERTIES[name][SYSTEMS.index(self.name)] if name in PROPERTIES else name
            outer, _, inner = own.partition(".")
            if inner:
                body.setdefault(outer, {})[inner] = value
            else:
                body[own] = value
        return body

    def create(self, **values: Any) -> Any:
        """A new record; its id."""
        answer = self.http.post("/customers", json=self.body(**values))
        return _right(answer).json()[self.id_field]

    def get(self, record_id: object) -> Record:
        """The record as the system shows it."""
        found: Record = _right(self.http.get(f"/customers/{record_id}")).json()
        return found

    def edit(self, record_id: object, **values: Any) -> None:
        """A user's edit: only what is named changes; Invoiced's metadata is read and sent back whole."""
        body = self.body(**values)
        if "metadata" in body:
            kept = {**self.get(record_id)["metadata"], **body["metadata"]}
            body["metadata"] = {name: value for name, value in kept.items() if value is not None}
        _right(self.http.patch(f"/customers/{record_id}", json=body))

    def archive(self, record_id: object) -> None:
        """Takes a record out of use, the way this system's users do."""
        if self.name == "crm":
            _right(self.http.delete(f"/customers/{record_id}"))
        else:
            self.edit(record_id, active=False)

    def restore(self, record_id: object) -> None:
        """Brings it back."""
        self.edit(record_id, **({"IsDeleted": False} if self.name == "crm" else {"active": True}))

    def destroy(self, record_id: object) -> None:
        """Deletes it for good."""
        _right(self.http.delete(f"/customers/{record_id}", params={"purge": "true"}))

    def named(self, name: str) -> list[Record]:
        """Every customer of this name, archived ones too."""
        params = {"per_page": "200", "include_deleted": "true"} if self.name == "crm" else {"per_page": "100"}
        field, found = ("Name" if self.name == "crm" else "name"), list[Record]()
        page: httpx.Response | None = _right(self.http.get("/customers", params=params))
        while page is not None:
            found += [one for one in page.json() if one[field] == name]
            following = page.links.get("next", {}).get("url")
            page = _right(self.http.get(following)) if following else None
        return found

    def mark(self) -> int:
        """The present end of the request log."""
        after = 0
        while (page := self._page(after, limit="10000"))["requests"]:
            after = int(page["next"])
        return after

    def requests(self, after: int, *, writes: bool = True, actor: str = "tandem") -> list[Record]:
        """What was asked for since a mark."""
        found: list[Record] = []
        while (page := self._page(after, actor=actor, writes=str(int(writes)), limit="1000"))["requests"]:
            found += page["requests"]
            after = int(page["next"])
        return found

    def _page(self, after: int, **query: str) -> Record:
        page: Record = _right(
            self.http.get("/_sandbox/requests", params={"after": str(after), **query})
        ).json()
        return page

    @contextmanager
    def fault(self, kind: str, path: str, **conditions: Any) -> Iterator["Fault"]:
        """A planned fault for Tandem's requests, gone with the block."""
        planned = {"kind": kind, "path": path, "actor": "tandem", "times": 1_000_000, **conditions}
        number = _right(self.http.post("/_sandbox/faults", json=planned)).json()["id"]
        try:
            yield Fault(self.http, number)
        finally:
            _right(self.http.delete(f"/_sandbox/faults/{number}"))


class Fault(Struct, frozen=True):
    """A planned fault."""

    http: httpx.Client
    id: str

    def hits(self) -> int:
        """How many requests it has met."""
        faults = _right(self.http.get("/_sandbox/faults")).json()["faults"]
        return next(int(one["hits"]) for one in faults if one["id"] == self.id)


def show(system: Name, record: Mapping[str, Any]) -> Record:
    """A record's values under our names, as both sides must agree on them; the parent is left out."""
    shown: Record = {}
    for name, own in PROPERTIES.items():
        outer, _, inner = own[SYSTEMS.index(system)].partition(".")
        value = record[outer]
        shown[name] = value.get(inner) if inner else value
    del shown["parent"]
    if shown["currency"]:
        shown["currency"] = shown["currency"].upper()
    shown["active"] = (
        record["active"] if system == "invoiced" else record["IsActive"] and not record["IsDeleted"]
    )
    return shown


def _right(answer: httpx.Response) -> httpx.Response:
    """The answer, or an error that shows its body."""
    assert answer.is_success, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    return answer
