"""Whether the records that a write refers to are there."""

from collections.abc import Iterator, Mapping
from typing import Any

from .document import Document
from .entity import Entity
from .errors import invalid
from .kinds import Reference
from .nested import Lines
from .records import Records

DEEPEST = 1000


def check_references(
    entity: Entity,
    records: Mapping[str, Records],
    before: Document | None,
    after: Document,
    given: Mapping[str, Any],
) -> None:
    """Only what the request brings in is checked: a record may refer to one that was purged since."""
    for name, kind in entity.properties.items():
        if isinstance(kind, Reference) and given.get(name) is not None:
            _check_present(name, after[name], kind, records)
            if kind.tree:
                _check_cycle(name, after, records[kind.entity])
        elif isinstance(kind, Lines) and given.get(name) is not None:
            for field, target, named in _of_lines(name, kind, (before or {}).get(name) or [], after[name]):
                _check_present(field, target, named, records)


def _of_lines(
    name: str, kind: Lines, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> Iterator[tuple[str, str, Reference]]:
    """What lines name that they did not name before; a full set says again what has long been there."""
    old = {line["LineId"]: line for line in before}
    for index, line in enumerate(after):
        was = old.get(line["LineId"], {})
        for each, named in kind.properties.items():
            if isinstance(named, Reference) and line[each] is not None and line[each] != was.get(each):
                yield f"{name}.{index}.{each}", line[each], named


def _check_present(name: str, target: str, kind: Reference, records: Mapping[str, Records]) -> None:
    if records[kind.entity].get(target) is None:
        raise invalid(
            name, f"{name} {target!r} does not exist in /{kind.entity}; send the Id of one that does"
        )


def _check_cycle(name: str, document: Document, records: Records) -> None:
    target: str | None = document[name]
    for _ in range(DEEPEST):
        if target is None:
            return
        if target == document["Id"]:
            raise invalid(name, f"{name} {document[name]!r} is below {target} itself; that would be a cycle")
        target = records.owner(target)
