"""The lines inside a record: each has a key of its own, whatever ids the two systems give it.

An image's list becomes names below those keys (`items.2`, `items.2.quantity`), and each of them a property of the
record (`line.2`, `line.2.quantity`). So a line is merged, doubted, refused and listed as any other value is.

| a line that is shown | its key |
|---|---|
| its id is known | the one it has |
| it carries our mark | the one the mark names, if that has no line there yet |
| it shows what a line of the other side shows that has none there yet | that one's |
| any other | a new one |
"""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow, Lines
from schemas.line_mark import MARK, mark_of
from schemas.records import Result
from streams.domain.keys import conflict_id
from streams.domain.lenses import UNKNOWN
from streams.domain.line_property import LineProperty
from streams.domain.line_twins import sent, twin
from streams.domain.merge import Decided
from streams.domain.rows import LinkRow, Side, other, side_of, with_side
from streams.domain.verdicts import edited

Image = Mapping[str, Any]
Sides = dict[str, dict[str, Any]]
_SYSTEMS = ("invoiced", "crm")


def list_and_id(lines: Lines, system: str) -> tuple[str, str]:
    """The list, and the id in one of its entries."""
    return (lines.invoiced, lines.invoiced_id) if system == "invoiced" else (lines.crm, lines.crm_id)


def keyed(flow: Flow, row: LinkRow, system: str, image: Image) -> tuple[LinkRow, dict[str, Any]]:
    """The image with its lines below their keys, and the row that knows all of them."""
    if flow.lines is None:
        return row, dict(image)
    name, number = list_and_id(flow.lines, system)
    shown = image.get(name)
    if not isinstance(shown, list):
        return row, dict(image)
    entries = [one for one in shown if isinstance(one, Mapping) and one.get(number) is not None]
    row = _known(flow, row, system, entries)
    flat = {key: value for key, value in image.items() if key != name and not key.startswith(f"{name}.")}
    flat |= {f"{name}.{key}": None for key in row.lines}
    keys = _by_id(row, system)
    for one in entries:
        place = f"{name}.{keys[str(one[number])]}"
        flat[place] = True
        flat |= {f"{place}.{field}": value for field, value in one.items()}
    return row, flat


def _by_id(row: LinkRow, system: str) -> dict[str, str]:
    at = _SYSTEMS.index(system)
    return {str(ids[at]): key for key, ids in row.lines.items() if ids[at] is not None}


def _known(flow: Flow, row: LinkRow, system: str, entries: list[Image]) -> LinkRow:
    """The row with a key for each line that is shown."""
    lines = flow.lines
    if lines is None:
        return row
    number = list_and_id(lines, system)[1]
    ids, held = {str(one[number]) for one in entries}, _by_id(row, system)
    for one in entries:
        if str(one[number]) not in held:
            row = given(flow, row, system, _key(flow, row, system, one, ids), str(one[number]))
            held = _by_id(row, system)
    return row


def given(flow: Flow, row: LinkRow, system: str, key: str, number: str) -> LinkRow:
    """The row in which a key has this id in a system. Where the key is new, the other side shows no such line."""
    at = _SYSTEMS.index(system)
    for double in [one for one, known in row.lines.items() if one != key and known[at] == number]:
        row = _dropped(row, double)  # met before its answer, and not known again: it is this one
    ids = list(row.lines.get(key, (None, None)))
    new = key not in row.lines
    ids[at] = number
    row = replace(row, lines={**row.lines, key: ids})
    return _lacking(flow, row, other(system), key) if new else row


def _lacking(flow: Flow, row: LinkRow, system: str, key: str) -> LinkRow:
    side = side_of(row, system)
    if side.image is None or flow.lines is None:
        return row
    mark = f"{list_and_id(flow.lines, system)[0]}.{key}"
    image, seen = {**side.image, mark: None}, {**side.seen, f"line.{key}": None}
    return with_side(row, system, replace(side, image=image, seen=seen))


def _key(flow: Flow, row: LinkRow, system: str, one: Image, ids: Container[str]) -> str:
    """`ids`: of all lines that are shown: one that is not may have been made anew under another."""
    at = _SYSTEMS.index(system)
    gone = [key for key, known in row.lines.items() if known[at] is None or known[at] not in ids]
    free = [key for key in gone if row.lines[key][at] is None]
    marked = str((one.get("metadata") or {}).get(MARK)) if isinstance(one.get("metadata"), Mapping) else ""
    found = [key for key in gone if marked == mark_of(row.id, key)]
    found = found or [key for key in free if twin(flow, row, system, key, one)]
    return found[0] if found else _next(row)


def _next(row: LinkRow) -> str:
    """A key no line has."""
    return str(max((int(key) for key in row.lines), default=0) + 1)


