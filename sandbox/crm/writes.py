"""Create, change, delete: the rules that need the other records too."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from .document import Document, new, next_version, patched
from .entity import Entity, Reference
from .errors import Refusal, invalid, not_found
from .records import Records

Now = Callable[[], int]
DEEPEST = 1000


class Writes:
    """Writes to one entity. The caller holds the transaction."""

    def __init__(self, entity: Entity, records: Mapping[str, Records], now: Now) -> None:
        self._entity = entity
        self._all = records
        self._records = records[entity.path]
        self._now = now

    def create(self, given: Mapping[str, Any]) -> bytes:
        """A new record's JSON text."""
        document = new(self._entity, given, "", self._now())
        self._check(document, given)
        return self._records.put({**document, "Id": self._records.next_id()}, None)

    def change(self, record_id: str, given: Mapping[str, Any], if_match: str | None) -> bytes:
        """The record's JSON text after a merge patch; one that changes nothing keeps its version."""
        body = self._present(record_id)
        before: Document = orjson.loads(body)
        match_version(before, if_match)
        after = patched(self._entity, before, given)
        self._check(after, given)
        if after == before:
            return body
        return self._records.put(next_version(after, self._now()), body)

    def delete(self, record_id: str, if_match: str | None, *, purge: bool) -> None:
        """Marks a record as deleted, or forgets it."""
        if not purge:
            self.change(record_id, {"IsDeleted": True}, if_match)
            return
        match_version(orjson.loads(self._present(record_id)), if_match)
        self._records.purge(record_id)

    def _present(self, record_id: str) -> bytes:
        body = self._records.get(record_id)
        if body is None:
            raise not_found(self._entity.path, record_id)
        return body

    def _check(self, document: Document, given: Mapping[str, Any]) -> None:
        """Only what the request names is checked against the other records."""
        if given.get("ExternalId") is not None:
            self._check_external_id(document)
        for name, kind in self._entity.properties.items():
            if isinstance(kind, Reference) and given.get(name) is not None:
                self._check_reference(document, name, kind)

    def _check_external_id(self, document: Document) -> None:
        external_id = document["ExternalId"]
        holder = self._records.holder(external_id)
        if holder is not None and holder != document["Id"]:
            message = (
                f"ExternalId {external_id!r} belongs to {holder}; change that record, or send another one"
            )
            raise Refusal(409, "duplicate", message, field="ExternalId", existing_id=holder)

    def _check_reference(self, document: Document, name: str, kind: Reference) -> None:
        target: str | None = document[name]
        records = self._all[kind.entity]
        if target is None or records.get(target) is None:
            raise invalid(
                name, f"{name} {target!r} does not exist in /{kind.entity}; send the Id of one that does"
            )
        for _ in range(DEEPEST if kind.tree else 0):
            if target is None:
                return
            if target == document["Id"]:
                raise invalid(
                    name, f"{name} {document[name]!r} is below {target} itself; that would be a cycle"
                )
            target = records.owner(target)


def match_version(document: Document, if_match: str | None) -> None:
    """Refuses a write meant for another version."""
    if if_match is None or if_match.strip() == "*":
        return
    present = f'"{document["Version"]}"'
    if present not in [tag.strip() for tag in if_match.split(",")]:
        message = f"If-Match {if_match} is not the present version {present}; read the record again"
        raise Refusal(412, "precondition_failed", message, field="Version", headers={"ETag": present})
