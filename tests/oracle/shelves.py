"""Both systems as their users have them: what they do, and everything that stands there."""

from collections.abc import Iterable, Mapping
from typing import Any

import httpx
import simplejson
from msgspec import Struct

from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.flow.installation import Installation
from tests.oracle.entities import Entity
from tests.oracle.spelling import mark_of

GONE = (404, 409)  # what a user meets who comes while a record is just being replaced
ANOTHER = 412
JSON = {"Content-Type": "application/json"}


class Sighted(Struct, frozen=True):
    """A record as it stands in a system."""

    system: Name
    shelf: str
    id: Any
    mark: str
    in_use: bool
    record: Record

    @property
    def ref(self) -> str:
        """Its name in Tandem."""
        return f"{self.system}:{self.shelf.removesuffix('s')}:{self.id}"


class Shelves(Struct, frozen=True):
    """Every record of both systems, by the mark of the thing it is."""

    installation: Installation

    def all(self, entities: Mapping[str, Entity], parents: Iterable[Any]) -> dict[str, list[Sighted]]:
        """`parents`: the Invoiced customers below which contacts may stand."""
        found: dict[str, list[Sighted]] = {}
        for system in SYSTEMS:
            ends = {entity.end(system) for entity in entities.values()}
            places = {end.shelf for end in ends if not end.below}
            places |= {f"customers/{one}/contacts" for one in parents for end in ends if end.below}
            for place in sorted(places):
                for one in self._shelf(system, place):
                    found.setdefault(one.mark, []).append(one)
        return found

    def write(
        self, system: Name, method: str, path: str, content: Record | None = None, version: int | None = None
    ) -> Record | None:
        """A user's write, of that version alone if one is named; nothing when the record is just not there."""
        answer = self.installation.api(system).http.request(
            method,
            path,
            content=None if content is None else simplejson.dumps(content, use_decimal=True),
            headers=JSON if version is None else {**JSON, "If-Match": f'"{version}"'},
        )
        if answer.status_code in GONE or (version is not None and answer.status_code == ANOTHER):
            return None
        _right(answer, content)
        written: Record = simplejson.loads(answer.content, use_decimal=True) if answer.content else {}
        return written

    def read(self, system: Name, path: str) -> Record | None:
        """One record; nothing when it is not there."""
        answer = self.installation.api(system).http.get(path)
        if answer.status_code in GONE:
            return None
        found: Record = simplejson.loads(_right(answer).content, use_decimal=True)
        return found

    def _shelf(self, system: Name, place: str) -> list[Sighted]:
        http = self.installation.api(system).http
        params = {"per_page": "200", "include_deleted": "true"} if system == "crm" else {"per_page": "100"}
        answer: httpx.Response | None = _right(http.get(f"/{place}", params=params))
        found = []
        while answer is not None:
            found += [
                _sighted(system, place, one) for one in simplejson.loads(answer.content, use_decimal=True)
            ]
            following = answer.links.get("next", {}).get("url")
            answer = _right(http.get(following)) if following else None
        return found


def _sighted(system: Name, place: str, record: Record) -> Sighted:
    in_use = (
        bool(record["IsActive"] and not record["IsDeleted"])
        if system == "crm" and "IsActive" in record
        else not record.get("IsDeleted", False) and bool(record.get("active", True))
    )
    shelf = place.rpartition("/")[2]
    return Sighted(system, shelf, record["Id" if system == "crm" else "id"], mark_of(record), in_use, record)


def _right(answer: httpx.Response, content: Record | None = None) -> httpx.Response:
    assert answer.is_success, (
        f"{answer.request.method} {answer.request.url} {content}: {answer.status_code} {answer.text}"
    )
    return answer
