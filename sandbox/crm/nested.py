"""What a record holds beside single values: an object, and the list of its lines; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import invalid
from .kinds import Property, shown

LAST_POSITION = 1_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """An object within the record, or null; a merge patch goes into it. At fault is `Name.Property`."""

    properties: Mapping[str, Property]

    def merged(self, name: str, before: Mapping[str, Any] | None, value: Any) -> dict[str, Any] | None:
        """The object after a merge patch."""
        if value is None:
            return None
        given = _object(name, value, self.properties)
        return _filled(name, self.properties, before, given)


@dataclass(frozen=True, slots=True)
class Lines:
    """A list given as its new full set. At fault is `Name.index.Property`, counted from 0 as the array is.

    Each line carries a LineId, None until the records give it one, and its Position in the array, from 1.
    """

    prefix: str
    properties: Mapping[str, Property]

    def merged(self, name: str, before: list[dict[str, Any]] | None, value: Any) -> list[dict[str, Any]]:
        """The new set: a line with a LineId is patched, one without is new, those left out are gone."""
        if value is None:
            return []
        if not isinstance(value, list):
            raise invalid(name, f"{name} is {shown(value)}; send the array of all lines, or null for none")
        left = {line["LineId"]: line for line in before or []}
        return [self._line(f"{name}.{index}", index, left, each) for index, each in enumerate(value)]

    def _line(self, at: str, index: int, left: dict[Any, dict[str, Any]], value: Any) -> dict[str, Any]:
        given = _object(at, value, ("LineId", *self.properties, "Position"))
        line_id = given.get("LineId")
        before = None if line_id is None else _taken(f"{at}.LineId", left, line_id)
        _check_position(f"{at}.Position", given.get("Position"))
        values = _filled(at, self.properties, before, given)
        return {"LineId": line_id, **values, "Position": index + 1}


def _taken(at: str, left: dict[Any, dict[str, Any]], line_id: Any) -> dict[str, Any]:
    line = left.pop(line_id, None) if isinstance(line_id, str) else None
    if line is None:
        cure = "send that of a line of this order, each once, or leave it out for a new line"
        raise invalid(at, f"{at} {shown(line_id)} names no line left; {cure}")
    return line


def _check_position(at: str, value: Any) -> None:
    """Whatever it is, the array's order decides: lines can be sent back as they were read, in another order."""
    whole = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LAST_POSITION
    if value is not None and not whole:
        raise invalid(at, f"{at} is {shown(value)}; leave it out: the order of the array decides")


def _object(at: str, value: Any, known: Mapping[str, Any] | tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise invalid(at, f"{at} is {shown(value)}; send a JSON object")
    for name in value:
        if name not in known:
            raise invalid(f"{at}.{name}", f"{at}.{name} is no property; known: {', '.join(known)}")
    return value


def _filled(
    at: str, properties: Mapping[str, Property], before: Mapping[str, Any] | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Every property: as given, else as it was, else empty or its default."""
    return {
        name: kind.accept(f"{at}.{name}", given.get(name))
        if before is None or name in given
        else before[name]
        for name, kind in properties.items()
    }
