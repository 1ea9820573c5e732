"""The lines inside a record as a sink sees them: below the keys that a command gives them, and back into a whole list.

Both systems take a list as the new full set, so a write sends what stands there now, with our changes: a line that
a user has just added stays. A line of ours is known by its id; one whose answer was lost by our mark, or by what
was sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from connectors.errors import Unreadable
from connectors.image import same_number
from connectors.look import Look, plausible
from schemas.line_mark import MARK, mark_of
from schemas.records import Command, Image, Json

# What an answer shows: nothing of ours that is not known; perhaps what an attempt without an answer has made; our write.
Whose = Literal["known", "doubtful", "answer"]
Entry = Mapping[str, Any]


class Listed(Struct, frozen=True):
    """Where a record keeps its lines. `number`: their id's field; `marked`: they have metadata.

    `fixed`: what a line keeps once it is made, so that another value means another line in its place.
    """

    name: str
    number: str
    marked: bool = False
    fixed: frozenset[str] = frozenset()

    def key(self, name: str) -> str | None:
        """Return the key a name stands below, or None for what is no line's."""
        head, _, rest = name.partition(".")
        return rest.partition(".")[0] if head == self.name and rest else None


def touches(listed: Listed | None, command: Command) -> bool:
    """Tell whether a command changes lines."""
    return listed is not None and any(listed.key(name) is not None for name in command.changed)


def shown(
    listed: Listed, command: Command, image: Image, how: Whose = "known"
) -> tuple[dict[str, Json], dict[str, str]]:
    """Return the image with its lines below their keys as well, and their ids by key."""
    entries = entries_of(listed, image)
    ids = _ids(listed, command, entries, how)
    by_id = {str(one[listed.number]): one for one in entries}
    flat: dict[str, Json] = dict(image)
    for key in {*command.lines, *_added(listed, command)}:
        entry = by_id.get(ids.get(key, ""))
        flat[f"{listed.name}.{key}"] = None if entry is None else True
        if entry is not None:
            flat |= {f"{listed.name}.{key}.{field}": value for field, value in entry.items()}
    return flat, ids


def seen(listed: Listed, command: Command, look: Look, how: Whose) -> Look:
    """Return a look with the lines below their keys. A record that does not show its lines says nothing of them."""
    if not isinstance((look.image or {}).get(listed.name), list):
        raise Unreadable(f"{command.ref or command.entity} does not show its {listed.name}, expected a list")
    image, ids = shown(listed, command, look.image or {}, how)
    return msgspec.structs.replace(look, image=image, lines=ids)


def written(
    listed: Listed | None, command: Command, values: Mapping[str, Json], image: Image | None
) -> dict[str, Json]:
    """Return what is written for these values: those of lines as the whole list."""
    names = frozenset(name for name in values if listed is not None and listed.key(name) is not None)
    if listed is None or not names:
        return dict(values)
    rest = {name: value for name, value in values.items() if name not in names}
    return {**rest, listed.name: whole(listed, command, names, image)}


