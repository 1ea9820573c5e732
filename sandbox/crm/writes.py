"""Create, change, delete: the rules that need the other records too."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from .document import Document, new, next_version, patched
from .entity import Entity
from .errors import Refusal, not_found
from .nested import Lines
from .records import Records
from .references import check_references

Now = Callable[[], int]


class Writes:
    """Writes to one entity. The caller holds the transaction."""

    def __init__(
        self, entity: Entity, records: Mapping[str, Records], now: Now, switches: Mapping[str, bool]
    ) -> None:
        self._entity = entity
        self._all = records
        self._records = records[entity.path]
        self._now = now
        self._switches = switches

    def create(self, given: Mapping[str, Any]) -> bytes:
        """A new record's JSON text."""
        document = self._checked(None, new(self._entity, given, "", self._now()), given)
        return self._records.put(self._numbered({**document, "Id": self._records.next_id()}), None)

    def change(self, record_id: str, given: Mapping[str, Any], if_match: str | None) -> bytes:
        """The record's JSON text after a merge patch; one that changes nothing keeps its version."""
        body = self._present(record_id)
        before: Document = orjson.loads(body)
        match_version(before, if_match)
        after = self._checked(before, patched(self._entity, before, given), given)
        if after == before:
            return body
        return self._records.put(next_version(self._numbered(after), self._now()), body)

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

    def _checked(self, before: Document | None, after: Document, given: Mapping[str, Any]) -> Document:
        """The document as the rules leave it; only what the request names is checked against other records."""
        if given.get("ExternalId") is not None:
            self._check_external_id(after)
        check_references(self._entity, self._all, before, after, given)
        for rule in self._entity.rules:
            after = rule(before, after, self._switches)
        return after

    def _check_external_id(self, document: Document) -> None:
        external_id = document["ExternalId"]
        holder = self._records.holder(external_id)
        if holder is not None and holder != document["Id"]:
            message = (
                f"ExternalId {external_id!r} belongs to {holder}; change that record, or send another one"
            )
            raise Refusal(409, "duplicate", message, field="ExternalId", existing_id=holder)

    def _numbered(self, document: Document) -> Document:
        """The document with a LineId for each line that has none yet."""
        numbered = dict(document)
        for name, kind in self._entity.properties.items():
            if isinstance(kind, Lines):
                numbered[name] = [
                    {**line, "LineId": line["LineId"] or self._records.next_line_id(kind.prefix)}
                    for line in document[name]
                ]
        return numbered


def match_version(document: Document, if_match: str | None) -> None:
    """Refuses a write meant for another version."""
    if if_match is None or if_match.strip() == "*":
        return
    present = f'"{document["Version"]}"'
    if present not in [tag.strip() for tag in if_match.split(",")]:
        message = f"If-Match {if_match} is not the present version {present}; read the record again"
        raise Refusal(412, "precondition_failed", message, field="Version", headers={"ETag": present})