def _unnamed(ids: list[str | None], system: str) -> list[str | None]:
    """A line's ids without the one of a system."""
    at = _SYSTEMS.index(system)
    return [None if n == at else one for n, one in enumerate(ids)]


def vacant(flow: Flow, row: LinkRow, system: str, one: Image) -> tuple[LinkRow, str]:
    """A key for a line that is to be made anew in a system: the one it had, else a new one; it has no id there."""
    number = str(one.get(list_and_id(flow.lines, system)[1])) if flow.lines is not None else ""
    key = _by_id(row, system).get(number) or _next(row)
    new = key not in row.lines
    row = replace(row, lines={**row.lines, key: _unnamed(row.lines.get(key, [None, None]), system)})
    for side in _SYSTEMS if new else (system,):
        row = _lacking(flow, row, side, key)
    return row, key


def answered(flow: Flow, row: LinkRow, result: Result) -> tuple[LinkRow, Result]:
    """The row that knows the ids an answer tells, and the answer with its lines below their keys."""
    for key, number in result.lines.items():
        if key in row.lines:
            row = given(flow, row, result.system, key, number)
    if result.image is None:
        return row, result
    row, image = keyed(flow, row, result.system, result.image)
    return row, replace(result, image=image)


def whole(flow: Flow, row: LinkRow, present: Sides, wishes: Sides) -> Sides:
    """The wishes with all that is known of a line that is to be added; of one that is to be removed nothing more.

    Of a line that is not there, and is not to be added yet, nothing is wished either.
    """
    if not row.lines:
        return wishes
    found = {system: dict(wish) for system, wish in wishes.items()}
    for prop in flow.properties:
        if not isinstance(prop, LineProperty):
            continue
        mark = f"line.{prop.key}"
        for system, wish in found.items() if prop.name != mark else ():
            value = row.forced.get(prop.name, [present[other(system)].get(prop.name)])[0]
            if wishes[system].get(mark, present[system].get(mark)) is None:
                wish.pop(prop.name, None)
            elif mark in wishes[system] and value is not None and prop.direction in {"both", f"to-{system}"}:
                wish[prop.name] = value
    return found


def beaten(flow: Flow, row: LinkRow, wishes: Mapping[str, Mapping[str, Any]]) -> Iterator[Decided]:
    """What was edited of a line that the other side has removed: the removal stands, and the edit is listed."""
    for prop in flow.properties if row.lines else ():
        if not isinstance(prop, LineProperty) or prop.name == f"line.{prop.key}":
            continue
        for system in _SYSTEMS:
            side = side_of(row, system)
            value = side.seen.get(prop.name, UNKNOWN)
            if wishes[system].get(f"line.{prop.key}", UNKNOWN) is not None or not edited(side, prop, value):
                continue
            pair = (value, None) if system == "invoiced" else (None, value)
            name = conflict_id(row.id, prop.name, repr(("removed", pair)))
            yield Decided(name, prop.name, "removed", other(system), side.base.get(prop.name), *pair)


def forgotten(row: LinkRow) -> LinkRow:
    """The row without the lines that neither side shows or is to be given, and that both agreed to be gone."""
    for key in list(row.lines):
        if _over(row, f"line.{key}"):
            row = _dropped(row, key)
    return row


def _dropped(row: LinkRow, key: str) -> LinkRow:
    """The row without a line."""
    row = replace(row, lines={one: ids for one, ids in row.lines.items() if one != key})
    for system in _SYSTEMS:
        row = with_side(row, system, _without(side_of(row, system), key))
    return replace(row, forced=_left(row.forced, key), conflicts=_left(row.conflicts, key))


def emptied(row: LinkRow, system: str) -> LinkRow:
    """The row whose place in a system is free: the lines of the record that was there are lines of it no more."""
    return replace(row, lines={key: _unnamed(ids, system) for key, ids in row.lines.items()})


def _over(row: LinkRow, name: str) -> bool:
    sides = (row.invoiced, row.crm)
    if name in row.forced:
        return False
    return all(
        side.seen.get(name, UNKNOWN) is None and side.base.get(name) is None for side in sides
    ) and not any(one == name or one.startswith(f"{name}.") for side in sides for one in sent(side))


def _left(held: Mapping[str, Any], key: str) -> dict[str, Any]:
    """What is not of that line."""
    name, below = f"line.{key}", f"line.{key}."
    return {n: value for n, value in held.items() if n != name and not n.startswith(below)}


def _without(side: Side, key: str) -> Side:
    kept = ("seen", "base", "edited_at", "edited_from", "refused", "normalised", "ours", "entered")
    return replace(side, **{field: _left(getattr(side, field), key) for field in kept})
