"""What the event of our own write tells of lines: it went over them as they stood, whatever we had seen of them.

A write of lines is the whole set. A line a user has added since we looked is not in it, and so the system takes it
away: the event's `previous` is the only place that still shows it.
"""

from msgspec.structs import replace

from connectors.image import same
from connectors.lines import Entry, Listed, entries_of, remade, shown
from connectors.source import SourceEvent
from schemas.records import Command, Json


def by_key(listed: Listed, command: Command, event: SourceEvent) -> SourceEvent:
    """Return the event with the lines of a command below their keys, before and after it; before only what it changed."""
    if not isinstance(event.previous.get(listed.name), list):
        return event
    before, after = (shown(listed, command, image)[0] for image in (event.previous, event.image))
    changed = {
        name: value for name, value in before.items() if name not in after or not same(value, after[name])
    }
    return replace(event, previous=changed, image=after)


def marked(listed: Listed, lost: dict[str, Json]) -> dict[str, Json]:
    """Return lost values of lines beside the marks of those lines: they stood there."""
    keys = {listed.key(name) for name in lost} - {None}
    return {**lost, **{f"{listed.name}.{key}": True for key in keys}}


def taken_away(listed: Listed, command: Command, event: SourceEvent) -> list[Entry]:
    """Return the lines that went with a write and that its command did not mean to take away."""
    left = {str(one.get(listed.number)) for one in entries_of(listed, event.image)}
    anew = remade(listed, command)
    meant = {
        number
        for key, number in command.lines.items()
        if command.values.get(f"{listed.name}.{key}", True) is not True or key in anew
    }
    stood = ((str(one.get(listed.number)), one) for one in entries_of(listed, event.previous))
    return [one for number, one in stood if number not in left | meant]