def entries_of(listed: Listed, image: Image) -> list[Entry]:
    """Return the lines an image shows; a list that is none has none."""
    found = image.get(listed.name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _added(listed: Listed, command: Command) -> list[str]:
    """The keys of lines that a command adds, in the order in which it names them."""
    keys = [listed.key(name) for name, value in command.values.items() if value is True]
    return [
        key
        for key in keys
        if key is not None and f"{listed.name}.{key}" in command.values and key not in command.lines
    ]


def _ids(listed: Listed, command: Command, entries: Sequence[Entry], how: Whose) -> dict[str, str]:
    """The ids of all lines that are known, or can be told to be ours."""
    there = {str(one[listed.number]) for one in entries}
    ids = {key: number for key, number in command.lines.items() if number in there}
    rest = [one for one in entries if str(one[listed.number]) not in ids.values()]
    added = list(dict.fromkeys(_added(listed, command)))
    for key in [*added, *remade(listed, command)]:
        found = _ours(listed, command, key, rest, how)
        if found is not None:
            rest.remove(found)
            ids[key] = str(found[listed.number])
    left = [key for key in added if key not in ids]
    # An API may have made anything of what was sent, but not of its order.
    if how == "answer" and len(left) == len(rest):
        ids |= {key: str(one[listed.number]) for key, one in zip(left, rest, strict=True)}
    return ids


def remade(listed: Listed, command: Command) -> list[str]:
    """Return the keys of lines that another line has to take the place of: what is to change cannot be changed in them."""
    heads = {f"{listed.name}.{key}.{field}": key for key in command.lines for field in listed.fixed}
    return [key for name, key in heads.items() if name in command.changed]


def _ours(listed: Listed, command: Command, key: str, rest: Iterable[Entry], how: Whose) -> Entry | None:
    """The line that we have made for a key, if it can be told."""
    if listed.marked:
        wanted = mark_of(command.link_id, key)
        return next((one for one in rest if _mark(one) == wanted), None)
    sent = _sent(listed, command, key)
    exact = next((one for one in rest if _shows(one, sent, same_number)), None)
    if exact is not None or how == "known":
        return exact
    return next((one for one in rest if _shows(one, sent, _kept)), None)


def _mark(one: Entry) -> str | None:
    metadata = one.get("metadata")
    return metadata.get(MARK) if isinstance(metadata, Mapping) else None


def _sent(listed: Listed, command: Command, key: str) -> dict[str, Json]:
    head = f"{listed.name}.{key}."
    return {name.removeprefix(head): value for name, value in command.values.items() if name.startswith(head)}


def _shows(one: Entry, sent: Mapping[str, Json], alike: Any) -> bool:
    return bool(sent) and all(alike(one.get(field), value) for field, value in sent.items())


def _kept(shown_: Json, sent: Json) -> bool:
    return same_number(shown_, sent) or plausible(sent, shown_)


def whole(listed: Listed, command: Command, names: frozenset[str], image: Image | None) -> list[Json]:
    """Return the full set to write: what the present image shows, with the changes that these names stand for."""
    entries = entries_of(listed, image or {})
    ids = _ids(listed, command, entries, "known")
    by_id = {number: key for key, number in ids.items()}
    found: list[Json] = []
    for one in entries:
        key = by_id.get(str(one[listed.number]))
        if (
            key is None
            or f"{listed.name}.{key}" not in names
            or command.values[f"{listed.name}.{key}"] is True
        ):
            found.append(_present(listed, command, names, one, key))
    made = [key for key in dict.fromkeys(_added(listed, command)) if key not in ids]
    return found + [_new(listed, command, key, _of(listed, command, names, key)) for key in made]


def _present(
    listed: Listed, command: Command, names: frozenset[str], one: Entry, key: str | None
) -> dict[str, Any]:
    """A line that is there: only what changes is named; one that cannot take it is made anew from what it shows."""
    values = {} if key is None else _of(listed, command, names, key)
    if key is None or not values.keys() & listed.fixed:
        return {listed.number: one[listed.number], **values}
    kept = {n: v for n, v in one.items() if n in _sent(listed, command, key) or n in _CARRIED}
    return _new(listed, command, key, {**kept, **values})


# What a line made anew takes along of the one before it, beside what we keep in step.
_CARRIED = frozenset({
    "name", "description", "quantity", "unit_cost", "discountable", "taxable", "discounts", "taxes", "metadata",
})  # fmt: skip


def _of(listed: Listed, command: Command, names: frozenset[str], key: str) -> dict[str, Json]:
    return {f: v for f, v in _sent(listed, command, key).items() if f"{listed.name}.{key}.{f}" in names}


def _new(listed: Listed, command: Command, key: str, values: Mapping[str, Json]) -> dict[str, Any]:
    """A line of ours, with our mark where there is a place for it."""
    filled = {field: value for field, value in values.items() if value is not None}
    if not listed.marked:
        return filled
    own = filled.get("metadata")
    return {
        **filled,
        "metadata": {**(own if isinstance(own, Mapping) else {}), MARK: mark_of(command.link_id, key)},
    }
